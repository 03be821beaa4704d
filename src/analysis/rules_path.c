/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the path does to packets: it loses them, it does not take large ones, it changes marks.
 */
#include "analysis/cases.h"
#include "analysis/lost_answers.h"
#include "analysis/rules.h"

/* In a sentence; the evidence has them all. */
#define MOST_NAMES 6

/* What got no answer, without the first of the evidence, which shows the loss. */
static char *join_silent(const GPtrArray *evidence)
{
    GString *text = g_string_new(NULL);
    for (guint i = 1; i < evidence->len && i <= MOST_NAMES; i++)
        g_string_append_printf(text, "%s%s", i > 1 ? ", " : "",
                               ((const MpMeasurement *)evidence->pdata[i])->id);
    if (evidence->len - 1 > MOST_NAMES)
        g_string_append(text, ", ...");
    return g_string_free(text, FALSE);
}

/* Where packets are lost one by one, no answer says nothing of ports, servers and firewalls: it is
 * kept from every other rule. */
void mp_rule_path_lossy(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    const MpAnswerLoss loss = mp_answer_loss(diagnosis->result);
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    g_ptr_array_add(evidence, (gpointer)loss.measurement);
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        JsonObject *stage = mp_diagnosis_open_stage(diagnosis, measurement);
        if (!mp_stage_is_lost_by_chance(stage))
            continue;
        g_hash_table_add(diagnosis->explained, measurement);
        g_ptr_array_add(evidence, measurement);
    }
    if (evidence->len == 1)
        return;
    MpFinding *finding = mp_diagnosis_remark(diagnosis, rule, evidence);
    g_autofree char *silent = join_silent(evidence);
    mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
    mp_finding_add_text(finding, "silent", silent);
    json_object_set_double_member(finding->numbers, "loss_percent", 100 * loss.share);
}

static MpMeasurement *find(const MpDiagnosis *diagnosis)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        if (g_str_equal(measurement->kind, "path") && measurement->outcome == MP_OUTCOME_ANSWERED)
            return measurement;
    }
    return NULL;
}

static MpFinding *report(MpDiagnosis *diagnosis, const MpRule *rule, MpMeasurement *path,
                         gboolean is_up, gboolean is_down)
{
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    g_ptr_array_add(evidence, path);
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
    if (is_up != is_down)
        mp_finding_add_text(finding, "direction", is_up ? "up" : "down");
    return finding;
}

static gboolean has(const MpDiagnosis *diagnosis, const char *id)
{
    for (guint i = 0; i < diagnosis->findings->len; i++)
        if (g_str_equal(((const MpFinding *)diagnosis->findings->pdata[i])->id, id))
            return TRUE;
    return FALSE;
}

/* May loss alone have taken the large ones, too? */
static gboolean are_lost_by_chance(const MpDiagnosis *diagnosis, const MpMeasurement *path)
{
    double larger_sent;
    const MpAnswerLoss loss = mp_answer_loss(diagnosis->result);
    return mp_facts_number(path->facts, "largest_packet_bytes.larger_sent", &larger_sent) &&
           mp_answer_loss_suffices(mp_answer_loss_chance(&loss, larger_sent, 1, 1, 1));
}

/* A router that cannot carry a packet must say so, RFC 1191 section 4; one that keeps it in silence
 * is a black hole, RFC 2923 section 2.1. */
void mp_rule_large_packets_lost(MpDiagnosis *diagnosis, const MpRule *rule)
{
    double asked;
    double up;
    double down;
    MpMeasurement *path = find(diagnosis);
    if (!path || has(diagnosis, "mtu-black-hole") ||
        json_object_has_member(path->facts, "icmp_mtu") ||
        !mp_facts_number(path->facts, "largest_packet_bytes.asked", &asked) ||
        !mp_facts_number(path->facts, "largest_packet_bytes.up", &up) ||
        !mp_facts_number(path->facts, "largest_packet_bytes.down", &down) ||
        MIN(up, down) >= asked || are_lost_by_chance(diagnosis, path))
        return;
    /* What did not arrive could not come back either. */
    MpFinding *finding = report(diagnosis, rule, path, up < asked, down < up);
    json_object_set_int_member(finding->numbers, "asked_bytes", (gint64)asked);
    json_object_set_int_member(finding->numbers, "largest_bytes", (gint64)MIN(up, down));
}

/* The mark arrived as another one. */
static gboolean is_changed(JsonObject *mark, const char *side)
{
    double sent;
    double got;
    return mp_facts_number(mark, "sent", &sent) && mp_facts_number(mark, side, &got) && got != sent;
}

/* RFC 8837 asks browsers to mark; nothing breaks where the marks are lost, but nothing is preferred
 * either. */
void mp_rule_marks_lost(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpMeasurement *path = find(diagnosis);
    JsonArray *marks = path ? mp_facts_array(path->facts, "dscp") : NULL;
    gboolean is_up = FALSE;
    gboolean is_down = FALSE;
    for (guint i = 0; marks && i < json_array_get_length(marks); i++) {
        JsonObject *mark = mp_facts_object_at(marks, i);
        is_up = is_up || is_changed(mark, "up");
        is_down = is_down || is_changed(mark, "down");
    }
    if (is_up || is_down)
        report(diagnosis, rule, path, is_up, is_down);
}
