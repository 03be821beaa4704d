/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where protected media stopped. The same cause on several ways is one finding.
 */
#include "analysis/rules.h"

#define HTTPS_PORT 443

/* Is it this? `stage` is the measurement's broken stage, NULL when none broke. */
typedef gboolean (*IsCase)(const MpMeasurement *media, JsonObject *stage);

static gboolean has_name(JsonObject *stage, const char *name)
{
    return stage && g_strcmp0(mp_facts_string(stage, "name"), name) == 0;
}

/* NULL when no measurement is the case. */
static MpFinding *report_media(MpDiagnosis *diagnosis, const MpRule *rule, IsCase is_case)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        if (g_str_equal(measurement->kind, "media") && measurement->outcome != MP_OUTCOME_NOT_RUN &&
            !mp_diagnosis_is_explained(diagnosis, measurement) &&
            is_case(measurement, mp_measurement_broken_stage(measurement)))
            g_ptr_array_add(evidence, measurement);
    }
    return evidence->len > 0 ? mp_diagnosis_report(diagnosis, rule, evidence) : NULL;
}

static const MpMeasurement *first_evidence(const MpDiagnosis *diagnosis, const MpFinding *finding)
{
    return mp_result_measurement(diagnosis->result, finding->evidence->pdata[0]);
}

static gboolean is_down(const MpMeasurement *media, JsonObject *stage)
{
    (void)media;
    return has_name(stage, "whip") && mp_stage_reach(stage) == MP_REACH_REFUSED;
}

/* A firewall that refuses the port would refuse it to others as well. */
static gboolean port_is_open_elsewhere(const MpDiagnosis *diagnosis, const MpMeasurement *media)
{
    g_autoptr(GUri) uri = g_uri_parse(media->target, G_URI_FLAGS_NONE, NULL);
    const gint port = !uri                                             ? -1
                      : g_uri_get_port(uri) > 0                        ? g_uri_get_port(uri)
                      : g_strcmp0(g_uri_get_scheme(uri), "https") == 0 ? HTTPS_PORT
                                                                       : -1;
    return port > 0 && mp_diagnosis_count(diagnosis, &(MpPick){.other_than_host = MP_RESPONDER,
                                                               .side = MP_SIDE_TCP,
                                                               .port = (guint16)port,
                                                               .reaches = MP_REACHED_ANSWERED});
}

void mp_rule_responder_down(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpFinding *finding = report_media(diagnosis, rule, is_down);
    if (finding && !port_is_open_elsewhere(diagnosis, first_evidence(diagnosis, finding)))
        mp_finding_doubt(finding, MP_OWNER_SITE_NETWORK);
}

static gboolean is_unsignalled(const MpMeasurement *media, JsonObject *stage)
{
    return has_name(stage, "whip") && mp_reach_is_broken(mp_stage_reach(stage)) &&
           !is_down(media, stage);
}

void mp_rule_signalling_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpFinding *finding = report_media(diagnosis, rule, is_unsignalled);
    if (finding)
        mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
}

static gboolean is_refused(const MpMeasurement *media, JsonObject *stage)
{
    (void)media;
    return has_name(stage, "whip");
}

void mp_rule_responder_refused(MpDiagnosis *diagnosis, const MpRule *rule)
{
    double code = 0;
    MpFinding *finding = report_media(diagnosis, rule, is_refused);
    if (!finding)
        return;
    /* RFC 9110 sections 15.5.2 and 15.5.4: the token is missing, wrong or not enough. */
    mp_facts_number(finding->numbers, "code", &code);
    if (code == 401 || code == 403)
        finding->owner = MP_OWNER_CREDENTIALS;
}

static gboolean has_no_family(const MpMeasurement *media, JsonObject *stage)
{
    return stage && has_name(stage, "ice") && !mp_evidence_families_meet(media);
}

void mp_rule_media_no_family(MpDiagnosis *diagnosis, const MpRule *rule)
{
    report_media(diagnosis, rule, has_no_family);
}

/* RFC 7675: the far end no longer answers the checks that let us send. */
static gboolean has_lost_consent(const MpMeasurement *media, JsonObject *stage)
{
    double lost;
    (void)stage;
    return mp_facts_number(media->facts, "consent_lost_ms", &lost);
}

void mp_rule_consent_lost(MpDiagnosis *diagnosis, const MpRule *rule)
{
    double lost = 0;
    MpFinding *finding = report_media(diagnosis, rule, has_lost_consent);
    if (!finding)
        return;
    mp_facts_number(first_evidence(diagnosis, finding)->facts, "consent_lost_ms", &lost);
    json_object_set_double_member(finding->numbers, "consent_lost_ms", lost);
    finding->is_likely = TRUE;
}

/* Counted while media ran, or where its first packet never came. */
static gboolean direction_fact(const MpMeasurement *media, const char *direction, const char *name,
                               double *value)
{
    g_autofree char *path = g_strjoin(".", direction, name, NULL);
    g_autofree char *early = g_strjoin(".", "srtp", direction, name, NULL);
    return mp_facts_number(media->facts, path, value) ||
           mp_facts_number(media->facts, early, value);
}

/* TRUE when packets of that direction were sent and none arrived. */
static gboolean is_empty(const MpMeasurement *media, const char *direction)
{
    double sent;
    double received;
    return direction_fact(media, direction, "packets_sent", &sent) && sent > 0 &&
           direction_fact(media, direction, "packets_received", &received) && received == 0;
}

static gboolean has_packets(const MpMeasurement *media, const char *direction)
{
    double received;
    return direction_fact(media, direction, "packets_received", &received) && received > 0;
}

