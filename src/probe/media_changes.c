/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changed under a call, as facts. What is not known stays out.
 */
#include "probe/media_changes.h"

#include "base/clock.h"
#include "probe/media_facts.h"

static void set_address(JsonObject *object, const char *name, const MpAddress *address)
{
    if (address->family == MP_FAMILY_NONE)
        return;
    g_autofree char *text = address->port ? mp_address_to_string(address)
                                          : mp_address_to_ip_string(address);
    json_object_set_string_member(object, name, text);
}

/* What the two addresses of an event are. */
static const struct {
    const char *address;
    const char *before;
    gboolean has_span;
} members[] = {
    [MP_CALL_ADDRESS_GONE] = {.address = "address"},
    [MP_CALL_ADDRESS_NEW] = {.address = "address"},
    [MP_CALL_MAPPING_CHANGED] = {.address = "to", .before = "from"},
    [MP_CALL_MEDIA_RESUMED] = {.has_span = TRUE},
    [MP_CALL_RESTARTED] = {.address = "local", .before = "remote", .has_span = TRUE},
    [MP_CALL_RESTART_FAILED] = {.has_span = TRUE},
    [MP_CALL_SESSION_GONE] = {.has_span = TRUE},
};

static JsonObject *describe(const MpCallEvent *event, MpTime began)
{
    JsonObject *object = json_object_new();
    json_object_set_double_member(object, "ms", mp_time_to_ms(event->when - began));
    json_object_set_string_member(object, "what", mp_call_event_name(event->kind));
    if (members[event->kind].address)
        set_address(object, members[event->kind].address, &event->address);
    if (members[event->kind].before)
        set_address(object, members[event->kind].before, &event->before);
    if (event->is_ours)
        json_object_set_boolean_member(object, "is_ours", TRUE);
    if (event->kind == MP_CALL_MAPPING_CHANGED)
        json_object_set_string_member(object, "seen_by", event->is_relayed ? "relay" : "far-end");
    if (members[event->kind].has_span)
        json_object_set_double_member(object, "took_ms", mp_time_to_ms(event->span));
    if (event->code)
        json_object_set_int_member(object, "code", event->code);
    if (event->detail)
        json_object_set_string_member(object, "detail", event->detail);
    return object;
}

static void note_consent(JsonObject *facts, MpMediaSession *session, MpTime began)
{
    MpIceCheckCounts counts;
    const MpTime lost = mp_media_session_instants(session)->consent_lost;
    if (!mp_ice_session_check_counts(mp_media_session_ice(session), &counts))
        return;
    JsonObject *object = json_object_new();
    json_object_set_double_member(object, "interval_ms", mp_time_to_ms(MP_CONSENT_INTERVAL));
    json_object_set_int_member(object, "checks", counts.sent);
    json_object_set_int_member(object, "answered", counts.answered);
    json_object_set_int_member(object, "lost", counts.lost);
    if (counts.last_answer) {
        json_object_set_double_member(object, "longest_gap_ms", mp_time_to_ms(counts.longest_gap));
        json_object_set_double_member(object, "last_answer_ms",
                                      mp_time_to_ms(counts.last_answer - began));
    }
    if (lost)
        json_object_set_double_member(object, "lost_ms", mp_time_to_ms(lost - began));
    json_object_set_object_member(facts, "consent", object);
}

void mp_media_changes_note(JsonObject *facts, MpMediaSession *session, MpTime began)
{
    MpCallWatch *watch = mp_media_session_watch(session);
    if (!mp_call_watch_has_begun(watch))
        return;
    const GArray *events = mp_call_watch_events(watch);
    JsonArray *list = json_array_new();
    for (guint i = 0; i < events->len; i++)
        json_array_add_object_element(list,
                                      describe(&g_array_index(events, MpCallEvent, i), began));
    json_object_set_array_member(facts, "events", list);
    json_object_set_double_member(facts, "outage_ms",
                                  mp_time_to_ms(mp_call_watch_outage(watch, mp_clock_now())));
    json_object_set_int_member(facts, "restarts", mp_call_watch_restarts(watch));
    note_consent(facts, session, began);
    /* Candidates and nomination go on after the first pair; a restart has its own. */
    if (mp_call_watch_restarts(watch) == 0)
        mp_media_facts_ice(facts, session);
}
