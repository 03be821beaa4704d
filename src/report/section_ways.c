/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ways to the far end, side by side.
 */
#include "report/section.h"

#include <math.h>

#include "base/i18n.h"
#include "report/capacity.h"
#include "report/comparison.h"
#include "report/rounds.h"
#include "report/table.h"
#include "report/template.h"
#include "report/words.h"

#define INDENT 2
#define NOT_MEASURED "-"

static const struct {
    const char *text;
    MpStyle style;
} usables[] = {
    [MP_USABLE_YES] = {N_("yes"), MP_STYLE_GOOD},
    [MP_USABLE_NO] = {N_("no"), MP_STYLE_BAD},
    [MP_USABLE_UNKNOWN] = {N_("unknown"), MP_STYLE_DIM},
};

/* NULL: none was given. Lent. */
static const char *relay_address(const MpPath *path)
{
    for (guint i = 0; i < path->measurements->len; i++) {
        const MpMeasurement *measurement = path->measurements->pdata[i];
        const char *address = mp_facts_string(measurement->facts, "relayed_address");
        if (address)
            return address;
    }
    return NULL;
}

static void add_number(MpTable *table, double value, double error, const char *unit)
{
    g_autofree char *number = isfinite(value) ? mp_template_measured(value, error) : NULL;
    mp_table_take(table, MP_STYLE_PLAIN,
                  number ? g_strdup_printf("%s %s", number, unit) : g_strdup(NOT_MEASURED));
}

/* "0.1/0.2 %": up and down. */
static void add_pair(MpTable *table, double up, double down, double error, const char *unit)
{
    g_autofree char *first = isfinite(up) ? mp_template_measured(up, error)
                                          : g_strdup(NOT_MEASURED);
    g_autofree char *second = isfinite(down) ? mp_template_measured(down, error)
                                             : g_strdup(NOT_MEASURED);
    gboolean has_any = isfinite(up) || isfinite(down);
    mp_table_take(table, MP_STYLE_PLAIN,
                  has_any ? g_strdup_printf("%s/%s %s", first, second, unit)
                          : g_strdup(NOT_MEASURED));
}

static void add_header(MpTable *table, gboolean with_relay)
{
    const char *const names[] = {_("Way"),          _("Usable"),      _("Setup"),        _("RTT"),
                                 _("Loss up/down"), _("PDV up/down"), _("Relay address")};
    for (gsize i = 0; i < G_N_ELEMENTS(names) - !with_relay; i++)
        mp_table_add(table, MP_STYLE_DIM, names[i]);
}

static MpTable *ways_table(const MpResult *result, gboolean with_relay)
{
    MpTable *table = mp_table_new(with_relay ? "llrrrrl" : "llrrrr");
    add_header(table, with_relay);
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        mp_table_add(table, MP_STYLE_PLAIN, mp_way_text(path->way));
        mp_table_add(table, usables[path->usable].style, _(usables[path->usable].text));
        const double error = fmax(path->up.tester_error_ms, path->down.tester_error_ms);
        add_number(table, path->setup_ms, NAN, "ms");
        add_number(table, path->rtt_p50_ms, error, "ms");
        add_pair(table, path->up.loss_percent, path->down.loss_percent, NAN, "%");
        add_pair(table, path->up.pdv_p95_ms, path->down.pdv_p95_ms, error, "ms");
        if (with_relay)
            mp_table_add(table, MP_STYLE_PLAIN, relay_address(path));
    }
    return table;
}

/* On a narrow terminal the relays' addresses follow the table. */
static void print_relays(const MpReport *report)
{
    g_autoptr(MpTable) table = mp_table_new("ll");
    for (guint i = 0; i < report->result->paths->len; i++) {
        const MpPath *path = report->result->paths->pdata[i];
        const char *address = relay_address(path);
        if (!address)
            continue;
        mp_table_add(table, MP_STYLE_PLAIN, mp_way_text(path->way));
        mp_table_take(table, MP_STYLE_PLAIN,
                      mp_template_fill_pairs(_("relay {address}"), "address", address, NULL));
    }
    report->medium->table(report, table);
}

void mp_section_ways(const MpReport *report)
{
    if (report->result->paths->len == 0)
        return;

    report->medium->heading(report, _("Ways to the far end"));
    g_autoptr(MpTable) wide = ways_table(report->result, TRUE);
    if (mp_table_width(wide) + INDENT <= report->columns) {
        report->medium->table(report, wide);
    } else {
        g_autoptr(MpTable) narrow = ways_table(report->result, FALSE);
        report->medium->table(report, narrow);
        print_relays(report);
    }
    mp_rounds_print(report);
    mp_capacity_print(report);
    mp_comparison_print(report);
}
