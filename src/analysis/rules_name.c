/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the name server made of the servers' names.
 */
#include "analysis/cases.h"
#include "analysis/lost_answers.h"
#include "analysis/rules.h"
#include "analysis/web.h"

/* Windows asks again after a second: Microsoft, "DNS client resolution timeouts" (KB 2834226). */
#define SLOW_MS 1000

static gboolean is_unresolved(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)measurement;
    return mp_stage_has_name(stage, "resolve");
}

/* RFC 2782: the one target "." says that the service is decidedly not available at this domain. */
static gboolean is_not_offered(const MpMeasurement *measurement, JsonObject *stage)
{
    JsonObject *srv = mp_facts_object(measurement->facts, "srv");
    JsonArray *records = srv ? mp_facts_array(srv, "records") : NULL;
    const guint n = records ? json_array_get_length(records) : 0;
    for (guint i = 0; i < n; i++)
        if (g_strcmp0(mp_facts_string(mp_facts_object_at(records, i), "target"), "."))
            return FALSE;
    return n > 0 && is_unresolved(measurement, stage);
}

/* The name server knows the name; its owner says no. */
void mp_rule_service_not_offered(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) cases = mp_web_cases_of_all(diagnosis, is_not_offered);
    for (guint i = 0; i < cases->len; i++) {
        const MpMeasurement *measurement = cases->pdata[i];
        g_autoptr(GPtrArray) evidence = g_ptr_array_new();
        g_ptr_array_add(evidence, cases->pdata[i]);
        MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
        mp_finding_add_text(finding, "service", mp_facts_string(measurement->facts, "srv.name"));
    }
}

static gboolean fail_alike(const MpMeasurement *a, const MpMeasurement *b)
{
    JsonObject *first = mp_measurement_broken_stage(a);
    JsonObject *second = mp_measurement_broken_stage(b);
    double first_code = 0;
    double second_code = 0;
    mp_facts_number(first, "code", &first_code);
    mp_facts_number(second, "code", &second_code);
    return first_code == second_code &&
           g_strcmp0(mp_facts_string(first, "outcome"), mp_facts_string(second, "outcome")) == 0;
}

/* Takes those that fail as the first one does out of `cases`. */
static GPtrArray *take_alike(GPtrArray *cases)
{
    GPtrArray *group = g_ptr_array_new();
    const MpMeasurement *first = cases->pdata[0];
    for (guint i = 0; i < cases->len;)
        if (fail_alike(first, cases->pdata[i]))
            g_ptr_array_add(group, g_ptr_array_remove_index(cases, i));
        else
            i++;
    return group;
}

/* A name server that says the same about several names is one cause: servers, media and hosts. */
void mp_rule_name_unresolved(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) cases = mp_web_cases_of_all(diagnosis, is_unresolved);
    while (cases->len > 0) {
        g_autoptr(GPtrArray) group = take_alike(cases);
        MpFinding *finding = mp_diagnosis_report(diagnosis, rule, group);
        finding->is_likely = TRUE;
        mp_web_describe(diagnosis, finding, group);
    }
}

static gboolean has_ranges(const MpProfile *profile)
{
    for (guint i = 0; i < profile->rows->len; i++)
        if (((const MpRequirementRow *)profile->rows->pdata[i])->ranges->len > 0)
            return TRUE;
    return FALSE;
}

/* The name leads to an address where no public server can be, and none is. */
static gboolean leads_nowhere(const MpProfile *profile, const MpMeasurement *measurement)
{
    MpAddress address;
    const MpReach reach = mp_port_reach(measurement);
    return reach != MP_REACH_UNASKED && reach != MP_REACH_ANSWERED &&
           mp_facts_address(measurement->facts, "server_address", &address) &&
           (mp_address_is_any(&address) || mp_address_is_private(&address)) &&
           !mp_profile_covers(profile, &address);
}

static gboolean is_literal(const char *host)
{
    MpAddress address;
    return mp_address_parse(&address, host, 0);
}

