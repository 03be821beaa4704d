/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One ICE agent with one component on libnice.
 *
 * libnice reads its sockets without timestamps. So a source of higher priority looks at each UDP
 * socket first, takes the media packets with their stamps and leaves STUN for libnice. Media goes
 * out through the same sockets once a pair is nominated; whatever has no plain socket (TURN over
 * TCP or TLS) goes through libnice, stamped by our own clock.
 */
#include "session/ice_session.h"

#include <errno.h>
#include <nice/agent.h>
#include <string.h>

#include "base/clock.h"
#include "net/stamped_udp.h"
#include "wire/rtp.h"

#define COMPONENT 1
#define CHANNEL_HEADER 4
#define LARGEST_DATAGRAM 2048
/* A flood must not starve timers: this many packets a turn of the loop. */
#define BATCH 64

struct _MpIceSession {
    NiceAgent *agent;
    guint stream;
    MpIceConfig config;
    MpAddress relay_server; /* family NONE: not relayed */
    gboolean is_relay_tcp;
    MpIceState state;
    MpTime gathering_began;
    GArray *candidates;   /* MpIceCandidate */
    GPtrArray *taps;      /* GSource*, one for each UDP socket */
    struct Tap *media;    /* socket of the nominated pair; NULL: only through libnice */
    MpAddress media_to;   /* where it sends to */
    guint16 channel;      /* TURN channel learned from arriving frames; 0: none yet */
    gboolean is_answered; /* a check of ours was */
    gboolean is_closing;  /* nothing is told any more */
};

/* One UDP socket of the agent. The kernel numbers stamped sends and counts drops by socket. */
typedef struct Tap {
    GSource source;
    MpIceSession *session;
    GArray *tags; /* guint32 by number of the stamped send */
    guint32 overflows;
    GPollFD poll; /* not g_source_add_unix_fd(): that fires whatever check() says */
} Tap;

static MpAddress to_address(const NiceAddress *nice)
{
    union {
        struct sockaddr_storage storage;
        struct sockaddr any;
    } from = {0};
    MpAddress address = {0};
    nice_address_copy_to_sockaddr(nice, &from.any);
    mp_address_from_sockaddr(&address, &from.any);
    return address;
}

static MpIceCandidate describe(const NiceCandidate *candidate, gboolean is_remote)
{
    static const char *const types[] = {"host", "srflx", "prflx", "relay"};
    MpIceCandidate described = {
        .is_remote = is_remote,
        .type = types[candidate->type],
        .transport = candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP ? "udp" : "tcp",
        .address = to_address(&candidate->addr),
    };
    if (candidate->type != NICE_CANDIDATE_TYPE_HOST && !is_remote)
        described.related = to_address(&candidate->base_addr);
    return described;
}

static void set_state(MpIceSession *session, MpIceState state)
{
    if (session->state == state)
        return;
    session->state = state;
    session->config.callbacks.changed(session->config.user_data);
}

static void on_new_candidate(NiceAgent *agent, NiceCandidate *candidate, gpointer user_data)
{
    (void)agent;
    MpIceSession *session = user_data;
    MpIceCandidate described = describe(candidate, FALSE);
    described.found = mp_clock_now() - session->gathering_began;
    g_array_append_val(session->candidates, described);
}

static void on_gathering_done(NiceAgent *agent, guint stream, gpointer user_data)
{
    (void)agent;
    (void)stream;
    MpIceSession *session = user_data;
    if (session->state == MP_ICE_GATHERING)
        set_state(session, MP_ICE_GATHERED);
}

/* The tap of the socket that the local candidate of the pair stands on. */
static Tap *tap_of(const MpIceSession *session, const MpAddress *base)
{
    for (guint i = 0; i < session->taps->len; i++) {
        Tap *tap = session->taps->pdata[i];
        struct sockaddr_storage storage;
        socklen_t size = sizeof storage;
        MpAddress bound;
        if (getsockname(tap->poll.fd, (struct sockaddr *)&storage, &size) == 0 &&
            mp_address_from_sockaddr(&bound, (struct sockaddr *)&storage) &&
            bound.port == base->port)
            return tap;
    }
    return NULL;
}

