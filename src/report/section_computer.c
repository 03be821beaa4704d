/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rows of the profile's tables of computers that are not met, and how many are.
 */
#include "report/section.h"

#include <math.h>

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"

static const struct {
    const char *item;
    const char *name;
} names[] = {
    {"system", N_("operating system")},
    {"browser", N_("browser")},
    {"memory_total_mb", N_("installed memory, MB")},
    {"memory_available_mb", N_("available memory, MB")},
    {"cpu_cores", N_("processor cores")},
    {"cpu_ghz", N_("processor clock, GHz")},
    {"disk_free_gb", N_("free disk, GB")},
    {"least_kbps", N_("least speed, kbps")},
    {"recommended_kbps", N_("recommended speed, kbps")},
};

static const char *name_of(const char *item)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i].item, item))
            return _(names[i].name);
    return item;
}

static void add_row(MpTable *table, const MpComputerRow *row)
{
    g_autofree char *limit = isfinite(row->limit) ? mp_template_number(row->limit) : NULL;
    g_autofree char *found = row->found_text        ? g_strdup(row->found_text)
                             : isfinite(row->found) ? mp_template_number(row->found)
                                                    : NULL;
    mp_table_add(table, MP_STYLE_PLAIN, row->table);
    mp_table_add(table, MP_STYLE_BAD, _("failed"));
    mp_table_add(table, MP_STYLE_PLAIN, name_of(row->item));
    mp_table_take(table, MP_STYLE_PLAIN,
                  mp_template_fill_pairs(_("{found}[, {limit} needed]"), "found", found, "limit",
                                         limit, NULL));
}

void mp_section_computer(const MpReport *report)
{
    const GPtrArray *rows = report->result->computer;
    guint n_states[MP_REQUIREMENT_NOT_APPLICABLE + 1] = {0};
    g_autoptr(MpTable) table = mp_table_new("llll");
    for (guint i = 0; i < rows->len; i++) {
        const MpComputerRow *row = rows->pdata[i];
        n_states[row->state]++;
        if (row->state == MP_REQUIREMENT_FAILED)
            add_row(table, row);
    }
    if (n_states[MP_REQUIREMENT_MET] + n_states[MP_REQUIREMENT_FAILED] == 0)
        return;

    report->medium->heading(report, _("The computer, by the profile's tables"));
    report->medium->table(report, table);
    g_autofree char *met = g_strdup_printf("%u", n_states[MP_REQUIREMENT_MET]);
    g_autofree char *unknown = g_strdup_printf("%u", n_states[MP_REQUIREMENT_UNKNOWN]);
    g_autofree char *line = mp_template_fill_pairs(_("{met} rows are met, {unknown} unknown."),
                                                   "met", met, "unknown", unknown, NULL);
    report->medium->line(report, line);
}
