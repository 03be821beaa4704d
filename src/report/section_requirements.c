/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rows of the profile that this run has evidence about: what failed one by one, what is met row
 * by row.
 */
#include "report/section.h"

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"

/* What is for support only fails without hurting a call. */
static void add_requirement(MpTable *table, const MpRequirement *requirement)
{
    mp_table_add(table, MP_STYLE_PLAIN, requirement->row);
    if (requirement->state == MP_REQUIREMENT_MET)
        mp_table_add(table, MP_STYLE_GOOD, _("met"));
    else if (requirement->is_optional)
        mp_table_add(table, MP_STYLE_WARNING, _("failed, support only"));
    else
        mp_table_add(table, MP_STYLE_BAD, _("failed"));
    mp_table_add(table, MP_STYLE_PLAIN, requirement->service);
    mp_table_take(table, MP_STYLE_PLAIN,
                  g_strjoin(" ", requirement->protocol ? requirement->protocol : "",
                            requirement->port, NULL));
    mp_table_add(table, MP_STYLE_PLAIN, requirement->target);
}

static gboolean is_web(const MpRequirement *requirement)
{
    return g_strcmp0(requirement->service, "HTTPS") == 0 ||
           g_strcmp0(requirement->service, "WSS") == 0;
}

/* A host that is reached has its place in one line for all of them. */
static gboolean has_line(const MpRequirement *requirement)
{
    return requirement->state == MP_REQUIREMENT_FAILED ||
           (requirement->state == MP_REQUIREMENT_MET && !is_web(requirement));
}

typedef struct {
    GString *rows; /* each once */
    const char *last_row;
    guint n_met;
    guint n_by_proxy;
    guint n_unknown;
} Tally;

static void count(Tally *tally, const MpRequirement *requirement)
{
    tally->n_unknown += requirement->state == MP_REQUIREMENT_UNKNOWN;
    if (requirement->state != MP_REQUIREMENT_MET || !is_web(requirement))
        return;
    tally->n_met++;
    tally->n_by_proxy += requirement->is_by_proxy;
    if (g_strcmp0(tally->last_row, requirement->row) != 0)
        g_string_append_printf(tally->rows, "%s%s", tally->rows->len ? ", " : "", requirement->row);
    tally->last_row = requirement->row;
}

static void print_line(const MpReport *report, const char *text)
{
    mp_layout_fill(report->out, 0, 2);
    mp_layout_wrap(report->out, text, 2, report->columns);
}

static void print_tally(const MpReport *report, const Tally *tally)
{
    g_autofree char *n_met = g_strdup_printf("%u", tally->n_met);
    g_autofree char *n_by_proxy = tally->n_by_proxy ? g_strdup_printf("%u", tally->n_by_proxy)
                                                    : NULL;
    g_autofree char *n_unknown = g_strdup_printf("%u", tally->n_unknown);
    g_autofree char *met = mp_template_fill_pairs(
        _("{count} of HTTPS and WSS are met[, {by_proxy} of them by proxy]: rows {rows}."), "count",
        n_met, "by_proxy", n_by_proxy, "rows", tally->rows->str, NULL);
    g_autofree char *unknown = mp_template_fill_pairs(
        _("{count} more were not measured by this run."), "count", n_unknown, NULL);
    if (tally->n_met > 0)
        print_line(report, met);
    if (tally->n_unknown > 0)
        print_line(report, unknown);
}

void mp_section_requirements(const MpReport *report)
{
    const GPtrArray *requirements = report->result->requirements;
    if (requirements->len == 0)
        return;

    mp_section_heading(report, _("Requirements of the profile"));
    g_autoptr(MpTable) table = mp_table_new("lllll");
    g_autoptr(GString) rows = g_string_new(NULL);
    Tally tally = {.rows = rows};
    for (guint i = 0; i < requirements->len; i++) {
        const MpRequirement *requirement = requirements->pdata[i];
        count(&tally, requirement);
        if (has_line(requirement))
            add_requirement(table, requirement);
    }
    mp_table_print(table, report->out, 2, report->columns, report->use_color);
    print_tally(report, &tally);
}
