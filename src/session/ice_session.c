/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One ICE agent with one component on libnice.
 *
 * libnice reads its sockets without timestamps, so each UDP socket has a tap (session/ice_tap.h)
 * that takes media first. Media goes out through the same sockets once a pair is nominated;
 * whatever has no plain socket (TURN over TCP or TLS) goes through libnice, stamped by our own
 * clock.
 */
#include "session/ice_session.h"

#include "base/clock.h"
#include "session/ice_agent.h"
#include "session/ice_candidate.h"
#include "session/ice_consent.h"
#include "session/ice_session_state.h"

#define LARGEST_CHECK 256
/* libnice waits so long at least for its checks; the end of a TCP connection it tells at once. */
#define LIBNICE_WAITS MP_SEC(45)

/* A close under way, which may end after the session is gone. */
struct _MpIceClosing {
    MpIceSession *session; /* NULL: it is gone, and nobody is to be told */
    void (*closed)(gpointer user_data);
    gpointer user_data;
};

static void set_state(MpIceSession *session, MpIceState state)
{
    if (session->state == state)
        return;
    session->state = state;
    session->config.callbacks.changed(session->config.user_data);
}

static void note(MpTime *instant)
{
    if (*instant == 0)
        *instant = mp_clock_now();
}

static void add_candidate(MpIceSession *session, const NiceCandidate *candidate, gboolean is_remote)
{
    MpIceCandidate described = mp_ice_candidate_describe(candidate, is_remote);
    described.found = mp_clock_now() - session->instants.gathering_began;
    if (!is_remote && candidate->type == NICE_CANDIDATE_TYPE_RELAYED)
        described.server = session->sockets.relay_server;
    else if (!is_remote && candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE)
        described.server = session->config.stun_server;
    g_array_append_val(session->candidates, described);
}

static void on_new_candidate(NiceAgent *agent, NiceCandidate *candidate, gpointer user_data)
{
    (void)agent;
    add_candidate(user_data, candidate, FALSE);
}

/* The far end's address as a check of its own showed it: peer-reflexive, RFC 8445 section 7.3.1.3.
 */
static void on_new_remote(NiceAgent *agent, NiceCandidate *candidate, gpointer user_data)
{
    (void)agent;
    add_candidate(user_data, candidate, TRUE);
}

static void on_gathering_done(NiceAgent *agent, guint stream, gpointer user_data)
{
    (void)agent;
    (void)stream;
    MpIceSession *session = user_data;
    note(&session->instants.gathered);
    if (session->state == MP_ICE_GATHERING)
        set_state(session, MP_ICE_GATHERED);
}

static void give_up_pair(MpIceSession *session)
{
    session->sockets.media = NULL;
    set_state(session, MP_ICE_FAILED);
}

static void on_state(NiceAgent *agent, guint stream, guint component, guint state,
                     gpointer user_data)
{
    (void)agent;
    (void)stream;
    (void)component;
    MpIceSession *session = user_data;
    if (state == NICE_COMPONENT_STATE_CONNECTED) {
        note(&session->instants.valid);
    } else if (state == NICE_COMPONENT_STATE_READY) {
        note(&session->instants.nominated);
        mp_ice_sockets_choose(&session->sockets, session->agent, session->stream);
        set_state(session, MP_ICE_CONNECTED);
    } else if (state == NICE_COMPONENT_STATE_FAILED && session->state >= MP_ICE_CHECKING) {
        session->was_closed = session->sockets.is_relay_tcp &&
                              mp_clock_now() - session->last_packet < LIBNICE_WAITS;
        give_up_pair(session);
    }
}

static void on_new_pair(NiceAgent *agent, guint stream, guint component, NiceCandidate *local,
                        NiceCandidate *remote, gpointer user_data)
{
    (void)agent;
    (void)stream;
    (void)component;
    (void)local;
    (void)remote;
    MpIceSession *session = user_data;
    note(&session->instants.selected);
    mp_ice_sockets_choose(&session->sockets, session->agent, session->stream);
    /* With regular nomination no other pair is ever selected, and a controlled agent says so long
     * before all of its checks are over. */
    if (session->state == MP_ICE_CHECKING)
        set_state(session, MP_ICE_CONNECTED);
}

static void ask_relay(const guint8 *request, gsize length, gpointer user_data)
{
    MpIceSession *session = user_data;
    mp_ice_sockets_ask_relay(&session->sockets, request, length);
}

