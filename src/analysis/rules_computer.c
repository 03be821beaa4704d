/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the computer and the browser of the call lack.
 */
#include "analysis/rules.h"

#include <math.h>

#include "analysis/computer.h"
#include "analysis/forecast_limits.h"
#include "analysis/metrics.h"
#include "analysis/paths.h"

/* A finding about the machine: its evidence is the "computer" step, where that ran. Lent. */
static MpFinding *report(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpFinding *finding = mp_finding_new(rule->id, rule->severity, rule->owner);
    for (guint i = 0; i < diagnosis->result->measurements->len; i++) {
        const MpMeasurement *measurement = diagnosis->result->measurements->pdata[i];
        if (g_str_equal(measurement->kind, "computer"))
            g_ptr_array_add(finding->evidence, g_strdup(measurement->id));
    }
    g_ptr_array_add(diagnosis->findings, finding);
    return finding;
}

static void set_text(MpFinding *finding, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(finding->numbers, name, text);
}

static void set_number(MpFinding *finding, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(finding->numbers, name, value);
}

/* The first row of that item that failed; NULL: none did. */
static const MpComputerRow *failed_row(const MpDiagnosis *diagnosis, const char *item)
{
    const GPtrArray *rows = diagnosis->result->computer;
    for (guint i = 0; i < rows->len; i++) {
        const MpComputerRow *row = rows->pdata[i];
        if (row->state == MP_REQUIREMENT_FAILED && g_str_equal(row->item, item))
            return row;
    }
    return NULL;
}

/* Some tables ask for more, for functions that this call may not use: one that is met is enough. */
static gboolean is_met_anywhere(const MpDiagnosis *diagnosis, const char *item)
{
    const GPtrArray *rows = diagnosis->result->computer;
    for (guint i = 0; i < rows->len; i++) {
        const MpComputerRow *row = rows->pdata[i];
        if (row->state == MP_REQUIREMENT_MET && g_str_equal(row->item, item))
            return TRUE;
    }
    return FALSE;
}

static void unsupported(MpDiagnosis *diagnosis, const MpRule *rule, const char *item)
{
    const MpComputerRow *row = failed_row(diagnosis, item);
    if (!row || is_met_anywhere(diagnosis, item))
        return;
    MpFinding *finding = report(diagnosis, rule);
    set_text(finding, item, row->found_text);
    set_text(finding, "table", row->table);
}

void mp_rule_system_unsupported(MpDiagnosis *diagnosis, const MpRule *rule)
{
    unsupported(diagnosis, rule, "system");
}

void mp_rule_browser_unsupported(MpDiagnosis *diagnosis, const MpRule *rule)
{
    unsupported(diagnosis, rule, "browser");
}

void mp_rule_browser_without_background(MpDiagnosis *diagnosis, const MpRule *rule)
{
    if (mp_computer_browser_has(diagnosis->result, diagnosis->profile,
                                MP_SESSION_VIRTUAL_BACKGROUND))
        return;
    set_text(report(diagnosis, rule), "browser", diagnosis->result->environment->browser.name);
}

void mp_rule_memory_low(MpDiagnosis *diagnosis, const MpRule *rule)
{
    static const char *const kinds[] = {"memory_available_mb", "memory_total_mb"};
    MpFinding *finding = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const MpComputerRow *row = failed_row(diagnosis, kinds[i]);
        if (!row || is_met_anywhere(diagnosis, kinds[i]))
            continue;
        finding = finding ? finding : report(diagnosis, rule);
        g_autofree char *limit = g_strconcat(kinds[i], "_limit", NULL);
        set_number(finding, kinds[i], row->found);
        set_number(finding, limit, row->limit);
    }
}

/* The virtual background's limit for that metric, where the value is past it; NULL: it is not. */
static const MpLimit *exceeded(const MpDiagnosis *diagnosis, const char *metric, double *value)
{
    const MpPath *path = mp_analysis_preferred_path(diagnosis->result);
    const GPtrArray *limits = diagnosis->profile->sessions[MP_SESSION_VIRTUAL_BACKGROUND].limits;
    *value = mp_metric_read(metric, diagnosis->result, path).value;
    for (guint i = 0; i < limits->len; i++) {
        const MpLimit *limit = limits->pdata[i];
        if (g_str_equal(limit->metric, metric) && mp_limit_margin(limit, *value) < 0)
            return limit;
    }
    return NULL;
}

void mp_rule_slow_for_background(MpDiagnosis *diagnosis, const MpRule *rule)
{
    double value;
    const MpLimit *limit = exceeded(diagnosis, "background_frame_p95_ms", &value);
    if (!limit || !mp_computer_browser_has(diagnosis->result, diagnosis->profile,
                                           MP_SESSION_VIRTUAL_BACKGROUND))
        return;
    MpFinding *finding = report(diagnosis, rule);
    set_number(finding, "background_frame_p95_ms", value);
    set_number(finding, "limit", limit->stable);
}

void mp_rule_processor_busy(MpDiagnosis *diagnosis, const MpRule *rule)
{
    double value;
    const MpLimit *limit = exceeded(diagnosis, "cpu_headroom", &value);
    if (!limit || !mp_analysis_preferred_path(diagnosis->result))
        return;
    MpFinding *finding = report(diagnosis, rule);
    set_number(finding, "headroom_percent", 100 * value);
    set_number(finding, "limit_percent", 100 * limit->stable);
}
