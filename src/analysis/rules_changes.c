/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changed under a call: who or what took its media away, whether or not it came back.
 */
#include "analysis/rules.h"

typedef struct {
    JsonArray *events; /* NULL: none */
    double outage_ms;
    gboolean is_out; /* media stopped and did not come back */
} Changes;

static gboolean is_event(JsonObject *event, const char *what)
{
    return g_strcmp0(mp_facts_string(event, "what"), what) == 0;
}

static Changes changes_of(const MpMeasurement *media)
{
    Changes changes = {.events = mp_facts_array(media->facts, "events")};
    mp_facts_number(media->facts, "outage_ms", &changes.outage_ms);
    for (guint i = 0; changes.events && i < json_array_get_length(changes.events); i++) {
        JsonObject *event = mp_facts_object_at(changes.events, i);
        if (is_event(event, "media-stopped"))
            changes.is_out = TRUE;
        else if (is_event(event, "media-resumed"))
            changes.is_out = FALSE;
    }
    return changes;
}

/* The first event of that name; NULL: none. */
static JsonObject *find_event(const MpMeasurement *media, const char *what)
{
    const Changes changes = changes_of(media);
    for (guint i = 0; changes.events && i < json_array_get_length(changes.events); i++) {
        JsonObject *event = mp_facts_object_at(changes.events, i);
        if (is_event(event, what))
            return event;
    }
    return NULL;
}

/* The event that shows it, in one call; NULL: it is not the case. */
typedef JsonObject *(*Shows)(const MpMeasurement *media);

/* The finding is lent; NULL where no call shows it. `event` is the first call's. */
static MpFinding *report(MpDiagnosis *diagnosis, const MpRule *rule, Shows shows,
                         JsonObject **event)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    g_autoptr(GPtrArray) evidence = g_ptr_array_new();
    gboolean is_out = FALSE;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *media = measurements->pdata[i];
        if (!g_str_equal(media->kind, "media") || media->outcome == MP_OUTCOME_NOT_RUN ||
            mp_diagnosis_is_explained(diagnosis, media) || !shows(media))
            continue;
        is_out |= changes_of(media).is_out;
        g_ptr_array_add(evidence, media);
    }
    if (evidence->len == 0)
        return NULL;
    MpFinding *finding = mp_diagnosis_report(diagnosis, rule, evidence);
    const Changes changes = changes_of(evidence->pdata[0]);
    *event = shows(evidence->pdata[0]);
    json_object_set_double_member(finding->numbers, changes.is_out ? "lost_ms" : "outage_ms",
                                  changes.outage_ms);
    /* A call that went on was disturbed; one that did not was ended. */
    finding->severity = is_out ? MP_SEVERITY_ERROR : rule->severity;
    return finding;
}

static void quote(MpFinding *finding, JsonObject *event, const char *const *members)
{
    double number;
    for (guint i = 0; members[i]; i++) {
        const char *text = mp_facts_string(event, members[i]);
        if (text)
            json_object_set_string_member(finding->numbers, members[i], text);
        else if (mp_facts_number(event, members[i], &number))
            json_object_set_double_member(finding->numbers, members[i], number);
    }
}

/* Every attempt to go on failed for that reason, without a word from anybody, and media is out: the
 * last one. */
static JsonObject *last_failure(const MpMeasurement *media, const char *reason)
{
    const Changes changes = changes_of(media);
    JsonObject *failed = NULL;
    double code;
    for (guint i = 0; changes.events && i < json_array_get_length(changes.events); i++) {
        JsonObject *event = mp_facts_object_at(changes.events, i);
        if (!is_event(event, "restart-failed") && !is_event(event, "restarted"))
            continue;
        if (g_strcmp0(mp_facts_string(event, "detail"), reason) != 0 ||
            mp_facts_number(event, "code", &code))
            return NULL;
        failed = event;
    }
    return changes.is_out ? failed : NULL;
}

