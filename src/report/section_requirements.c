/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rows of the profile that this run has evidence about.
 */
#include "report/section.h"

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"

static const struct {
    const char *text;
    MpStyle style;
    gboolean is_shown;
} states[] = {
    [MP_REQUIREMENT_MET] = {N_("met"), MP_STYLE_GOOD, TRUE},
    [MP_REQUIREMENT_FAILED] = {N_("failed"), MP_STYLE_BAD, TRUE},
    [MP_REQUIREMENT_UNKNOWN] = {"", MP_STYLE_PLAIN, FALSE},
    [MP_REQUIREMENT_NOT_APPLICABLE] = {"", MP_STYLE_PLAIN, FALSE},
};

static void add_requirement(MpTable *table, const MpRequirement *requirement)
{
    mp_table_add(table, MP_STYLE_PLAIN, requirement->row);
    mp_table_add(table, states[requirement->state].style, _(states[requirement->state].text));
    mp_table_add(table, MP_STYLE_PLAIN, requirement->service);
    mp_table_take(table, MP_STYLE_PLAIN,
                  g_strjoin(" ", requirement->protocol ? requirement->protocol : "",
                            requirement->port, NULL));
    mp_table_add(table, MP_STYLE_PLAIN, requirement->target);
}

void mp_section_requirements(const MpReport *report)
{
    const GPtrArray *requirements = report->result->requirements;
    guint n_unknown = 0;
    if (requirements->len == 0)
        return;

    mp_section_heading(report, _("Requirements of the profile"));
    g_autoptr(MpTable) table = mp_table_new("lllll");
    for (guint i = 0; i < requirements->len; i++) {
        const MpRequirement *requirement = requirements->pdata[i];
        if (states[requirement->state].is_shown)
            add_requirement(table, requirement);
        n_unknown += requirement->state == MP_REQUIREMENT_UNKNOWN;
    }
    mp_table_print(table, report->out, 2, report->columns, report->use_color);
    if (n_unknown == 0)
        return;

    g_autofree char *count = g_strdup_printf("%u", n_unknown);
    g_autofree char *line = mp_template_fill_pairs(_("{count} more were not measured by this run."),
                                                   "count", count, NULL);
    g_string_append_printf(report->out, "  %s\n", line);
}
