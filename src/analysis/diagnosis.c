/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the rules of the diagnosis work with.
 */
#include "analysis/diagnosis.h"

#include "analysis/ports.h"

static void put(MpDiagnosis *diagnosis, const MpQuestion *question)
{
    if (question->reach != MP_REACH_UNASKED)
        g_array_append_val(diagnosis->questions, *question);
}

/* A refusal that somebody on the way sent is not the machine's own. */
static MpReach reach_of(const MpDiagnosis *diagnosis, const MpMeasurement *measurement)
{
    MpAddress hop;
    const MpReach reach = mp_port_reach(measurement);
    return reach == MP_REACH_REFUSED && mp_evidence_hop(diagnosis->result, measurement, &hop)
               ? MP_REACH_LOST
               : reach;
}

static void put_server_question(MpDiagnosis *diagnosis, const MpStep *step,
                                const MpMeasurement *measurement)
{
    const MpSide side = mp_transport_is_datagram(measurement->transport) ? MP_SIDE_UDP
                                                                         : MP_SIDE_TCP;
    MpAddress server = {.port = 0};
    mp_evidence_server(diagnosis->result, measurement, &server);
    put(diagnosis, &(MpQuestion){.measurement = measurement,
                                 .host = step->server->host,
                                 .side = side,
                                 .port = server.port,
                                 .is_proxied = mp_way_is_proxied(step->way),
                                 .reach = reach_of(diagnosis, measurement)});
}

static void put_media_questions(MpDiagnosis *diagnosis, const MpStep *step,
                                const MpMeasurement *measurement)
{
    MpAddress far_end = {.port = 0};
    JsonObject *whip = mp_measurement_stage(measurement, "whip");
    const MpReach signalling = mp_stage_is_proxys(whip) ? MP_REACH_UNASKED : mp_stage_reach(whip);
    const MpReach media = mp_stage_reach(mp_measurement_stage(measurement, "ice"));
    put(diagnosis, &(MpQuestion){.measurement = measurement,
                                 .host = MP_RESPONDER,
                                 .side = MP_SIDE_TCP,
                                 .reach = signalling});
    if (step->way != MP_WAY_UDP || !mp_evidence_families_meet(measurement))
        return;
    mp_evidence_media_peer(measurement, &far_end);
    put(diagnosis, &(MpQuestion){.measurement = measurement,
                                 .host = MP_RESPONDER,
                                 .side = MP_SIDE_UDP,
                                 .port = far_end.port,
                                 .reach = media});
}

MpDiagnosis *mp_diagnosis_new(const MpResult *result, const MpProfile *profile)
{
    MpDiagnosis *diagnosis = g_new0(MpDiagnosis, 1);
    diagnosis->result = result;
    diagnosis->profile = profile;
    diagnosis->questions = g_array_new(FALSE, FALSE, sizeof(MpQuestion));
    diagnosis->explained = g_hash_table_new(g_direct_hash, g_direct_equal);
    diagnosis->findings = g_ptr_array_new_with_free_func((GDestroyNotify)mp_finding_free);
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        const MpStep *step = mp_evidence_step(result, measurement);
        if (!step)
            continue;
        /* What a NAT step asks, the STUN step of the same server has asked as well; the map of
         * ports has rules of its own. */
        g_autoptr(MpPortMap) map = mp_ports_read(measurement);
        if (g_str_has_prefix(measurement->kind, "nat") || map)
            g_hash_table_add(diagnosis->explained, (gpointer)measurement);
        else if (g_str_equal(measurement->kind, "media"))
            put_media_questions(diagnosis, step, measurement);
        else if (step->server && !g_str_equal(step->kind, "web") && !mp_step_is_ipv6_beside(step))
            put_server_question(diagnosis, step, measurement);
    }
    return diagnosis;
}

void mp_diagnosis_free(MpDiagnosis *diagnosis)
{
    if (!diagnosis)
        return;
    g_array_unref(diagnosis->questions);
    g_hash_table_unref(diagnosis->explained);
    g_ptr_array_unref(diagnosis->findings);
    g_free(diagnosis);
}

gboolean mp_diagnosis_is_explained(const MpDiagnosis *diagnosis, const MpMeasurement *measurement)
{
    return g_hash_table_contains(diagnosis->explained, measurement);
}

JsonObject *mp_diagnosis_open_stage(const MpDiagnosis *diagnosis, const MpMeasurement *measurement)
{
    const gboolean is_open = measurement->outcome != MP_OUTCOME_NOT_RUN &&
                             !mp_diagnosis_is_explained(diagnosis, measurement);
    return is_open ? mp_measurement_broken_stage(measurement) : NULL;
}

gboolean mp_diagnosis_picks(const MpDiagnosis *diagnosis, const MpPick *pick,
                            const MpQuestion *question)
{
    if (pick->host && !g_str_equal(pick->host, question->host))
        return FALSE;
    if (pick->other_than_host && g_str_equal(pick->other_than_host, question->host))
        return FALSE;
    if (pick->side != MP_SIDE_ANY && pick->side != question->side)
        return FALSE;
    if (pick->port != 0 && pick->port != question->port)
        return FALSE;
    if (pick->other_than_port != 0 && pick->other_than_port == question->port)
        return FALSE;
    if ((pick->is_straight && question->is_proxied) || (pick->is_proxied && !question->is_proxied))
        return FALSE;
    if (pick->reaches != 0 && !(pick->reaches & MP_REACHED(question->reach)))
        return FALSE;
    return !pick->is_unexplained || !mp_diagnosis_is_explained(diagnosis, question->measurement);
}