/* BYE, or close_notify: the end of the call's keys. */
static JsonObject *goodbye(const MpMeasurement *media)
{
    JsonObject *stage = mp_measurement_broken_stage(media);
    return media->outcome == MP_OUTCOME_RESET &&
                   g_strcmp0(mp_facts_string(stage, "name"), "media") == 0
               ? stage
               : NULL;
}

static JsonObject *far_end_is_gone(const MpMeasurement *media)
{
    JsonObject *gone = find_event(media, "session-gone");
    if (!gone)
        gone = last_failure(media, "refused");
    return gone ? gone : goodbye(media);
}

void mp_rule_far_end_gone(MpDiagnosis *diagnosis, const MpRule *rule)
{
    JsonObject *event;
    MpFinding *finding = report(diagnosis, rule, far_end_is_gone, &event);
    if (finding)
        quote(finding, event, (const char *const[]){"code", NULL});
}

static JsonObject *our_address_is_gone(const MpMeasurement *media)
{
    const Changes changes = changes_of(media);
    for (guint i = 0; changes.events && i < json_array_get_length(changes.events); i++) {
        JsonObject *event = mp_facts_object_at(changes.events, i);
        if (is_event(event, "address-gone") && json_object_has_member(event, "is_ours"))
            return event;
    }
    return NULL;
}

/* Calls that could not even begin afterwards: there was no address to begin from. */
static void explain_addressless(MpDiagnosis *diagnosis)
{
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *media = measurements->pdata[i];
        JsonObject *stage = mp_measurement_broken_stage(media);
        if (g_str_equal(media->kind, "media") && media->outcome == MP_OUTCOME_UNREACHABLE &&
            g_strcmp0(mp_facts_string(stage, "name"), "gather") == 0)
            g_hash_table_add(diagnosis->explained, media);
    }
}

void mp_rule_address_changed(MpDiagnosis *diagnosis, const MpRule *rule)
{
    JsonObject *event;
    MpFinding *finding = report(diagnosis, rule, our_address_is_gone, &event);
    if (!finding)
        return;
    quote(finding, event, (const char *const[]){"address", NULL});
    explain_addressless(diagnosis);
}

static JsonObject *no_interface_is_left(const MpMeasurement *media)
{
    return last_failure(media, "no usable interface");
}

/* One that is down may keep its address. */
void mp_rule_interface_down(MpDiagnosis *diagnosis, const MpRule *rule)
{
    JsonObject *event;
    if (report(diagnosis, rule, no_interface_is_left, &event))
        explain_addressless(diagnosis);
}

static JsonObject *mapping_changed(const MpMeasurement *media)
{
    return find_event(media, "mapping-changed");
}

void mp_rule_nat_rebinding(MpDiagnosis *diagnosis, const MpRule *rule)
{
    JsonObject *event;
    MpFinding *finding = report(diagnosis, rule, mapping_changed, &event);
    if (finding)
        quote(finding, event, (const char *const[]){"from", "to", NULL});
}

static JsonObject *relay_forgot(const MpMeasurement *media)
{
    JsonObject *forgot = find_event(media, "relay-forgot");
    return forgot ? forgot : find_event(media, "relay-closed");
}

/* 437 proves that the server lost the allocation; a connection that ends may have been cut between.
 */
void mp_rule_relay_restarted(MpDiagnosis *diagnosis, const MpRule *rule)
{
    JsonObject *event;
    MpFinding *finding = report(diagnosis, rule, relay_forgot, &event);
    if (!finding)
        return;
    quote(finding, event, (const char *const[]){"code", NULL});
    if (is_event(event, "relay-closed"))
        mp_finding_doubt(finding, MP_OWNER_SITE_NETWORK);
}

static JsonObject *relay_is_gone(const MpMeasurement *media)
{
    return last_failure(media, "no relayed candidate");
}

/* From here a server that is gone looks like one that a firewall has begun to keep from us. */
void mp_rule_relay_gone(MpDiagnosis *diagnosis, const MpRule *rule)
{
    JsonObject *event;
    MpFinding *finding = report(diagnosis, rule, relay_is_gone, &event);
    if (finding)
        mp_finding_doubt(finding, MP_OWNER_SITE_NETWORK);
}
