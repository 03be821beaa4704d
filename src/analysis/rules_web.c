/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which hosts of the allow-list the site keeps, and what its proxy and its name servers say.
 */
#include <string.h>

#include "analysis/rules.h"
#include "analysis/web.h"

static gboolean is_kept(const MpMeasurement *measurement, JsonObject *stage)
{
    static const char *const stages[] = {"connect", "tls", "https", NULL};
    (void)measurement;
    return g_strv_contains(stages, mp_facts_string(stage, "name")) &&
           mp_stage_reach(stage) != MP_REACH_UNASKED &&
           mp_stage_reach(stage) != MP_REACH_INTERCEPTED;
}

/* ICMP's "prohibited" is a firewall's doing; and one host may be down, but hardly those of several
 * companies. */
static void doubt_single_companies(MpDiagnosis *diagnosis, guint first)
{
    for (guint i = first; i < diagnosis->findings->len; i++) {
        MpFinding *finding = diagnosis->findings->pdata[i];
        const char *outcome = mp_facts_string(finding->numbers, "outcome");
        finding->is_likely = g_strcmp0(outcome, mp_outcome_name(MP_OUTCOME_PROHIBITED)) != 0 &&
                             !mp_web_spans_companies(finding);
    }
}

void mp_rule_web_hosts_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const guint before = diagnosis->findings->len;
    mp_web_report(diagnosis, rule, is_kept, NULL);
    doubt_single_companies(diagnosis, before);
}

/* It comes after an HTTPS answer of the same host. */
static gboolean is_websocket(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_name(stage, "websocket") && mp_stage_reach(stage) != MP_REACH_UNASKED;
}

void mp_rule_websocket_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const guint before = diagnosis->findings->len;
    mp_web_report(diagnosis, rule, is_websocket, NULL);
    doubt_single_companies(diagnosis, before);
}

/* -- the proxy, of all that went through it ---------------------------------------------------- */

static gboolean is_proxy_down(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_name(stage, "proxy_connect") && mp_stage_reach(stage) != MP_REACH_UNASKED;
}

static gboolean wants_login(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_is_proxys(stage) || (mp_stage_has_name(stage, "proxy") &&
                                         mp_stage_has_outcome(stage, MP_OUTCOME_AUTH_FAILED));
}

/* RFC 7617 is what we speak; a SOCKS proxy names no schemes, and WHIP does not tell them. */
static gboolean wants_foreign_login(const MpMeasurement *measurement, JsonObject *stage)
{
    const char *schemes = mp_facts_string(measurement->facts, "proxy.schemes");
    g_autofree char *lower = schemes ? g_ascii_strdown(schemes, -1) : NULL;
    return wants_login(measurement, stage) && lower && *lower && !strstr(lower, "basic");
}

static gboolean is_refused_by_proxy(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_name(stage, "proxy") && mp_stage_reach(stage) != MP_REACH_UNASKED;
}

static void describe_proxy(MpFinding *finding, const MpMeasurement *measurement)
{
    double code;
    mp_finding_add_text(finding, "proxy", mp_facts_string(measurement->facts, "proxy.url"));
    mp_finding_add_text(finding, "schemes", mp_facts_string(measurement->facts, "proxy.schemes"));
    if (mp_facts_number(measurement->facts, "proxy.code", &code))
        json_object_set_int_member(finding->numbers, "code", (gint64)code);
}

/* One proxy, one finding: servers and hosts together. */
static MpFinding *report_proxy(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case)
{
    g_autoptr(GPtrArray) cases = mp_web_cases_of_all(diagnosis, is_case);
    if (cases->len == 0)
        return NULL;
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, cases);
    describe_proxy(finding, cases->pdata[0]);
    mp_web_describe(diagnosis, finding, cases);
    return finding;
}

void mp_rule_proxy_down(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_proxy(diagnosis, rule, is_proxy_down);
}

void mp_rule_proxy_login_unsupported(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    gboolean is_foreign = FALSE;
    for (guint i = 0; i < measurements->len && !is_foreign; i++) {
        JsonObject *stage = mp_diagnosis_open_stage(diagnosis, measurements->pdata[i]);
        is_foreign = stage && wants_foreign_login(measurements->pdata[i], stage);
    }
    if (is_foreign)
        report_proxy(diagnosis, rule, wants_login);
}

void mp_rule_proxy_login_wanted(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_proxy(diagnosis, rule, wants_login);
}

static gboolean is_let_through(const MpMeasurement *measurement)
{
    return mp_stage_reach(mp_measurement_stage(measurement, "proxy")) == MP_REACH_ANSWERED;
}

/* Many proxies connect to port 443 only, RFC 9110 section 9.3.6: of the servers one way is enough.
 */
void mp_rule_proxy_refuses(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    gboolean lets_servers = FALSE;
    for (guint i = 0; i < measurements->len; i++)
        lets_servers = lets_servers || (!mp_web_is(measurements->pdata[i]) &&
                                        is_let_through(measurements->pdata[i]));
    MpFinding *finding = report_proxy(diagnosis, rule, is_refused_by_proxy);
    if (finding && lets_servers && !mp_web_hurts(diagnosis, finding))
        finding->severity = MP_SEVERITY_WARNING;
}

/* -- name servers ------------------------------------------------------------------------------ */

static gboolean second_knows(const MpMeasurement *measurement)
{
    JsonArray *dns = mp_facts_array(measurement->facts, "dns");
    for (guint i = 0; dns && i < json_array_get_length(dns); i++) {
        JsonObject *entry = mp_facts_object_at(dns, i);
        JsonArray *addresses = mp_facts_array(entry, "addresses");
        if (addresses && json_array_get_length(addresses) > 0 &&
            json_object_has_member(entry, "second"))
            return TRUE;
    }
    return FALSE;
}

/* Hosts of a content network have other addresses in every place: others alone prove nothing. */
static gboolean differs(const MpMeasurement *measurement)
{
    const char *compared = mp_facts_string(measurement->facts, "name_answers");
    if (!compared || !second_knows(measurement))
        return FALSE;
    return g_str_equal(compared, "missing") || g_str_equal(compared, "private") ||
           (g_str_equal(compared, "different") && !mp_web_is_answered(measurement));
}

void mp_rule_name_answers_differ(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    for (guint i = 0; i < measurements->len; i++)
        if (mp_web_is(measurements->pdata[i]) && differs(measurements->pdata[i]))
            g_ptr_array_add(evidence, measurements->pdata[i]);
    if (evidence->len > 0)
        mp_web_describe(diagnosis, mp_diagnosis_remark(diagnosis, rule, evidence), evidence);
}
