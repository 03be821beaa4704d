/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who answered instead of the servers, as far as their certificates tell.
 */
#include "analysis/cases.h"
#include "analysis/rules.h"
#include "analysis/web.h"

static gboolean is_untrusted(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    /* What the server's own redirection led to is the server's business. */
    return stage && mp_stage_has_outcome(stage, MP_OUTCOME_INTERCEPTED) &&
           !mp_stage_has_name(stage, "redirect");
}

/* The server's own certificate, the first of the chain; NULL: none was seen. */
static JsonObject *leaf_of(const MpMeasurement *measurement)
{
    JsonArray *chain = mp_facts_array(measurement->facts, "tls.chain");
    return chain && json_array_get_length(chain) > 0 ? json_array_get_object_element(chain, 0)
                                                     : NULL;
}

/* What was shown: facts "tls", or else what the stage tells. */
static void describe_certificate(MpFinding *finding, const MpMeasurement *measurement)
{
    const char *verify = mp_facts_string(measurement->facts, "tls.verify");
    if (!verify)
        verify = mp_facts_string(mp_measurement_broken_stage(measurement), "detail");
    mp_finding_add_text(finding, "verify", verify);
    JsonObject *leaf = leaf_of(measurement);
    if (!leaf)
        return;
    static const char *const members[] = {"subject", "issuer", "not_before", "not_after"};
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
        mp_finding_add_text(finding, members[i], mp_facts_string(leaf, members[i]));
}

static void describe_likely(MpFinding *finding, const MpMeasurement *measurement)
{
    describe_certificate(finding, measurement);
    finding->is_likely = TRUE;
}

static void report(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case,
                   MpDescribeCase describe)
{
    mp_cases_report_servers(diagnosis, rule, is_case, describe);
    mp_cases_report_media(diagnosis, rule, is_case, describe);
    mp_web_report(diagnosis, rule, is_case, describe);
}

/* The host of the media peer's address, too. Free with g_free(). */
static char *host_of(const MpDiagnosis *diagnosis, const MpMeasurement *measurement)
{
    const char *host = mp_cases_host(diagnosis, measurement);
    g_autoptr(GUri) uri = host ? NULL : g_uri_parse(measurement->target, G_URI_FLAGS_NONE, NULL);
    return g_strdup(uri ? g_uri_get_host(uri) : host);
}

/* Several hosts showed one certificate, and nothing else answered at all: a portal that wants a
 * login first. An interceptor would make a certificate for each of them. */
void mp_rule_captive_portal(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    g_autoptr(GHashTable) hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *subject = NULL;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        if (!is_untrusted(measurement, mp_measurement_broken_stage(measurement)))
            continue;
        JsonObject *leaf = leaf_of(measurement);
        const char *shown = leaf ? mp_facts_string(leaf, "subject") : NULL;
        if (!shown || (subject && !g_str_equal(subject, shown)))
            return;
        subject = shown;
        g_hash_table_add(hosts, host_of(diagnosis, measurement));
        g_ptr_array_add(evidence, measurement);
    }
    if (g_hash_table_size(hosts) < 2 ||
        mp_diagnosis_count(diagnosis, &(MpPick){.reaches = MP_REACHED_ANSWERED}) > 0 ||
        mp_web_any_answered(diagnosis))
        return;
    /* What stayed silent beside it has the same cause. */
    g_autoptr(GPtrArray)
        silent = mp_diagnosis_pick(diagnosis, &(MpPick){.reaches = MP_REACHED_CLOSED});
    g_ptr_array_extend(evidence, silent, NULL, NULL);
    describe_likely(mp_diagnosis_report(diagnosis, rule, evidence), evidence->pdata[0]);
}

static gboolean has_flaw(const MpMeasurement *measurement, const char *flaw)
{
    return g_strcmp0(mp_facts_string(measurement->facts, "tls.flaw"), flaw) == 0;
}

/* By the clock of this computer another certificate, with dates of its own, was in order. */
static gboolean clock_is_confirmed(const MpDiagnosis *diagnosis)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        const MpMeasurement *measurement = measurements->pdata[i];
        const gboolean is_https = measurement->target &&
                                  g_str_has_prefix(measurement->target, "https:");
        JsonObject *stage = mp_measurement_stage(measurement, is_https ? "whip" : "tls");
        if (mp_stage_reach(stage) == MP_REACH_ANSWERED && !mp_stage_is_proxys(stage))
            return TRUE;
    }
    return FALSE;
}

