/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much the ways carry.
 */
#include "report/capacity.h"

#include <math.h>

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"
#include "report/words.h"

static JsonObject *facts_of(const MpPath *path)
{
    for (guint i = 0; i < path->measurements->len; i++) {
        const MpMeasurement *measurement = path->measurements->pdata[i];
        JsonObject *facts = mp_facts_object(measurement->facts, "capacity");
        if (facts)
            return facts;
    }
    return NULL;
}

/* "0.99 Mbps", and more than that where nothing held it. */
static char *rate_text(double kbps, double high_kbps)
{
    if (!isfinite(kbps))
        return g_strdup(_("unknown"));
    g_autofree char *number = mp_template_number(kbps / 1000);
    return mp_template_fill_pairs(isfinite(high_kbps) ? _("{rate} Mbps") : _("{rate} Mbps or more"),
                                  "rate", number, NULL);
}

static char *megabytes(JsonObject *facts)
{
    double up = NAN;
    double down = NAN;
    mp_facts_number(facts, "up.sent_bytes", &up);
    mp_facts_number(facts, "down.sent_bytes", &down);
    return mp_template_number((up + down) / 1e6);
}

static char *line_of(const MpPath *path, JsonObject *facts)
{
    double seconds = NAN;
    mp_facts_number(facts, "seconds", &seconds);
    g_autofree char *up = rate_text(path->up.capacity_kbps, path->up.capacity_high_kbps);
    g_autofree char *down = rate_text(path->down.capacity_kbps, path->down.capacity_high_kbps);
    g_autofree char *volume = megabytes(facts);
    g_autofree char *time = mp_template_number(seconds);
    const char *note = json_object_has_member(facts, "measures_relay")
                           ? _("at such rates it is the relay that is measured")
                           : NULL;
    return mp_template_fill_pairs(
        _("capacity {up} up, {down} down, measured with {volume} MB in {time} s[; {note}]"), "up",
        up, "down", down, "volume", volume, "time", time, "note", note, NULL);
}

void mp_capacity_print(const MpReport *report)
{
    g_autoptr(MpTable) table = mp_table_new("ll");
    for (guint i = 0; i < report->result->paths->len; i++) {
        const MpPath *path = report->result->paths->pdata[i];
        JsonObject *facts = facts_of(path);
        if (!facts || (isnan(path->up.capacity_kbps) && isnan(path->down.capacity_kbps)))
            continue;
        mp_table_add(table, MP_STYLE_PLAIN, mp_way_text(path->way));
        mp_table_take(table, MP_STYLE_PLAIN, line_of(path, facts));
    }
    report->medium->table(report, table);
}
