/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the STUN and TURN servers said, one finding for each server.
 */
#include "analysis/cases.h"
#include "analysis/rules.h"

static gboolean is_rejected(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_outcome(stage, MP_OUTCOME_AUTH_FAILED);
}

void mp_rule_credentials_rejected(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_servers(diagnosis, rule, is_rejected, NULL);
}

static gboolean is_out_of_quota(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_outcome(stage, MP_OUTCOME_QUOTA);
}

void mp_rule_quota(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_servers(diagnosis, rule, is_out_of_quota, NULL);
}

/* RFC 8656 section 18.3: 403 Forbidden, for the client or for the peer's address. */
static gboolean is_forbidden(const MpMeasurement *measurement, JsonObject *stage)
{
    double code;
    (void)measurement;
    return mp_stage_has_outcome(stage, MP_OUTCOME_REFUSED) &&
           mp_facts_number(stage, "code", &code) && code == 403;
}

/* A 403 of the media peer's own signalling is about its token. */
static gboolean is_forbidden_peer(const MpMeasurement *measurement, JsonObject *stage)
{
    return mp_stage_has_name(stage, "permission") && is_forbidden(measurement, stage);
}

/* Media is asked of the media peer, but it is the relay that forbids it. */
static void name_relays(const MpDiagnosis *diagnosis, MpFinding *finding)
{
    g_autoptr(GStrvBuilder) servers = g_strv_builder_new();
    for (guint i = 0; i < finding->evidence->len; i++) {
        const MpStep *step = mp_evidence_step(
            diagnosis->result,
            mp_result_measurement(diagnosis->result, finding->evidence->pdata[i]));
        g_autofree char *uri = step && step->server ? mp_server_uri_to_string(step->server) : NULL;
        if (uri)
            g_strv_builder_add(servers, uri);
    }
    g_auto(GStrv) list = g_strv_builder_end(servers);
    g_autofree char *text = g_strjoinv(", ", list);
    if (list[0])
        mp_finding_add_text(finding, "server", text);
}

void mp_rule_forbidden(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_servers(diagnosis, rule, is_forbidden, NULL);
    MpFinding *of_media = mp_cases_report_media(diagnosis, rule, is_forbidden_peer, NULL);
    if (of_media)
        name_relays(diagnosis, of_media);
}

static gboolean is_redirected(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_outcome(stage, MP_OUTCOME_REDIRECTED) ||
           mp_stage_has_name(stage, "redirect");
}

static void describe_redirection(MpFinding *finding, const MpMeasurement *measurement)
{
    mp_finding_add_text(finding, "alternate_server",
                        mp_facts_string(measurement->facts, "alternate_server"));
}

void mp_rule_redirected(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_servers(diagnosis, rule, is_redirected, describe_redirection);
}

/* The allocation stands, but what is asked of it after that is kept somewhere. */
static gboolean is_mute_relay(const MpMeasurement *measurement, JsonObject *stage)
{
    static const char *const names[] = {"permission", "send", "channel", "data", "refresh"};
    (void)measurement;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (mp_stage_has_name(stage, names[i]) && mp_reach_is_broken(mp_stage_reach(stage)))
            return TRUE;
    return FALSE;
}

/* Of the two forms in which data goes to the relay one came through and the other did not. */
static gboolean is_filtered(const MpMeasurement *measurement, JsonObject *stage)
{
    static const char *const forms[] = {"send", "data"};
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        JsonObject *other = mp_measurement_stage(measurement, forms[1 - i]);
        if (mp_stage_has_name(stage, forms[i]) && mp_reach_is_broken(mp_stage_reach(stage)) &&
            mp_stage_reach(other) == MP_REACH_ANSWERED)
            return TRUE;
    }
    return FALSE;
}

/* Over UDP anybody on the way can look inside; inside TLS only the server could. */
static void describe_filter(MpFinding *finding, const MpMeasurement *measurement)
{
    if (mp_transport_is_secure(measurement->transport))
        finding->owner = MP_OWNER_SERVICE_OPERATOR;
    else
        mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
}

void mp_rule_turn_data_filtered(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_servers(diagnosis, rule, is_filtered, describe_filter);
}

void mp_rule_relay_data_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_servers(diagnosis, rule, is_mute_relay, mp_finding_be_likely);
}

/* Whatever else a server that was reached did not do as the standard says. */
static gboolean is_strange(const MpMeasurement *measurement, JsonObject *stage)
{
    return mp_stage_reach(stage) == MP_REACH_STRANGE ||
           mp_port_reach(measurement) == MP_REACH_ANSWERED;
}

void mp_rule_protocol_error(MpDiagnosis *diagnosis, const MpRule *rule)
{
    mp_cases_report_servers(diagnosis, rule, is_strange, NULL);
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
        mp_finding_add_text(mp_diagnosis_remark(diagnosis, rule, evidence), "relayed_address",
                            first);
}