static gboolean is_one_way(const MpMeasurement *media, JsonObject *stage)
{
    (void)stage;
    return (is_empty(media, "up") && has_packets(media, "down")) ||
           (is_empty(media, "down") && has_packets(media, "up"));
}

void mp_rule_one_way_media(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpFinding *finding = report_media(diagnosis, rule, is_one_way);
    if (finding)
        json_object_set_string_member(finding->numbers, "direction",
                                      is_empty(first_evidence(diagnosis, finding), "up") ? "up"
                                                                                         : "down");
}

/* The first stop, from the first media on; FALSE: media never stopped under the call. `outage_ms`
 * is the longest one that a restart ended, 0: none. */
static gboolean find_stop(const MpMeasurement *media, double *after_ms, double *outage_ms)
{
    JsonArray *events = mp_facts_array(media->facts, "events");
    double setup_ms = 0;
    gboolean has_stop = FALSE;
    *outage_ms = 0;
    mp_facts_number(media->facts, "setup_ms", &setup_ms);
    for (guint i = 0; events && i < json_array_get_length(events); i++) {
        JsonObject *event = mp_facts_object_at(events, i);
        const char *what = mp_facts_string(event, "what");
        double ms = 0;
        if (g_strcmp0(what, "media-resumed") == 0 && mp_facts_number(event, "took_ms", &ms))
            *outage_ms = MAX(*outage_ms, ms);
        if (has_stop || g_strcmp0(what, "media-stopped") != 0)
            continue;
        has_stop = mp_facts_number(event, "ms", &ms);
        *after_ms = ms - setup_ms;
    }
    return has_stop;
}

static gboolean is_cut(const MpMeasurement *media, JsonObject *stage)
{
    double after_ms;
    double outage_ms;
    (void)stage;
    return mp_evidence_media_stopped(media, "up") || mp_evidence_media_stopped(media, "down") ||
           (media->transport == MP_TRANSPORT_UDP && find_stop(media, &after_ms, &outage_ms) &&
            outage_ms >= MP_LEAST_SILENCE_MS);
}

/* Media came, and then none any more while it was still sent. */
void mp_rule_media_cut(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpFinding *finding = report_media(diagnosis, rule, is_cut);
    if (!finding)
        return;
    const MpMeasurement *media = first_evidence(diagnosis, finding);
    const gboolean is_up = mp_evidence_media_stopped(media, "up");
    double after = 0;
    double outage;
    if (!find_stop(media, &after, &outage))
        mp_facts_number(media->facts, is_up ? "up.stopped_after_ms" : "down.stopped_after_ms",
                        &after);
    json_object_set_double_member(finding->numbers, "stopped_after_s", after / 1000);
    if (is_up != mp_evidence_media_stopped(media, "down"))
        json_object_set_string_member(finding->numbers, "direction", is_up ? "up" : "down");
    finding->is_likely = TRUE;
}

/* So many packets of the largest sizes, all lost, where half of the others came: by chance once in
 * a million times (2^-20). */
#define LEAST_MISSING 20
#define MOST_LOSS_BELOW 50

static gboolean keeps_large_packets(const MpMeasurement *media, const char *direction)
{
    g_autofree char *missing_path = g_strconcat(direction, ".missing_packets", NULL);
    g_autofree char *below_path = g_strconcat(direction, ".loss_below_percent", NULL);
    double missing;
    double below;
    return mp_facts_number(media->facts, missing_path, &missing) && missing >= LEAST_MISSING &&
           mp_facts_number(media->facts, below_path, &below) && below <= MOST_LOSS_BELOW;
}

static gboolean is_black_hole(const MpMeasurement *media, JsonObject *stage)
{
    (void)stage;
    return keeps_large_packets(media, "up") || keeps_large_packets(media, "down");
}

/* TCP has large packets, too: a relay over it stalls as soon as it has much to carry. */
static gboolean is_stalled(const MpMeasurement *media, JsonObject *stage)
{
    return media->transport != MP_TRANSPORT_UDP && stage && !has_name(stage, "whip") &&
           mp_stage_reach(stage) == MP_REACH_LOST;
}

static void explain_stalled(MpDiagnosis *diagnosis)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *media = measurements->pdata[i];
        if (g_str_equal(media->kind, "media") && media->outcome != MP_OUTCOME_NOT_RUN &&
            is_stalled(media, mp_measurement_broken_stage(media)))
            g_hash_table_add(diagnosis->explained, media);
    }
}

/* RFC 2923 section 2.1. */
void mp_rule_mtu_black_hole(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpFinding *finding = report_media(diagnosis, rule, is_black_hole);
    if (!finding)
        return;
    explain_stalled(diagnosis);
    const MpMeasurement *media = first_evidence(diagnosis, finding);
    const gboolean is_up = keeps_large_packets(media, "up");
    static const char *const members[] = {"largest_received_bytes", "smallest_missing_bytes"};
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *path = g_strconcat(is_up ? "up." : "down.", members[i], NULL);
        double bytes;
        if (mp_facts_number(media->facts, path, &bytes))
            json_object_set_double_member(finding->numbers, members[i], bytes);
    }
    if (is_up != keeps_large_packets(media, "down"))
        json_object_set_string_member(finding->numbers, "direction", is_up ? "up" : "down");
}

/* What no rule above could name. Without the record media flowed all the same. */
static gboolean is_other(const MpMeasurement *media, JsonObject *stage)
{
    (void)media;
    return stage && !has_name(stage, "record");
}

void mp_rule_media_blocked(MpDiagnosis *diagnosis, const MpRule *rule)
{
    MpFinding *finding = report_media(diagnosis, rule, is_other);
    if (finding)
        finding->is_likely = TRUE;
}
