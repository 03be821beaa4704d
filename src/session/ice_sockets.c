/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The UDP sockets of an ICE session.
 */
#include "session/ice_sockets.h"

#include "session/ice_agent.h"
#include "session/ice_candidate.h"
#include "wire/turn.h"

#define LARGEST_DATAGRAM 2048
/* Packets that are framed at a time. */
#define FRAMES 16

static void drop_tap(gpointer data)
{
    mp_ice_tap_free(data);
}

void mp_ice_sockets_init(MpIceSockets *sockets, const MpIceRelay *relay)
{
    *sockets = (MpIceSockets){.taps = g_ptr_array_new_with_free_func(drop_tap)};
    if (!relay)
        return;
    sockets->relay_server = relay->server;
    sockets->is_relay_tcp = relay->is_tcp;
}

void mp_ice_sockets_clear(MpIceSockets *sockets)
{
    g_ptr_array_unref(sockets->taps);
    *sockets = (MpIceSockets){0};
}

void mp_ice_sockets_tap(MpIceSockets *sockets, NiceAgent *agent, guint stream,
                        const MpIceTapCallbacks *callbacks, gpointer user_data)
{
    g_autoptr(GPtrArray) found = nice_agent_get_sockets(agent, stream, MP_ICE_COMPONENT);
    for (guint i = 0; found && i < found->len; i++) {
        GSocket *socket = found->pdata[i];
        if (g_socket_get_socket_type(socket) != G_SOCKET_TYPE_DATAGRAM)
            continue;
        MpIceTap *tap = mp_ice_tap_new(g_socket_get_fd(socket), callbacks, user_data);
        if (tap)
            g_ptr_array_add(sockets->taps, tap);
    }
}

gboolean mp_ice_sockets_are_relayed(const MpIceSockets *sockets)
{
    return sockets->relay_server.family != MP_FAMILY_NONE;
}

/* The tap of the socket that the local candidate of the pair stands on. */
static MpIceTap *tap_of(const MpIceSockets *sockets, const MpAddress *base)
{
    for (guint i = 0; i < sockets->taps->len; i++)
        if (mp_ice_tap_local(sockets->taps->pdata[i]).port == base->port)
            return sockets->taps->pdata[i];
    return NULL;
}

void mp_ice_sockets_choose(MpIceSockets *sockets, NiceAgent *agent, guint stream)
{
    const gboolean is_relayed = mp_ice_sockets_are_relayed(sockets);
    NiceCandidate *local = NULL;
    NiceCandidate *remote = NULL;
    sockets->media = NULL;
    if (!nice_agent_get_selected_pair(agent, stream, MP_ICE_COMPONENT, &local, &remote))
        return;
    if (local->transport != NICE_CANDIDATE_TRANSPORT_UDP || (is_relayed && sockets->is_relay_tcp))
        return;
    MpAddress base = mp_ice_candidate_address(&local->base_addr);
    sockets->media_to = is_relayed ? sockets->relay_server
                                   : mp_ice_candidate_address(&remote->addr);
    sockets->media = tap_of(sockets, &base);
    /* libnice gives a relayed candidate its relayed address as base: then the one socket that we
     * restricted it to is meant. */
    if (!sockets->media && is_relayed && sockets->taps->len == 1)
        sockets->media = sockets->taps->pdata[0];
}

gboolean mp_ice_sockets_unwrap(MpIceSockets *sockets, const MpStampedDatagram *datagram,
                               MpBytes *inner)
{
    guint16 channel;
    if (!mp_turn_parse_channel_data(datagram->bytes.data, datagram->bytes.length, &channel,
                                    inner) ||
        !mp_address_equal(&datagram->from, &sockets->relay_server))
        return FALSE;
    sockets->channel = channel;
    return TRUE;
}

gboolean mp_ice_sockets_are_ready(const MpIceSockets *sockets)
{
    return sockets->media && (!mp_ice_sockets_are_relayed(sockets) || sockets->channel);
}

/* How many were framed. */
static guint frame(const MpIceSockets *sockets, const MpBytes *packets, guint n,
                   guint8 (*frames)[LARGEST_DATAGRAM], MpBytes *framed)
{
    for (guint i = 0; i < n; i++) {
        gsize length = mp_turn_write_channel_data(frames[i], LARGEST_DATAGRAM, sockets->channel,
                                                  packets[i], FALSE);
        if (length == 0)
            return i;
        framed[i] = (MpBytes){frames[i], length};
    }
    return n;
}

static guint send_relayed(MpIceSockets *sockets, const MpBytes *packets, guint n, guint32 first_tag)
{
    guint8 frames[FRAMES][LARGEST_DATAGRAM];
    MpBytes framed[FRAMES];
    guint taken = 0;
    guint sent;
    do {
        guint32 tag = first_tag == MP_ICE_UNTAGGED ? first_tag : first_tag + taken;
        guint n_framed = frame(sockets, packets + taken, MIN(FRAMES, n - taken), frames, framed);
        sent = mp_ice_tap_send(sockets->media, &sockets->media_to, framed, n_framed, tag);
        taken += sent;
    } while (taken < n && sent == FRAMES);
    return taken;
}

guint mp_ice_sockets_send(MpIceSockets *sockets, const MpBytes *packets, guint n, guint32 first_tag)
{
    return mp_ice_sockets_are_relayed(sockets)
               ? send_relayed(sockets, packets, n, first_tag)
               : mp_ice_tap_send(sockets->media, &sockets->media_to, packets, n, first_tag);
}

void mp_ice_sockets_ask_relay(MpIceSockets *sockets, const guint8 *request, gsize length)
{
    const MpBytes bytes = {request, length};
    mp_ice_tap_send(sockets->taps->pdata[0], &sockets->relay_server, &bytes, 1, MP_ICE_UNTAGGED);
}

guint32 mp_ice_sockets_overflows(const MpIceSockets *sockets)
{
    guint32 overflows = 0;
    for (guint i = 0; i < sockets->taps->len; i++)
        overflows += mp_ice_tap_overflows(sockets->taps->pdata[i]);
    return overflows;
}
