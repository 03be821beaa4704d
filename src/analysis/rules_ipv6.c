/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IPv6 beside IPv4: addresses and routes that are announced, and lead nowhere.
 */
#include "analysis/rules.h"

/* The same server and transport over IPv4. */
static const MpMeasurement *over_ipv4(const MpResult *result, const MpStep *step)
{
    for (guint i = 0; i < result->plan->len; i++) {
        const MpStep *other = result->plan->pdata[i];
        if (other->family == MP_FAMILY_IPV4 && g_str_equal(other->kind, step->kind) &&
            other->way == step->way && other->server && other->server->port == step->server->port &&
            g_str_equal(other->server->host, step->server->host))
            return mp_result_measurement(result, other->id);
    }
    return NULL;
}

static gboolean is_kept(MpReach reach)
{
    return reach == MP_REACH_LOST || reach == MP_REACH_REFUSED;
}

typedef struct {
    GPtrArray *kept; /* MpMeasurement*, each with its like over IPv4 answered */
    gboolean has_answer;
    gboolean has_refusal; /* the server may not listen at its IPv6 address */
    const char *host;     /* the first kept one's */
    gboolean has_several_hosts;
} Comparison;

static void compare(Comparison *comparison, const MpDiagnosis *diagnosis, const MpStep *step,
                    MpMeasurement *measurement)
{
    const MpReach reach = mp_port_reach(measurement);
    const MpMeasurement *twin = over_ipv4(diagnosis->result, step);
    if (reach == MP_REACH_ANSWERED)
        comparison->has_answer = TRUE;
    if (!is_kept(reach) || !twin || mp_port_reach(twin) != MP_REACH_ANSWERED)
        return;
    g_ptr_array_add(comparison->kept, measurement);
    if (reach == MP_REACH_REFUSED)
        comparison->has_refusal = TRUE;
    if (comparison->host && !g_str_equal(comparison->host, step->server->host))
        comparison->has_several_hosts = TRUE;
    comparison->host = step->server->host;
}

/* Proved where several servers are kept and none answers; one alone may be down at that address. */
void mp_rule_ipv6_broken(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    Comparison comparison = {.kept = kept};
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        const MpStep *step = mp_evidence_step(diagnosis->result, measurement);
        if (step && mp_step_is_ipv6_beside(step))
            compare(&comparison, diagnosis, step, measurement);
    }
    if (kept->len == 0)
        return;
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, kept);
    if (comparison.has_answer || comparison.has_refusal || !comparison.has_several_hosts)
        mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
}