guint mp_diagnosis_count(const MpDiagnosis *diagnosis, const MpPick *pick)
{
    guint count = 0;
    for (guint i = 0; i < diagnosis->questions->len; i++)
        if (mp_diagnosis_picks(diagnosis, pick,
                               &g_array_index(diagnosis->questions, MpQuestion, i)))
            count++;
    return count;
}

static void add_once(GPtrArray *array, gconstpointer item)
{
    if (!g_ptr_array_find(array, item, NULL))
        g_ptr_array_add(array, (gpointer)item);
}

GPtrArray *mp_diagnosis_pick(const MpDiagnosis *diagnosis, const MpPick *pick)
{
    GPtrArray *measurements = g_ptr_array_new();
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        if (mp_diagnosis_picks(diagnosis, pick, question))
            add_once(measurements, question->measurement);
    }
    return measurements;
}

GPtrArray *mp_diagnosis_hosts(const MpDiagnosis *diagnosis)
{
    GPtrArray *hosts = g_ptr_array_new();
    for (guint i = 0; i < diagnosis->questions->len; i++) {
        const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, i);
        if (!g_str_equal(question->host, MP_RESPONDER) &&
            !g_ptr_array_find_with_equal_func(hosts, question->host, g_str_equal, NULL))
            g_ptr_array_add(hosts, (gpointer)question->host);
    }
    return hosts;
}

/* "udp, tcp": each word once. Takes `word`. */
static void add_word(GPtrArray *words, char *word)
{
    if (g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL))
        g_free(word);
    else
        g_ptr_array_add(words, word);
}

static void set_words(JsonObject *numbers, const char *name, GPtrArray *words)
{
    g_ptr_array_add(words, NULL);
    g_autofree char *text = g_strjoinv(", ", (char **)words->pdata);
    if (words->len > 1)
        json_object_set_string_member(numbers, name, text);
}

static void set_places(const MpDiagnosis *diagnosis, JsonObject *numbers, const GPtrArray *evidence)
{
    g_autoptr(GPtrArray) servers = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) transports = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) ports = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < evidence->len; i++) {
        const MpMeasurement *measurement = evidence->pdata[i];
        const MpStep *step = mp_evidence_step(diagnosis->result, measurement);
        const gboolean is_media = step && g_str_equal(step->kind, "media");
        add_word(transports, g_strdup(is_media ? mp_way_name(step->way)
                                               : mp_transport_name(measurement->transport)));
        add_word(servers, g_strdup(measurement->target ? measurement->target : "?"));
        for (guint j = 0; j < diagnosis->questions->len; j++) {
            const MpQuestion *question = &g_array_index(diagnosis->questions, MpQuestion, j);
            if (question->measurement == measurement && question->port != 0)
                add_word(ports, g_strdup_printf("%u", question->port));
        }
    }
    set_words(numbers, "server", servers);
    set_words(numbers, "transport", transports);
    set_words(numbers, "ports", ports);
}

static void set_stage(JsonObject *numbers, const MpMeasurement *measurement)
{
    JsonObject *stage = mp_measurement_broken_stage(measurement);
    if (!stage)
        return;
    double code;
    const char *detail = mp_facts_string(stage, "detail");
    json_object_set_string_member(numbers, "stage", mp_facts_string(stage, "name"));
    json_object_set_string_member(numbers, "outcome", mp_facts_string(stage, "outcome"));
    if (mp_facts_number(stage, "code", &code))
        json_object_set_int_member(numbers, "code", (gint64)code);
    /* With a code it is the protocol's reason phrase. */
    if (detail)
        json_object_set_string_member(
            numbers, json_object_has_member(numbers, "code") ? "reason" : "detail", detail);
}

/* Who sent the ICMP message that ended the first one, unless it was the server itself. */
static void set_hop(const MpDiagnosis *diagnosis, MpFinding *finding,
                    const MpMeasurement *measurement)
{
    MpAddress hop;
    if (mp_evidence_hop(diagnosis->result, measurement, &hop))
        finding->hop = mp_address_to_ip_string(&hop);
}

MpFinding *mp_diagnosis_remark(MpDiagnosis *diagnosis, const MpRule *rule,
                               const GPtrArray *evidence)
{
    g_assert(evidence->len > 0);
    MpFinding *finding = mp_finding_new(rule->id, rule->severity, rule->owner);
    for (guint i = 0; i < evidence->len; i++) {
        const MpMeasurement *measurement = evidence->pdata[i];
        g_ptr_array_add(finding->evidence, g_strdup(measurement->id));
    }
    set_places(diagnosis, finding->numbers, evidence);
    set_stage(finding->numbers, evidence->pdata[0]);
    set_hop(diagnosis, finding, evidence->pdata[0]);
    g_ptr_array_add(diagnosis->findings, finding);
    return finding;
}

MpFinding *mp_diagnosis_report(MpDiagnosis *diagnosis, const MpRule *rule,
                               const GPtrArray *evidence)
{
    for (guint i = 0; i < evidence->len; i++)
        g_hash_table_add(diagnosis->explained, evidence->pdata[i]);
    return mp_diagnosis_remark(diagnosis, rule, evidence);
}
