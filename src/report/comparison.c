/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ways compared by the turns that they took at media.
 */
#include "report/comparison.h"

#include <math.h>

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"
#include "report/words.h"

static void put_difference(JsonObject *object, const char *name, const MpDifference *difference)
{
    if (isnan(difference->value) || isnan(difference->low) || isnan(difference->high))
        return;
    JsonObject *member = json_object_new();
    json_object_set_double_member(member, "value", difference->value);
    json_object_set_double_member(member, "low", difference->low);
    json_object_set_double_member(member, "high", difference->high);
    json_object_set_object_member(object, name, member);
}

JsonObject *mp_comparison_json(const MpComparison *comparison)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "with", mp_way_name(comparison->with));
    json_object_set_int_member(object, "rounds", comparison->n_rounds);
    json_object_set_string_member(object, "is", mp_compared_name(comparison->compared));
    put_difference(object, "rtt_ms", &comparison->rtt_ms);
    put_difference(object, "up_loss_percent", &comparison->up_loss_percent);
    put_difference(object, "down_loss_percent", &comparison->down_loss_percent);
    return object;
}

/* "+12.3 (10.1 to 14.5)"; NULL: unknown, or nothing. */
static char *with_interval(const MpDifference *difference)
{
    if (isnan(difference->value) || difference->value == 0)
        return NULL;
    g_autofree char *value = g_strdup_printf("%+.1f", difference->value);
    g_autofree char *low = g_strdup_printf("%.1f", difference->low);
    g_autofree char *high = g_strdup_printf("%.1f", difference->high);
    return mp_template_fill_pairs(_("{value} ({low} to {high})"), "value", value, "low", low,
                                  "high", high, NULL);
}

char *mp_comparison_figures(const MpComparison *comparison)
{
    g_autofree char *rtt = with_interval(&comparison->rtt_ms);
    g_autofree char *up = with_interval(&comparison->up_loss_percent);
    g_autofree char *down = with_interval(&comparison->down_loss_percent);
    return mp_template_fill_pairs(
        _("RTT [{rtt} ms][, loss up {up} points][, loss down {down} points]"), "rtt", rtt, "up", up,
        "down", down, NULL);
}

static char *line_of(const MpComparison *comparison)
{
    g_autofree char *n = g_strdup_printf("%u", comparison->n_rounds);
    if (comparison->compared == MP_COMPARED_ALIKE)
        return mp_template_fill_pairs(
            _("as good as {way} in {count} rounds of media, taken in turn"), "way",
            mp_way_text(comparison->with), "count", n, NULL);
    g_autofree char *figures = mp_comparison_figures(comparison);
    return mp_template_fill_pairs(
        _("{figures} against {way} in {count} rounds of media, taken in turn"), "figures", figures,
        "way", mp_way_text(comparison->with), "count", n, NULL);
}

void mp_comparison_print(const MpReport *report)
{
    g_autoptr(MpTable) table = mp_table_new("ll");
    for (guint i = 0; i < report->result->paths->len; i++) {
        const MpPath *path = report->result->paths->pdata[i];
        if (path->comparison.n_rounds == 0)
            continue;
        mp_table_add(table, MP_STYLE_PLAIN, mp_way_text(path->way));
        mp_table_take(table, MP_STYLE_PLAIN, line_of(&path->comparison));
    }
    report->medium->table(report, table);
}
