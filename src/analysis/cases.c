/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings by what broke a measurement.
 */
#include "analysis/cases.h"

gboolean mp_stage_has_name(JsonObject *stage, const char *name)
{
    return g_strcmp0(mp_facts_string(stage, "name"), name) == 0;
}

gboolean mp_stage_has_outcome(JsonObject *stage, MpOutcome outcome)
{
    return g_strcmp0(mp_facts_string(stage, "outcome"), mp_outcome_name(outcome)) == 0;
}

void mp_finding_add_text(MpFinding *finding, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(finding->numbers, name, text);
}

void mp_finding_be_likely(MpFinding *finding, const MpMeasurement *measurement)
{
    (void)measurement;
    finding->is_likely = TRUE;
}

const char *mp_cases_host(const MpDiagnosis *diagnosis, const MpMeasurement *measurement)
{
    const MpStep *step = mp_evidence_step(diagnosis->result, measurement);
    const gboolean is_server = step && step->server && !g_str_equal(step->kind, "media");
    return is_server ? step->server->host : NULL;
}

/* The unexplained measurements of `host` from `first` on that are the case. A NULL host stands for
 * the media peer. */
static GPtrArray *cases_of_host(const MpDiagnosis *diagnosis, const char *host, guint first,
                                MpIsCase is_case)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    GPtrArray *cases = g_ptr_array_new();
    for (guint i = first; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        JsonObject *stage = mp_diagnosis_open_stage(diagnosis, measurement);
        if (stage && !g_str_equal(measurement->kind, "web") &&
            g_strcmp0(mp_cases_host(diagnosis, measurement), host) == 0 &&
            is_case(measurement, stage))
            g_ptr_array_add(cases, measurement);
    }
    return cases;
}

static MpFinding *report_cases(MpDiagnosis *diagnosis, const MpRule *rule, const GPtrArray *cases,
                               MpDescribeCase describe)
{
    if (cases->len == 0)
        return NULL;
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, cases);
    if (describe)
        describe(finding, cases->pdata[0]);
    return finding;
}

void mp_cases_report_servers(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case,
                             MpDescribeCase describe)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        const char *host = mp_cases_host(diagnosis, measurements->pdata[i]);
        if (!host)
            continue;
        g_autoptr(GPtrArray) cases = cases_of_host(diagnosis, host, i, is_case);
        report_cases(diagnosis, rule, cases, describe);
    }
}

MpFinding *mp_cases_report_media(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case,
                                 MpDescribeCase describe)
{
    g_autoptr(GPtrArray) cases = cases_of_host(diagnosis, NULL, 0, is_case);
    return report_cases(diagnosis, rule, cases, describe);
}