static gboolean is_relayed(const MpIceSession *session)
{
    return session->relay_server.family != MP_FAMILY_NONE;
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
    MpAddress base = to_address(&local->base_addr);
    session->media_to = is_relayed(session) ? session->relay_server : to_address(&remote->addr);
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
    if (state == NICE_COMPONENT_STATE_READY) {
        choose_socket(session);
        set_state(session, MP_ICE_CONNECTED);
    } else if (state == NICE_COMPONENT_STATE_FAILED && session->state >= MP_ICE_CHECKING) {
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
    choose_socket(user_data);
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
    session->config.callbacks.packet((const guint8 *)data, length, mp_clock_realtime(), FALSE,
                                     session->config.user_data);
}

static gboolean is_media(const guint8 *data, gsize length)
{
    MpPacketKind kind = mp_packet_kind(data, length);
    return kind == MP_PACKET_DTLS || kind == MP_PACKET_RTP || kind == MP_PACKET_RTCP;
}

/* TRUE when the datagram at the head of the queue is ours to take. */
static gboolean head_is_media(int fd)
{
    guint8 start[CHANNEL_HEADER + 4];
    gsize length = sizeof start;
    if (!mp_stamped_udp_peek(fd, start, &length))
        return FALSE;
    if (mp_packet_kind(start, length) == MP_PACKET_TURN_CHANNEL)
        return length == sizeof start && is_media(start + CHANNEL_HEADER, length - CHANNEL_HEADER);
    return is_media(start, length);
}

/* RFC 8489 section 5: a Binding success response. libnice does not tell of one until a pair is
 * nominated. */
static void note_answer(Tap *tap)
{
    static const guint8 success[] = {0x01, 0x01};
    MpIceSession *session = tap->session;
    guint8 start[sizeof success];
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    MpAddress from;
    if (session->is_answered || session->state != MP_ICE_CHECKING ||
        recvfrom(tap->poll.fd, start, sizeof start, MSG_PEEK | MSG_DONTWAIT,
                 (struct sockaddr *)&storage, &size) != sizeof start ||
        memcmp(start, success, sizeof success) != 0 ||
        !mp_address_from_sockaddr(&from, (struct sockaddr *)&storage))
        return;
    session->is_answered = !mp_address_equal(&from, &session->config.stun_server);
}

static gboolean tap_check(GSource *source)
{
    Tap *tap = (Tap *)source;
    if (tap->poll.revents & G_IO_IN)
        note_answer(tap);
    return (tap->poll.revents & G_IO_ERR) ||
           ((tap->poll.revents & G_IO_IN) && head_is_media(tap->poll.fd));
}

static void take_stamps(Tap *tap)
{
    MpIceSession *session = tap->session;
    guint32 number;
    MpTime left;
    while (mp_stamped_udp_next_sent(tap->poll.fd, &number, &left))
        if (number < tap->tags->len && !session->is_closing)
            session->config.callbacks.sent(g_array_index(tap->tags, guint32, number), left,
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

static void deliver(MpIceSession *session, const guint8 *data, const MpStampedDatagram *datagram)
{
    gsize length = datagram->length;
    if (mp_packet_kind(data, length) == MP_PACKET_TURN_CHANNEL) {
        guint16 inner = (guint16)(data[2] << 8 | data[3]);
        if (inner > length - CHANNEL_HEADER ||
            !mp_address_equal(&datagram->from, &session->relay_server))
            return;
        session->channel = (guint16)(data[0] << 8 | data[1]);
        data += CHANNEL_HEADER;
        length = inner;
    } else if (is_relayed(session) || !is_from_peer(session, &datagram->from)) {
        return;
    }
    gboolean is_stamped = datagram->stamp > 0;
    session->config.callbacks.packet(data, length,
                                     is_stamped ? datagram->stamp : mp_clock_realtime(), is_stamped,
                                     session->config.user_data);
}

static gboolean tap_dispatch(GSource *source, GSourceFunc unused, gpointer also_unused)
{
    (void)unused;
    (void)also_unused;
    Tap *tap = (Tap *)source;
    MpIceSession *session = tap->session;
    take_stamps(tap);
    for (guint i = 0; i < BATCH && head_is_media(tap->poll.fd); i++) {
        guint8 data[LARGEST_DATAGRAM];
        MpStampedDatagram datagram;
        if (!mp_stamped_udp_receive(tap->poll.fd, data, sizeof data, &datagram, &tap->overflows))
            break;
        if (!session->is_closing)
            deliver(session, data, &datagram);
    }
    return G_SOURCE_CONTINUE;
}

static void tap_finalize(GSource *source)
{
    g_array_unref(((Tap *)source)->tags);
}

static GSourceFuncs tap_functions = {
    .check = tap_check, .dispatch = tap_dispatch, .finalize = tap_finalize};

static void add_taps(MpIceSession *session)
{
    g_autoptr(GPtrArray)
        sockets = nice_agent_get_sockets(session->agent, session->stream, COMPONENT);
    for (guint i = 0; sockets && i < sockets->len; i++) {
        GSocket *socket = sockets->pdata[i];
        int fd = g_socket_get_fd(socket);
        if (g_socket_get_socket_type(socket) != G_SOCKET_TYPE_DATAGRAM ||
            !mp_stamped_udp_enable(fd))
            continue;
        GSource *source = g_source_new(&tap_functions, sizeof(Tap));
        Tap *tap = (Tap *)source;
        tap->session = session;
        tap->tags = g_array_new(FALSE, FALSE, sizeof(guint32));
        tap->poll = (GPollFD){.fd = fd, .events = G_IO_IN | G_IO_ERR};
        g_source_add_poll(source, &tap->poll);
        g_source_set_priority(source, G_PRIORITY_HIGH);
        g_source_attach(source, g_main_context_get_thread_default());
        g_ptr_array_add(session->taps, source);
    }
}

static void drop_tap(gpointer data)
{
    GSource *source = data;
    g_source_destroy(source);
    g_source_unref(source);
}

static void set_relay(MpIceSession *session, const MpIceRelay *relay)
{
    g_autofree char *ip = mp_address_to_ip_string(&relay->server);
    session->relay_server = relay->server;
    session->is_relay_tcp = relay->is_tcp;
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
    g_free(session);
}

gboolean mp_ice_session_gather(MpIceSession *session)
{
    session->gathering_began = mp_clock_now();
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

static GSList *parse_candidates(MpIceSession *session, const GPtrArray *candidates)
{
    GSList *list = NULL;
    for (guint i = 0; i < candidates->len; i++) {
        g_autofree char *line = g_strconcat("a=", (const char *)candidates->pdata[i], NULL);
        NiceCandidate *parsed = nice_agent_parse_remote_candidate_sdp(session->agent,
                                                                      session->stream, line);
        /* An mDNS name does not parse; libnice accepts priority 0 and then misbehaves. */
        if (parsed && parsed->component_id == COMPONENT && parsed->priority > 0)
            list = g_slist_append(list, parsed);
        else if (parsed)
            nice_candidate_free(parsed);
    }
    return list;
}

gboolean mp_ice_session_set_remote(MpIceSession *session, const char *ufrag, const char *pwd,
                                   const GPtrArray *candidates)
{
    if (!nice_agent_set_remote_credentials(session->agent, session->stream, ufrag, pwd))
        return FALSE;
    GSList *list = parse_candidates(session, candidates);
    for (GSList *at = list; at; at = at->next) {
        MpIceCandidate described = describe(at->data, TRUE);
        described.found = mp_clock_now() - session->gathering_began;
        g_array_append_val(session->candidates, described);
    }
    set_state(session, MP_ICE_CHECKING);
    int taken = list ? nice_agent_set_remote_candidates(session->agent, session->stream, COMPONENT,
                                                        list)
                     : 0;
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
    return taken > 0;
}

gboolean mp_ice_session_is_answered(const MpIceSession *session)
{
    return session->is_answered;
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
    *local = describe(ours, FALSE);
    *remote = describe(theirs, TRUE);
    return TRUE;
}

static gboolean send_stamped(MpIceSession *session, const guint8 *data, gsize length, guint32 tag)
{
    guint8 frame[LARGEST_DATAGRAM];
    if (is_relayed(session)) {
        /* RFC 8656 section 12.4: channel number, length, data. */
        MpWriter writer = mp_writer_init(frame, sizeof frame);
        mp_writer_u16(&writer, session->channel);
        mp_writer_u16(&writer, (guint16)length);
        mp_writer_bytes(&writer, data, length);
        if (writer.is_bad)
            return FALSE;
        data = frame;
        length = writer.position;
    }
    /* EPERM: this machine's own firewall took it away. The kernel has numbered it, and it is lost
     * like one that a router drops: sent again it would hide the loss. */
    if (!mp_stamped_udp_send(session->media->poll.fd, &session->media_to, data, length) &&
        errno != EPERM)
        return FALSE;
    g_array_append_val(session->media->tags, tag);
    return TRUE;
}

gboolean mp_ice_session_send(MpIceSession *session, const guint8 *data, gsize length, guint32 tag)
{
    if (session->media && (!is_relayed(session) || session->channel))
        return send_stamped(session, data, length, tag);
    return nice_agent_send(session->agent, session->stream, COMPONENT, (guint)length,
                           (const char *)data) == (gint)length;
}

guint32 mp_ice_session_overflows(const MpIceSession *session)
{
    guint32 overflows = 0;
    for (guint i = 0; i < session->taps->len; i++)
        overflows += ((const Tap *)session->taps->pdata[i])->overflows;
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
