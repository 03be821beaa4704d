/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the STUN and TURN servers said, one finding for each server.
 */
#include "analysis/rules.h"

#include <string.h>

/* Is it this? `stage` is the measurement's broken stage. */
typedef gboolean (*IsCase)(const MpMeasurement *measurement, JsonObject *stage);
/* Adds what only this finding has, from the first of its evidence. */
typedef void (*Describe)(MpFinding *finding, const MpMeasurement *measurement);

static gboolean has_outcome(JsonObject *stage, MpOutcome outcome)
{
    return g_strcmp0(mp_facts_string(stage, "outcome"), mp_outcome_name(outcome)) == 0;
}

static gboolean has_name(JsonObject *stage, const char *name)
{
    return g_strcmp0(mp_facts_string(stage, "name"), name) == 0;
}

static const char *server_host(const MpDiagnosis *diagnosis, const MpMeasurement *measurement)
{
    const MpStep *step = mp_evidence_step(diagnosis->result, measurement);
    const gboolean is_server = step && step->server && !g_str_equal(step->kind, "media");
    return is_server ? step->server->host : NULL;
}

/* The unexplained measurements of `host` from `first` on that are the case. A NULL host stands for
 * the media peer. */
static GPtrArray *cases_of_host(const MpDiagnosis *diagnosis, const char *host, guint first,
                                IsCase is_case)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    GPtrArray *cases = g_ptr_array_new();
    for (guint i = first; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        JsonObject *stage = mp_measurement_broken_stage(measurement);
        if (stage && g_strcmp0(server_host(diagnosis, measurement), host) == 0 &&
            !mp_diagnosis_is_explained(diagnosis, measurement) && is_case(measurement, stage))
            g_ptr_array_add(cases, measurement);
    }
    return cases;
}

/* `describe` may be NULL. */
static void report_cases(MpDiagnosis *diagnosis, const MpRule *rule, const GPtrArray *cases,
                         Describe describe)
{
    if (cases->len == 0)
        return;
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, cases);
    if (describe)
        describe(finding, cases->pdata[0]);
}

static void report_by_host(MpDiagnosis *diagnosis, const MpRule *rule, IsCase is_case,
                           Describe describe)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        const char *host = server_host(diagnosis, measurements->pdata[i]);
        if (!host)
            continue;
        g_autoptr(GPtrArray) cases = cases_of_host(diagnosis, host, i, is_case);
        report_cases(diagnosis, rule, cases, describe);
    }
}

static void copy_text(MpFinding *finding, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(finding->numbers, name, text);
}

static void describe_likely(MpFinding *finding, const MpMeasurement *measurement)
{
    (void)measurement;
    finding->is_likely = TRUE;
}

static gboolean is_unresolved(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return has_name(stage, "resolve");
}

void mp_rule_name_unresolved(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_unresolved, describe_likely);
}

/* The certificate that was shown: facts "tls" of a relay; of the media peer only the stage tells.
 */
static void describe_certificate(MpFinding *finding, const MpMeasurement *measurement)
{
    JsonObject *facts = measurement->facts;
    JsonObject *stage = mp_measurement_broken_stage(measurement);
    const char *verify = mp_facts_string(facts, "tls.verify");
    if (!verify)
        verify = mp_facts_string(stage, "detail");
    copy_text(finding, "verify", verify);
    finding->is_likely = TRUE;

    JsonArray *chain = mp_facts_array(facts, "tls.chain");
    if (chain && json_array_get_length(chain) > 0) {
        JsonObject *leaf = json_array_get_object_element(chain, 0);
        copy_text(finding, "subject", mp_facts_string(leaf, "subject"));
        copy_text(finding, "issuer", mp_facts_string(leaf, "issuer"));
    }

    /* An interceptor makes fresh certificates; an old one is the server's own. */
    if (verify && strstr(verify, "expired"))
        finding->owner = MP_OWNER_SERVICE_OPERATOR;
}

static gboolean is_intercepted(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return has_outcome(stage, MP_OUTCOME_INTERCEPTED);
}

void mp_rule_tls_intercepted(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_intercepted, describe_certificate);
    g_autoptr(GPtrArray) of_media_peer = cases_of_host(diagnosis, NULL, 0, is_intercepted);
    report_cases(diagnosis, rule, of_media_peer, describe_certificate);
}

static gboolean is_rejected(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return has_outcome(stage, MP_OUTCOME_AUTH_FAILED);
}

void mp_rule_credentials_rejected(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_rejected, NULL);
}

static gboolean is_out_of_quota(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return has_outcome(stage, MP_OUTCOME_QUOTA);
}

void mp_rule_quota(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_out_of_quota, NULL);
}

/* RFC 8656 section 18.3: 403 Forbidden, for the client or for the peer's address. */
static gboolean is_forbidden(const MpMeasurement *measurement, JsonObject *stage)
{
    double code;
    (void)measurement;
    return has_outcome(stage, MP_OUTCOME_REFUSED) && mp_facts_number(stage, "code", &code) &&
           code == 403;
}

void mp_rule_forbidden(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_forbidden, NULL);
}

static gboolean is_redirected(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return has_outcome(stage, MP_OUTCOME_REDIRECTED);
}

static void describe_redirection(MpFinding *finding, const MpMeasurement *measurement)
{
    copy_text(finding, "alternate_server", mp_facts_string(measurement->facts, "alternate_server"));
}

void mp_rule_redirected(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_redirected, describe_redirection);
}

/* The allocation stands, but what is asked of it after that is kept somewhere. */
static gboolean is_mute_relay(const MpMeasurement *measurement, JsonObject *stage)
{
    static const char *const names[] = {"permission", "channel", "data", "refresh"};
    (void)measurement;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (has_name(stage, names[i]) && mp_reach_is_broken(mp_stage_reach(stage)))
            return TRUE;
    return FALSE;
}

void mp_rule_relay_data_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_mute_relay, describe_likely);
}

/* Whatever else a server that was reached did not do as the standard says. */
static gboolean is_strange(const MpMeasurement *measurement, JsonObject *stage)
{
    return mp_stage_reach(stage) == MP_REACH_STRANGE ||
           mp_port_reach(measurement) == MP_REACH_ANSWERED;
}

void mp_rule_protocol_error(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_by_host(diagnosis, rule, is_strange, NULL);
}

static gboolean has_ranges(const MpProfile *profile)
{
    for (guint i = 0; i < profile->rows->len; i++)
        if (((const MpRequirementRow *)profile->rows->pdata[i])->ranges->len > 0)
            return TRUE;
    return FALSE;
}

/* The relay works: nothing is explained by this, but a firewall that follows the list stops it. */
void mp_rule_relay_outside_ranges(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    const char *first = NULL;
    for (guint i = 0; i < measurements->len && has_ranges(diagnosis->profile); i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        MpAddress relay;
        if (!mp_facts_address(measurement->facts, "relayed_address", &relay) ||
            mp_profile_covers(diagnosis->profile, &relay))
            continue;
        if (!first)
            first = mp_facts_string(measurement->facts, "relayed_address");
        g_ptr_array_add(evidence, measurement);
    }
    if (evidence->len > 0)
        copy_text(mp_diagnosis_remark(diagnosis, rule, evidence), "relayed_address", first);
}
