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

#include <nice/agent.h>

#include "base/clock.h"
#include "session/allocation_question.h"
#include "session/ice_candidate.h"
#include "session/ice_tap.h"
#include "session/media_sender.h"
#include "wire/rtp.h"
#include "wire/turn.h"

#define COMPONENT 1
#define LARGEST_DATAGRAM 2048
#define LARGEST_QUESTION 1024
/* libnice takes 8 s and more to call consent lost; the end of a TCP connection it tells at once. */
#define LEAST_CONSENT_TIME MP_SEC(4)

struct _MpIceSession {
    NiceAgent *agent;
    guint stream;
    MpIceConfig config;
    MpAddress relay_server; /* family NONE: not relayed */
    gboolean is_relay_tcp;
    MpIceState state;
    MpIceInstants instants;
    MpIceCounts counts;
    GArray *candidates; /* MpIceCandidate */
    GPtrArray *taps;    /* MpIceTap*, one for each UDP socket */
    MpIceTap *media;    /* of the nominated pair's socket; NULL: only through libnice */
    MpAddress media_to; /* where it sends to */
    guint16 channel;    /* TURN channel learned from arriving frames; 0: none yet */
    char *their_ufrag;
    char *their_pwd;
    MpIceChecks *checks;            /* NULL: none was sent */
    MpAllocationQuestion *question; /* NULL: not relayed */
    MpTime last_packet;             /* through libnice */
    gboolean was_closed;
    gboolean is_closing; /* nothing is told any more */
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

static gboolean is_relayed(const MpIceSession *session)
{
    return session->relay_server.family != MP_FAMILY_NONE;
}

static void add_candidate(MpIceSession *session, const NiceCandidate *candidate, gboolean is_remote)
{
    MpIceCandidate described = mp_ice_candidate_describe(candidate, is_remote);
    described.found = mp_clock_now() - session->instants.gathering_began;
    if (!is_remote && candidate->type == NICE_CANDIDATE_TYPE_RELAYED)
        described.server = session->relay_server;
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

/* The tap of the socket that the local candidate of the pair stands on. */
static MpIceTap *tap_of(const MpIceSession *session, const MpAddress *base)
{
    for (guint i = 0; i < session->taps->len; i++)
        if (mp_ice_tap_local(session->taps->pdata[i]).port == base->port)
            return session->taps->pdata[i];
    return NULL;
}

static void choose_socket(MpIceSession *session)
{
    NiceCandidate *local = NULL;
    NiceCandidate *remote = NULL;
    session->media = NULL;
    if (!nice_agent_get_selected_pair(session->agent, session->stream, COMPONENT, &local, &remote))
        return;
    if (local->transport != NICE_CANDIDATE_TRANSPORT_UDP ||
        (is_relayed(session) && session->is_relay_tcp))
        return;
    MpAddress base = mp_ice_candidate_address(&local->base_addr);
    session->media_to = is_relayed(session) ? session->relay_server
                                            : mp_ice_candidate_address(&remote->addr);
    session->media = tap_of(session, &base);
    /* libnice gives a relayed candidate its relayed address as base: then the one socket that we
     * restricted it to is meant. */
    if (!session->media && is_relayed(session) && session->taps->len == 1)
        session->media = session->taps->pdata[0];
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
        choose_socket(session);
        set_state(session, MP_ICE_CONNECTED);
    } else if (state == NICE_COMPONENT_STATE_FAILED && session->state >= MP_ICE_CHECKING) {
        session->was_closed = session->is_relay_tcp &&
                              mp_clock_now() - session->last_packet < LEAST_CONSENT_TIME;
        session->media = NULL;
        set_state(session, MP_ICE_FAILED);
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
    choose_socket(session);
    /* With regular nomination no other pair is ever selected, and a controlled agent says so long
     * before all of its checks are over. */
    if (session->state == MP_ICE_CHECKING)
        set_state(session, MP_ICE_CONNECTED);
}

/* Media that libnice read itself: TURN over TCP, or packets queued behind a STUN message. */
static void on_packet(NiceAgent *agent, guint stream, guint component, guint length, gchar *data,
                      gpointer user_data)
{
    (void)agent;
    (void)stream;
    (void)component;
    MpIceSession *session = user_data;
    if (session->is_closing)
        return;
    session->last_packet = mp_clock_now();
    session->config.callbacks.packet((const guint8 *)data, length, mp_clock_realtime(), FALSE,
                                     session->config.user_data);
}

/* ICE has checked these addresses; whoever else knows our port may not speak to DTLS or SRTP. */
static gboolean is_from_peer(const MpIceSession *session, const MpAddress *from)
{
    if (session->media && mp_address_equal(from, &session->media_to))
        return TRUE;
    for (guint i = 0; i < session->candidates->len; i++) {
        const MpIceCandidate *candidate = &g_array_index(session->candidates, MpIceCandidate, i);
        if (candidate->is_remote && mp_address_equal(from, &candidate->address))
            return TRUE;
    }
    return FALSE;
}

/* What lies in ChannelData of our own relay. FALSE: nothing that is ours. */
static gboolean unwrap(MpIceSession *session, const guint8 *data, gsize length,
                       const MpAddress *from, MpBytes *inner)
{
    guint16 channel;
    if (!mp_turn_parse_channel_data(data, length, &channel, inner) ||
        !mp_address_equal(from, &session->relay_server))
        return FALSE;
    session->channel = channel;
    return TRUE;
}

static void on_media(const guint8 *data, const MpStampedDatagram *datagram, gpointer user_data)
{
    MpIceSession *session = user_data;
    MpBytes inner = {data, datagram->length};
    if (session->is_closing)
        return;
    if (mp_packet_kind(data, datagram->length) == MP_PACKET_TURN_CHANNEL) {
        if (!unwrap(session, data, datagram->length, &datagram->from, &inner))
            return;
    } else if (is_relayed(session) || !is_from_peer(session, &datagram->from)) {
        return;
    }
    gboolean is_stamped = datagram->stamp > 0;
    session->config.callbacks.packet(inner.data, inner.length,
                                     is_stamped ? datagram->stamp : mp_clock_realtime(), is_stamped,
                                     session->config.user_data);
}

static void on_sent(guint32 tag, MpTime left, gpointer user_data)
{
    MpIceSession *session = user_data;
    if (!session->is_closing && tag != MP_UNRECORDED)
        session->config.callbacks.sent(tag, left, session->config.user_data);
}

static void ask_refresh(MpIceSession *session)
{
    guint8 request[LARGEST_QUESTION];
    gsize length = mp_allocation_question_refresh(session->question, request, sizeof request);
    if (length > 0)
        mp_ice_tap_send(session->taps->pdata[0], &session->relay_server, request, length,
                        MP_UNRECORDED);
}

/* TRUE when the server answered a question of ours. */
static gboolean take_relay_answer(MpIceSession *session, const guint8 *data, gsize length)
{
    MpAllocationAnswer answer;
    gboolean wants_refresh;
    if (!mp_allocation_question_take(session->question, data, length, &answer, &wants_refresh))
        return FALSE;
    if (answer.mapped.family != MP_FAMILY_NONE)
        session->config.callbacks.mapped(&answer.mapped, TRUE, session->config.user_data);
    if (wants_refresh)
        ask_refresh(session);
    else if (answer.is_over)
        session->config.callbacks.relay_said(answer.code, session->config.user_data);
    return TRUE;
}

/* RFC 8489 section 5: a Binding request or success response. libnice does not tell of an answer
 * until a pair is nominated. */
static void count_message(MpIceSession *session, const MpBytes *message, const MpAddress *from)
{
    gboolean is_binding = message->length >= 2 && message->data[1] == 0x01;
    if (!is_binding || mp_address_equal(from, &session->config.stun_server))
        return;
    if (message->data[0] == 0x00)
        session->counts.checks_received++;
    if (message->data[0] != 0x01)
        return;
    session->counts.answers_received++;
    if (session->state >= MP_ICE_CHECKING)
        note(&session->instants.first_answer);
}

static gboolean on_stun(const guint8 *data, gsize length, const MpAddress *from, gpointer user_data)
{
    MpIceSession *session = user_data;
    MpBytes message = {data, length};
    MpAddress mapped;
    gboolean is_channel = mp_packet_kind(data, length) == MP_PACKET_TURN_CHANNEL;
    if (session->is_closing || (is_channel && !unwrap(session, data, length, from, &message)))
        return FALSE;
    if (session->question && !is_channel && mp_address_equal(from, &session->relay_server))
        return take_relay_answer(session, data, length);
    if (!session->checks || !mp_ice_checks_take(session->checks, message.data, message.length,
                                                mp_clock_now(), &mapped)) {
        count_message(session, &message, from);
        return FALSE;
    }
    if (mapped.family != MP_FAMILY_NONE)
        session->config.callbacks.mapped(&mapped, FALSE, session->config.user_data);
    return TRUE;
}

static const MpIceTapCallbacks tap_callbacks = {on_media, on_stun, on_sent};

static void add_taps(MpIceSession *session)
{
    g_autoptr(GPtrArray)
        sockets = nice_agent_get_sockets(session->agent, session->stream, COMPONENT);
    for (guint i = 0; sockets && i < sockets->len; i++) {
        GSocket *socket = sockets->pdata[i];
        if (g_socket_get_socket_type(socket) != G_SOCKET_TYPE_DATAGRAM)
            continue;
        MpIceTap *tap = mp_ice_tap_new(g_socket_get_fd(socket), &tap_callbacks, session);
        if (tap)
            g_ptr_array_add(session->taps, tap);
    }
}

static void drop_tap(gpointer data)
{
    mp_ice_tap_free(data);
}

static void set_relay(MpIceSession *session, const MpIceRelay *relay)
{
    g_autofree char *ip = mp_address_to_ip_string(&relay->server);
    session->relay_server = relay->server;
    session->is_relay_tcp = relay->is_tcp;
    session->question = mp_allocation_question_new(relay->user, relay->password);
    if (relay->bridge_port)
        g_object_set(session->agent, "proxy-type", NICE_PROXY_TYPE_HTTP, "proxy-ip",
                     relay->server.family == MP_FAMILY_IPV6 ? "::1" : "127.0.0.1", "proxy-port",
                     (guint)relay->bridge_port, NULL);
    nice_agent_set_relay_info(session->agent, session->stream, COMPONENT, ip, relay->server.port,
                              relay->user, relay->password,
                              relay->is_tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
}

static void set_addresses(MpIceSession *session, const MpIceConfig *config)
{
    if (config->local.family != MP_FAMILY_NONE) {
        NiceAddress local;
        struct sockaddr_storage storage;
        mp_address_to_sockaddr(&config->local, &storage);
        nice_address_init(&local);
        nice_address_set_from_sockaddr(&local, (struct sockaddr *)&storage);
        nice_address_set_port(&local, 0);
        nice_agent_add_local_address(session->agent, &local);
    }
    if (config->first_port)
        nice_agent_set_port_range(session->agent, session->stream, COMPONENT, config->first_port,
                                  config->last_port);
    if (config->stun_server.family != MP_FAMILY_NONE) {
        g_autofree char *ip = mp_address_to_ip_string(&config->stun_server);
        g_object_set(session->agent, "stun-server", ip, "stun-server-port",
                     (guint)config->stun_server.port, NULL);
    }
}

MpIceSession *mp_ice_session_new(const MpIceConfig *config)
{
    MpIceSession *session = g_new0(MpIceSession, 1);
    session->config = *config;
    session->config.relay = NULL; /* lent for this call only */
    session->candidates = g_array_new(FALSE, FALSE, sizeof(MpIceCandidate));
    session->taps = g_ptr_array_new_with_free_func(drop_tap);

    GMainContext *context = g_main_context_get_thread_default();
    session->agent = nice_agent_new_full(context, NICE_COMPATIBILITY_RFC5245,
                                         NICE_AGENT_OPTION_REGULAR_NOMINATION |
                                             NICE_AGENT_OPTION_CONSENT_FRESHNESS);
    /* UPnP would add 200 ms and multicast; ICE-TCP would add TURN allocations that nobody uses. */
    g_object_set(session->agent, "upnp", FALSE, "ice-tcp", FALSE, "controlling-mode",
                 config->is_controlling, "force-relay", config->relay != NULL, NULL);
    session->stream = nice_agent_add_stream(session->agent, 1);
    set_addresses(session, config);
    if (config->relay)
        set_relay(session, config->relay);

    g_signal_connect(session->agent, "new-candidate-full", G_CALLBACK(on_new_candidate), session);
    g_signal_connect(session->agent, "new-remote-candidate-full", G_CALLBACK(on_new_remote),
                     session);
    g_signal_connect(session->agent, "candidate-gathering-done", G_CALLBACK(on_gathering_done),
                     session);
    g_signal_connect(session->agent, "component-state-changed", G_CALLBACK(on_state), session);
    g_signal_connect(session->agent, "new-selected-pair-full", G_CALLBACK(on_new_pair), session);
    nice_agent_attach_recv(session->agent, session->stream, COMPONENT, context, on_packet, session);
    return session;
}

void mp_ice_session_free(MpIceSession *session)
{
    if (!session)
        return;
    g_ptr_array_unref(session->taps);
    g_signal_handlers_disconnect_by_data(session->agent, session);
    /* A close that did not finish keeps the agent alive: it must not find us any more. */
    nice_agent_attach_recv(session->agent, session->stream, COMPONENT,
                           g_main_context_get_thread_default(), NULL, NULL);
    nice_agent_remove_stream(session->agent, session->stream);
    g_object_unref(session->agent);
    g_array_unref(session->candidates);
    mp_ice_checks_free(session->checks);
    mp_allocation_question_free(session->question);
    g_free(session->their_ufrag);
    g_free(session->their_pwd);
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
    add_taps(session);
    return TRUE;
}

MpIceState mp_ice_session_state(const MpIceSession *session)
{
    return session->state;
}

void mp_ice_session_local(MpIceSession *session, char **ufrag, char **pwd, GPtrArray *candidates)
{
    nice_agent_get_local_credentials(session->agent, session->stream, ufrag, pwd);
    GSList *list = nice_agent_get_local_candidates(session->agent, session->stream, COMPONENT);
    for (GSList *at = list; at; at = at->next) {
        g_autofree char *line = nice_agent_generate_local_candidate_sdp(session->agent, at->data);
        g_ptr_array_add(candidates, g_strdup(g_str_has_prefix(line, "a=") ? line + 2 : line));
    }
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
}

gboolean mp_ice_session_set_remote(MpIceSession *session, const char *ufrag, const char *pwd,
                                   const GPtrArray *candidates)
{
    if (!nice_agent_set_remote_credentials(session->agent, session->stream, ufrag, pwd))
        return FALSE;
    session->their_ufrag = g_strdup(ufrag);
    session->their_pwd = g_strdup(pwd);
    GSList *list = mp_ice_candidate_parse(session->agent, session->stream, COMPONENT, candidates);
    for (GSList *at = list; at; at = at->next)
        add_candidate(session, at->data, TRUE);
    note(&session->instants.checks_began);
    set_state(session, MP_ICE_CHECKING);
    int taken = list ? nice_agent_set_remote_candidates(session->agent, session->stream, COMPONENT,
                                                        list)
                     : 0;
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
    return taken > 0;
}

gboolean mp_ice_session_is_answered(const MpIceSession *session)
{
    return session->instants.first_answer != 0;
}

const GArray *mp_ice_session_candidates(const MpIceSession *session)
{
    return session->candidates;
}

gboolean mp_ice_session_pair(MpIceSession *session, MpIceCandidate *local, MpIceCandidate *remote)
{
    NiceCandidate *ours = NULL;
    NiceCandidate *theirs = NULL;
    if (!nice_agent_get_selected_pair(session->agent, session->stream, COMPONENT, &ours, &theirs))
        return FALSE;
    *local = mp_ice_candidate_describe(ours, FALSE);
    *remote = mp_ice_candidate_describe(theirs, TRUE);
    return TRUE;
}

const MpIceInstants *mp_ice_session_instants(const MpIceSession *session)
{
    return &session->instants;
}

MpIceCounts mp_ice_session_counts(const MpIceSession *session)
{
    return session->counts;
}

static gboolean send_stamped(MpIceSession *session, const guint8 *data, gsize length, guint32 tag)
{
    guint8 frame[LARGEST_DATAGRAM];
    if (is_relayed(session)) {
        length = mp_turn_write_channel_data(frame, sizeof frame, session->channel,
                                            (MpBytes){data, length}, FALSE);
        data = frame;
        if (length == 0)
            return FALSE;
    }
    return mp_ice_tap_send(session->media, &session->media_to, data, length, tag);
}

gboolean mp_ice_session_send(MpIceSession *session, const guint8 *data, gsize length, guint32 tag)
{
    if (session->media && (!is_relayed(session) || session->channel))
        return send_stamped(session, data, length, tag);
    return nice_agent_send(session->agent, session->stream, COMPONENT, (guint)length,
                           (const char *)data) == (gint)length;
}

gboolean mp_ice_session_uses(const MpIceSession *session, const MpAddress *address)
{
    const MpAddress local = session->media ? mp_ice_tap_local(session->media)
                                           : session->config.local;
    return mp_address_equal_ip(&local, address);
}

gboolean mp_ice_session_was_closed(const MpIceSession *session)
{
    return session->was_closed;
}

gboolean mp_ice_session_check(MpIceSession *session)
{
    guint8 request[LARGEST_QUESTION];
    if (!session->media)
        return FALSE;
    if (!session->checks) {
        g_autofree char *ufrag = NULL;
        g_autofree char *pwd = NULL;
        nice_agent_get_local_credentials(session->agent, session->stream, &ufrag, &pwd);
        session->checks = mp_ice_checks_new(session->their_ufrag, ufrag, session->their_pwd);
    }
    gsize length = mp_ice_checks_write(session->checks, mp_clock_now(), request, sizeof request);
    if (length > 0)
        mp_ice_session_send(session, request, length, MP_UNRECORDED);
    return TRUE;
}

gboolean mp_ice_session_check_counts(const MpIceSession *session, MpIceCheckCounts *counts)
{
    if (session->checks)
        *counts = mp_ice_checks_counts(session->checks, mp_clock_now());
    return session->checks != NULL;
}

gboolean mp_ice_session_ask_relay(MpIceSession *session)
{
    guint8 request[LARGEST_QUESTION];
    if (!session->question || session->is_relay_tcp || session->taps->len == 0)
        return FALSE;
    gsize length = mp_allocation_question_binding(session->question, request, sizeof request);
    if (length > 0)
        mp_ice_tap_send(session->taps->pdata[0], &session->relay_server, request, length,
                        MP_UNRECORDED);
    ask_refresh(session);
    return TRUE;
}

guint32 mp_ice_session_overflows(const MpIceSession *session)
{
    guint32 overflows = 0;
    for (guint i = 0; i < session->taps->len; i++)
        overflows += mp_ice_tap_overflows(session->taps->pdata[i]);
    return overflows;
}

typedef struct {
    void (*closed)(gpointer user_data);
    gpointer user_data;
} Closing;

static void on_closed(GObject *agent, GAsyncResult *result, gpointer user_data)
{
    (void)agent;
    (void)result;
    Closing *closing = user_data;
    closing->closed(closing->user_data);
    g_free(closing);
}

void mp_ice_session_close(MpIceSession *session, void (*closed)(gpointer user_data),
                          gpointer user_data)
{
    Closing *closing = g_new0(Closing, 1);
    closing->closed = closed;
    closing->user_data = user_data;
    session->media = NULL;
    session->is_closing = TRUE;
    /* The sockets are read on: the answers that free the allocations come through them. */
    g_signal_handlers_disconnect_by_data(session->agent, session);
    nice_agent_close_async(session->agent, on_closed, closing);
}