/* The chain is trusted, only the date is wrong: no interceptor's, which makes fresh ones. */
static gboolean is_out_of_date(const MpMeasurement *measurement, JsonObject *stage)
{
    return is_untrusted(measurement, stage) && has_flaw(measurement, "expired");
}

/* Nobody serves a certificate before its first day: it is this computer that lives in the past. */
static gboolean is_too_early(const MpMeasurement *measurement, JsonObject *stage)
{
    return is_untrusted(measurement, stage) && has_flaw(measurement, "not-yet-valid");
}

void mp_rule_clock_slow(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const guint before = diagnosis->findings->len;
    report(diagnosis, rule, is_too_early, describe_likely);
    for (guint i = before; i < diagnosis->findings->len; i++)
        mp_finding_add_text(diagnosis->findings->pdata[i], "clock", diagnosis->result->started);
}

void mp_rule_certificate_expired(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const guint before = diagnosis->findings->len;
    report(diagnosis, rule, is_out_of_date, describe_certificate);
    if (!clock_is_confirmed(diagnosis))
        for (guint i = before; i < diagnosis->findings->len; i++)
            mp_finding_doubt(diagnosis->findings->pdata[i], MP_OWNER_TESTER);
}

static gboolean is_of_another(const MpMeasurement *measurement, JsonObject *stage)
{
    return is_untrusted(measurement, stage) && has_flaw(measurement, "name");
}

/* The server's own, or that of another one to which the name leads here. */
static void describe_another(MpFinding *finding, const MpMeasurement *measurement)
{
    describe_certificate(finding, measurement);
    mp_finding_doubt(finding, MP_OWNER_SITE_NETWORK);
}

void mp_rule_certificate_name(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report(diagnosis, rule, is_of_another, describe_another);
}

/* The failed rows of the requirements whose evidence the finding has. */
static void name_rows(const MpDiagnosis *diagnosis, MpFinding *finding)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    for (guint i = 0; i < diagnosis->result->requirements->len; i++) {
        const MpRequirement *requirement = diagnosis->result->requirements->pdata[i];
        if (requirement->state == MP_REQUIREMENT_FAILED && requirement->measurement &&
            g_ptr_array_find_with_equal_func(finding->evidence, requirement->measurement,
                                             g_str_equal, NULL) &&
            !g_ptr_array_find_with_equal_func(rows, requirement->row, g_str_equal, NULL))
            g_ptr_array_add(rows, requirement->row);
    }
    if (rows->len == 0)
        return;
    g_ptr_array_add(rows, NULL);
    g_autofree char *text = g_strjoinv(", ", (char **)rows->pdata);
    mp_finding_add_text(finding, "rows", text);
}

/* Takes what the same authority signed out of `cases`; without one, what the same host showed. */
static GPtrArray *take_authority(const MpDiagnosis *diagnosis, GPtrArray *cases)
{
    GPtrArray *group = g_ptr_array_new();
    const MpMeasurement *first = cases->pdata[0];
    const char *issuer = mp_web_issuer(first);
    g_autofree char *first_host = host_of(diagnosis, first);
    for (guint i = 0; i < cases->len;) {
        g_autofree char *host = host_of(diagnosis, cases->pdata[i]);
        if (g_strcmp0(mp_web_issuer(cases->pdata[i]), issuer) == 0 &&
            (issuer || g_strcmp0(host, first_host) == 0))
            g_ptr_array_add(group, g_ptr_array_remove_index(cases, i));
        else
            i++;
    }
    return group;
}

/* One authority, one finding: servers, media and hosts together. */
void mp_rule_tls_intercepted(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) cases = mp_web_cases_of_all(diagnosis, is_untrusted);
    while (cases->len > 0) {
        g_autoptr(GPtrArray) group = take_authority(diagnosis, cases);
        MpFinding *finding = mp_diagnosis_report(diagnosis, rule, group);
        describe_certificate(finding, group->pdata[0]);
        mp_web_describe(diagnosis, finding, group);
        name_rows(diagnosis, finding);
        if (!mp_web_spans_companies(finding))
            mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
    }
}