MpIceSession *mp_ice_session_new(const MpIceConfig *config)
{
    MpIceSession *session = g_new0(MpIceSession, 1);
    session->config = *config;
    session->config.relay = NULL; /* lent for this call only */
    session->candidates = g_array_new(FALSE, FALSE, sizeof(MpIceCandidate));

    session->agent = mp_ice_agent_new(config, &session->stream);
    session->inquiry = mp_ice_inquiry_new(&session->config, config->relay, ask_relay, session);
    mp_ice_sockets_init(&session->sockets, config->relay);
    g_signal_connect(session->agent, "new-candidate-full", G_CALLBACK(on_new_candidate), session);
    g_signal_connect(session->agent, "new-remote-candidate-full", G_CALLBACK(on_new_remote),
                     session);
    g_signal_connect(session->agent, "candidate-gathering-done", G_CALLBACK(on_gathering_done),
                     session);
    g_signal_connect(session->agent, "component-state-changed", G_CALLBACK(on_state), session);
    g_signal_connect(session->agent, "new-selected-pair-full", G_CALLBACK(on_new_pair), session);
    nice_agent_attach_recv(session->agent, session->stream, MP_ICE_COMPONENT,
                           g_main_context_get_thread_default(), mp_ice_session_on_packet, session);
    return session;
}

void mp_ice_session_free(MpIceSession *session)
{
    if (!session)
        return;
    if (session->closing)
        session->closing->session = NULL;
    mp_ice_sockets_clear(&session->sockets);
    g_signal_handlers_disconnect_by_data(session->agent, session);
    /* A close that did not finish keeps the agent alive: it must not find us any more. */
    nice_agent_attach_recv(session->agent, session->stream, MP_ICE_COMPONENT,
                           g_main_context_get_thread_default(), NULL, NULL);
    nice_agent_remove_stream(session->agent, session->stream);
    g_object_unref(session->agent);
    g_array_unref(session->candidates);
    mp_ice_inquiry_free(session->inquiry);
    g_free(session);
}

gboolean mp_ice_session_gather(MpIceSession *session)
{
    session->instants.gathering_began = mp_clock_now();
    session->state = MP_ICE_GATHERING;
    if (!nice_agent_gather_candidates(session->agent, session->stream)) {
        session->state = MP_ICE_FAILED;
        return FALSE;
    }
    mp_ice_sockets_tap(&session->sockets, session->agent, session->stream, &mp_ice_session_tap,
                       session);
    return TRUE;
}

MpIceState mp_ice_session_state(const MpIceSession *session)
{
    return session->state;
}

void mp_ice_session_local(MpIceSession *session, char **ufrag, char **pwd, GPtrArray *candidates)
{
    mp_ice_agent_local(session->agent, session->stream, ufrag, pwd, candidates);
}

gboolean mp_ice_session_set_remote(MpIceSession *session, const char *ufrag, const char *pwd,
                                   const GPtrArray *candidates)
{
    if (!nice_agent_set_remote_credentials(session->agent, session->stream, ufrag, pwd))
        return FALSE;
    g_autofree char *our_ufrag = NULL;
    g_autofree char *our_pwd = NULL;
    nice_agent_get_local_credentials(session->agent, session->stream, &our_ufrag, &our_pwd);
    mp_ice_inquiry_set_keys(session->inquiry, ufrag, our_ufrag, pwd);
    GSList *list = mp_ice_candidate_parse(session->agent, session->stream, MP_ICE_COMPONENT,
                                          candidates);
    for (GSList *at = list; at; at = at->next)
        add_candidate(session, at->data, TRUE);
    note(&session->instants.checks_began);
    set_state(session, MP_ICE_CHECKING);
    int taken = list ? nice_agent_set_remote_candidates(session->agent, session->stream,
                                                        MP_ICE_COMPONENT, list)
                     : 0;
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
    return taken > 0;
}

gboolean mp_ice_session_is_answered(const MpIceSession *session)
{
    return mp_ice_inquiry_first_answer(session->inquiry) != 0;
}

const GArray *mp_ice_session_candidates(const MpIceSession *session)
{
    return session->candidates;
}

gboolean mp_ice_session_pair(MpIceSession *session, MpIceCandidate *local, MpIceCandidate *remote)
{
    NiceCandidate *ours = NULL;
    NiceCandidate *theirs = NULL;
    if (!nice_agent_get_selected_pair(session->agent, session->stream, MP_ICE_COMPONENT, &ours,
                                      &theirs))
        return FALSE;
    *local = mp_ice_candidate_describe(ours, FALSE);
    *remote = mp_ice_candidate_describe(theirs, TRUE);
    return TRUE;
}

MpIceInstants mp_ice_session_instants(const MpIceSession *session)
{
    MpIceInstants instants = session->instants;
    instants.first_answer = mp_ice_inquiry_first_answer(session->inquiry);
    return instants;
}

