/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trips of the ways in the same rounds.
 */
#include "report/rounds.h"

#include <math.h>

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"
#include "report/words.h"
#include "stats/summary.h"

static MpSummary summary_of(const MpPath *path)
{
    return mp_summary((const double *)(gpointer)path->rounds_ms->data, path->rounds_ms->len);
}

JsonObject *mp_rounds_json(const MpPath *path)
{
    if (path->rounds_ms->len == 0)
        return NULL;
    const MpSummary summary = summary_of(path);
    JsonObject *object = json_object_new();
    JsonArray *times = json_array_new();
    for (guint i = 0; i < path->rounds_ms->len; i++) {
        const double time = g_array_index(path->rounds_ms, double, i);
        if (isfinite(time))
            json_array_add_double_element(times, time);
        else
            json_array_add_null_element(times);
    }
    json_object_set_int_member(object, "ways", path->rounds_ways);
    json_object_set_array_member(object, "rtt_ms", times);
    json_object_set_int_member(object, "missed", path->rounds_ms->len - (gint64)summary.count);
    if (summary.count > 0) {
        json_object_set_double_member(object, "p50", summary.p50);
        json_object_set_double_member(object, "spread", summary.max - summary.min);
    }
    return object;
}

static char *line_of(const MpPath *path)
{
    const MpSummary summary = summary_of(path);
    const gsize n_missed = path->rounds_ms->len - summary.count;
    g_autofree char *missed = n_missed > 0 ? g_strdup_printf("%" G_GSIZE_FORMAT, n_missed) : NULL;
    g_autofree char *n = g_strdup_printf("%u", path->rounds_ms->len);
    if (summary.count == 0)
        return mp_template_fill_pairs(_("no answer in {count} rounds"), "count", n, NULL);
    g_autofree char *middle = mp_template_number(summary.p50);
    g_autofree char *least = mp_template_number(summary.min);
    g_autofree char *most = mp_template_number(summary.max);
    return mp_template_fill_pairs(
        _("RTT to the relay {p50} ms, {min} to {max} ms in the same {count} rounds[, {missed} "
          "without an answer]"),
        "p50", middle, "min", least, "max", most, "count", n, "missed", missed, NULL);
}

void mp_rounds_print(const MpReport *report)
{
    g_autoptr(MpTable) table = mp_table_new("ll");
    for (guint i = 0; i < report->result->paths->len; i++) {
        const MpPath *path = report->result->paths->pdata[i];
        if (path->rounds_ms->len == 0)
            continue;
        mp_table_add(table, MP_STYLE_PLAIN, mp_way_text(path->way));
        mp_table_take(table, MP_STYLE_PLAIN, line_of(path));
    }
    report->medium->table(report, table);
}