static void add_misdirected(const MpDiagnosis *diagnosis, const char *host, GPtrArray *evidence)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        if (g_strcmp0(mp_cases_host(diagnosis, measurement), host) == 0 &&
            !mp_diagnosis_is_explained(diagnosis, measurement) &&
            leads_nowhere(diagnosis->profile, measurement))
            g_ptr_array_add(evidence, measurement);
    }
}

/* What the system's name servers say about a host of the allow-list leads inside only. */
static gboolean leads_inside(const MpMeasurement *measurement, JsonObject *stage)
{
    (void)stage;
    return g_strcmp0(mp_facts_string(measurement->facts, "name_answers"), "private") == 0;
}

static void describe_address(MpFinding *finding, const MpMeasurement *measurement)
{
    MpAddress address;
    finding->is_likely = TRUE;
    if (!mp_facts_address(measurement->facts, "server_address", &address))
        return;
    g_autofree char *text = mp_address_to_ip_string(&address);
    mp_finding_add_text(finding, "address", text);
}

/* A profile that lists address ranges has its servers there. */
void mp_rule_name_misdirected(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) hosts = mp_diagnosis_hosts(diagnosis);
    for (guint i = 0; i < hosts->len && has_ranges(diagnosis->profile); i++) {
        g_autoptr(GPtrArray) evidence = g_ptr_array_new();
        if (!is_literal(hosts->pdata[i]))
            add_misdirected(diagnosis, hosts->pdata[i], evidence);
        if (evidence->len == 0)
            continue;
        const MpMeasurement *first = evidence->pdata[0];
        MpAddress address;
        mp_facts_address(first->facts, "server_address", &address);
        g_autofree char *text = mp_address_to_ip_string(&address);
        MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
        mp_finding_add_text(finding, "address", text);
        finding->is_likely = TRUE;
    }
    mp_web_report(diagnosis, rule, leads_inside, describe_address);
}

/* How long the answer about a name took; 0: there was no question or no answer. */
static double resolve_ms(const MpMeasurement *measurement)
{
    double taken = 0;
    JsonObject *stage = mp_measurement_stage(measurement, "resolve");
    return stage && mp_stage_has_outcome(stage, MP_OUTCOME_ANSWERED) &&
                   mp_facts_number(stage, "ms", &taken)
               ? taken
               : 0;
}

static guint count_names(const MpDiagnosis *diagnosis, const GPtrArray *servers)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < servers->len; i++) {
        const char *host = mp_cases_host(diagnosis, servers->pdata[i]);
        g_hash_table_add(names, (gpointer)(host ? host : MP_RESPONDER));
    }
    return g_hash_table_size(names);
}

/* One question lost, and the answer comes when it has been sent again. */
static gboolean are_sent_again(const MpDiagnosis *diagnosis, guint n_names)
{
    const MpAnswerLoss loss = mp_answer_loss(diagnosis->result);
    return mp_answer_loss_suffices(mp_answer_loss_chance(&loss, 1, 2, n_names, n_names));
}

void mp_rule_name_slow(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    g_autoptr(GPtrArray) servers = g_ptr_array_new();
    g_autoptr(GPtrArray) hosts = g_ptr_array_new();
    double longest = 0;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        const double taken = resolve_ms(measurement);
        if (taken < SLOW_MS)
            continue;
        longest = MAX(longest, taken);
        g_ptr_array_add(mp_web_is(measurement) ? hosts : servers, measurement);
    }
    /* Few names say as much as sixty. */
    const GPtrArray *evidence = servers->len > 0 ? servers : hosts;
    const guint n_names = count_names(diagnosis, servers) + hosts->len;
    if (evidence->len == 0 || are_sent_again(diagnosis, n_names))
        return;
    MpFinding *finding = mp_diagnosis_remark(diagnosis, rule, evidence);
    /* Of one name it may be the server of that name that is slow. */
    finding->is_likely = n_names < 2;
    json_object_set_double_member(finding->numbers, "resolve_ms", longest);
    if (evidence == hosts)
        mp_web_describe(diagnosis, finding, hosts);
}