MpIceCounts mp_ice_session_counts(const MpIceSession *session)
{
    return mp_ice_inquiry_counts(session->inquiry);
}

/* Through libnice there are no batches. */
static guint send_by_agent(MpIceSession *session, const MpBytes *packets, guint n)
{
    guint taken = 0;
    while (taken < n &&
           nice_agent_send(session->agent, session->stream, MP_ICE_COMPONENT,
                           (guint)packets[taken].length,
                           (const char *)packets[taken].data) == (gint)packets[taken].length)
        taken++;
    return taken;
}

guint mp_ice_session_send(MpIceSession *session, const MpBytes *packets, guint n, guint32 first_tag)
{
    return mp_ice_sockets_are_ready(&session->sockets)
               ? mp_ice_sockets_send(&session->sockets, packets, n, first_tag)
               : send_by_agent(session, packets, n);
}

/* FALSE: there is no pair, or answers cannot be seen. */
static gboolean read_consent(const MpIceSession *session, MpTime now, MpIceConsent *consent)
{
    MpIceCheckCounts ours = {0};
    if (session->state != MP_ICE_CONNECTED || !session->sockets.media)
        return FALSE;
    mp_ice_session_check_counts(session, &ours);
    const MpTime answered = MAX(session->instants.selected,
                                mp_ice_inquiry_last_consent(session->inquiry));
    *consent = (MpIceConsent){.unanswered = now - answered,
                              .silent = now - session->last_packet,
                              .lost_in_row = ours.lost_in_row};
    return TRUE;
}

MpTime mp_ice_session_consent_deadline(const MpIceSession *session, MpTime now)
{
    MpIceConsent consent;
    return read_consent(session, now, &consent) ? now + mp_ice_consent_next_look(&consent)
                                                : MP_NEVER;
}

void mp_ice_session_look_at_consent(MpIceSession *session, MpTime now)
{
    MpIceConsent consent;
    if (read_consent(session, now, &consent) && mp_ice_consent_has_ended(&consent))
        give_up_pair(session);
}

void mp_ice_session_take_stamps(MpIceSession *session)
{
    if (session->sockets.media)
        mp_ice_tap_take_stamps(session->sockets.media);
}

gboolean mp_ice_session_uses(const MpIceSession *session, const MpAddress *address)
{
    const MpAddress local = session->sockets.media ? mp_ice_tap_local(session->sockets.media)
                                                   : session->config.local;
    return mp_address_equal_ip(&local, address);
}

gboolean mp_ice_session_was_closed(const MpIceSession *session)
{
    return session->was_closed;
}

gboolean mp_ice_session_check(MpIceSession *session)
{
    guint8 request[LARGEST_CHECK];
    if (!session->sockets.media)
        return FALSE;
    gsize length = mp_ice_inquiry_check(session->inquiry, request, sizeof request);
    if (length > 0)
        mp_ice_session_send(session, &(MpBytes){request, length}, 1, MP_ICE_UNTAGGED);
    return TRUE;
}

gboolean mp_ice_session_check_counts(const MpIceSession *session, MpIceCheckCounts *counts)
{
    const MpIceChecks *checks = mp_ice_inquiry_checks(session->inquiry);
    if (checks)
        *counts = mp_ice_checks_counts(checks, mp_clock_now());
    return checks != NULL;
}

void mp_ice_session_ask_relay(MpIceSession *session)
{
    if (!session->sockets.is_relay_tcp && session->sockets.taps->len > 0)
        mp_ice_inquiry_ask_relay(session->inquiry);
}

guint32 mp_ice_session_overflows(const MpIceSession *session)
{
    return mp_ice_sockets_overflows(&session->sockets);
}

static void on_closed(GObject *agent, GAsyncResult *result, gpointer user_data)
{
    (void)agent;
    (void)result;
    MpIceClosing *closing = user_data;
    if (closing->session) {
        closing->session->closing = NULL;
        closing->closed(closing->user_data);
    }
    g_free(closing);
}

void mp_ice_session_close(MpIceSession *session, void (*closed)(gpointer user_data),
                          gpointer user_data)
{
    MpIceClosing *closing = g_new0(MpIceClosing, 1);
    session->closing = closing;
    closing->session = session;
    closing->closed = closed;
    closing->user_data = user_data;
    session->sockets.media = NULL;
    session->is_closing = TRUE;
    /* The sockets are read on: the answers that free the allocations come through them. */
    g_signal_handlers_disconnect_by_data(session->agent, session);
    nice_agent_close_async(session->agent, on_closed, closing);
}
