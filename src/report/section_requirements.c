/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rows of the profile that this run has evidence about: what failed one by one, what is met row
 * by row.
 */
#include "report/section.h"

#include <math.h>

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"

/* So many failed hosts have a line each, whatever happens. */
#define MOST_FAILED 8

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

/* Hosts of the allow-list that stand alike, in one line. */
typedef struct {
    GString *rows; /* each once */
    const char *last_row;
    guint n;
    guint n_by_proxy;
} Group;

typedef struct {
    Group met;
    Group failed;   /* required by the product */
    Group optional; /* failed, for support only */
    guint n_unknown;
} Tally;

static void add_to(Group *group, const MpRequirement *requirement)
{
    group->n++;
    group->n_by_proxy += requirement->is_by_proxy;
    if (g_strcmp0(group->last_row, requirement->row) != 0)
        g_string_append_printf(group->rows, "%s%s", group->rows->len ? ", " : "", requirement->row);
    group->last_row = requirement->row;
}

static void count(Tally *tally, const MpRequirement *requirement)
{
    tally->n_unknown += requirement->state == MP_REQUIREMENT_UNKNOWN;
    if (!is_web(requirement))
        return;
    if (requirement->state == MP_REQUIREMENT_MET)
        add_to(&tally->met, requirement);
    else if (requirement->state == MP_REQUIREMENT_FAILED)
        add_to(requirement->is_optional ? &tally->optional : &tally->failed, requirement);
}

/* Where no host at all was reached, sixty lines say no more than one. */
static gboolean failed_all(const Tally *tally)
{
    return tally->met.n == 0 && tally->failed.n + tally->optional.n > MOST_FAILED;
}

/* A host that is reached has its place in one line for all of them. */
static gboolean has_line(const MpRequirement *requirement, const Tally *tally)
{
    if (is_web(requirement))
        return requirement->state == MP_REQUIREMENT_FAILED && !failed_all(tally);
    return requirement->state == MP_REQUIREMENT_FAILED || requirement->state == MP_REQUIREMENT_MET;
}

static void print_group(const MpReport *report, const char *text, const Group *group)
{
    g_autofree char *n = g_strdup_printf("%u", group->n);
    g_autofree char *n_by_proxy = group->n_by_proxy ? g_strdup_printf("%u", group->n_by_proxy)
                                                    : NULL;
    g_autofree char *line = mp_template_fill_pairs(text, "count", n, "by_proxy", n_by_proxy, "rows",
                                                   group->rows->str, NULL);
    if (group->n > 0)
        report->medium->line(report, line);
}

static void print_tally(const MpReport *report, const Tally *tally)
{
    g_autofree char *n_unknown = g_strdup_printf("%u", tally->n_unknown);
    g_autofree char *unknown = mp_template_fill_pairs(
        _("{count} more were not measured by this run."), "count", n_unknown, NULL);
    print_group(report,
                _("{count} of HTTPS and WSS are met[, {by_proxy} of them by proxy]: rows {rows}."),
                &tally->met);
    if (failed_all(tally)) {
        print_group(report, _("No host was reached: {count} of HTTPS and WSS failed, rows {rows}."),
                    &tally->failed);
        print_group(report, _("For support only {count} more failed, rows {rows}."),
                    &tally->optional);
    }
    if (tally->n_unknown > 0)
        report->medium->line(report, unknown);
}

/* Ports that were asked by lot prove nothing about the others, but bound what may be blocked. */
static void print_sample(const MpReport *report, const MpRequirement *requirement)
{
    if (!requirement->sample || requirement->state != MP_REQUIREMENT_UNKNOWN)
        return;
    g_autofree char *sampled = g_strdup_printf("%u", requirement->n_sampled);
    g_autofree char *bound = isfinite(requirement->blocked_bound)
                                 ? mp_template_number(requirement->blocked_bound * 100)
                                 : NULL;
    g_autofree char *line = mp_template_fill_pairs(
        _("Row {row}, {service}: of UDP {port} {sampled} ports were asked, and none was found "
          "blocked[; of all of them at most {bound} % are, at 95 %]. \"mediapath ports\" asks "
          "every one."),
        "row", requirement->row, "service", requirement->service, "port", requirement->port,
        "sampled", sampled, "bound", bound, NULL);
    report->medium->line(report, line);
}

void mp_section_requirements(const MpReport *report)
{
    const GPtrArray *requirements = report->result->requirements;
    if (requirements->len == 0)
        return;

    report->medium->heading(report, _("Requirements of the profile"));
    g_autoptr(MpTable) table = mp_table_new("lllll");
    g_autoptr(GString) met = g_string_new(NULL);
    g_autoptr(GString) failed = g_string_new(NULL);
    g_autoptr(GString) optional = g_string_new(NULL);
    Tally tally = {.met.rows = met, .failed.rows = failed, .optional.rows = optional};
    for (guint i = 0; i < requirements->len; i++)
        count(&tally, requirements->pdata[i]);
    for (guint i = 0; i < requirements->len; i++)
        if (has_line(requirements->pdata[i], &tally))
            add_requirement(table, requirements->pdata[i]);
    report->medium->table(report, table);
    for (guint i = 0; i < requirements->len; i++)
        print_sample(report, requirements->pdata[i]);
    print_tally(report, &tally);
}
