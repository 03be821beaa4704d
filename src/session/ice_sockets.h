/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The UDP sockets of an ICE session, and how media lies on the one of its pair: plain, or as
 * ChannelData towards the relay.
 */
#pragma once

#include <nice/agent.h>

#include "base/bytes.h"
#include "session/ice_session.h"
#include "session/ice_tap.h"

typedef struct {
    MpAddress relay_server; /* family NONE: not relayed */
    gboolean is_relay_tcp;
    GPtrArray *taps;    /* MpIceTap*, one for each UDP socket */
    MpIceTap *media;    /* of the nominated pair's socket; NULL: only through libnice */
    MpAddress media_to; /* where it sends to */
    guint16 channel;    /* TURN channel learned from arriving frames; 0: none yet */
} MpIceSockets;

void mp_ice_sockets_init(MpIceSockets *sockets, const MpIceRelay *relay);
/* Before the agent goes. */
void mp_ice_sockets_clear(MpIceSockets *sockets);

/* After gathering began: taps the agent's sockets. */
void mp_ice_sockets_tap(MpIceSockets *sockets, NiceAgent *agent, guint stream,
                        const MpIceTapCallbacks *callbacks, gpointer user_data);
/* Finds the socket of the pair that the agent has selected. */
void mp_ice_sockets_choose(MpIceSockets *sockets, NiceAgent *agent, guint stream);

gboolean mp_ice_sockets_are_relayed(const MpIceSockets *sockets);
/* What lies in ChannelData of our own relay, whose channel is learned. FALSE: nothing of ours. */
gboolean mp_ice_sockets_unwrap(MpIceSockets *sockets, const MpStampedDatagram *datagram,
                               MpBytes *inner);

/* Can media be sent past libnice? */
gboolean mp_ice_sockets_are_ready(const MpIceSockets *sockets);
/* How many were taken; their tags are `first_tag` and what follows it. */
guint mp_ice_sockets_send(MpIceSockets *sockets, const MpBytes *packets, guint n,
                          guint32 first_tag);
/* To the TURN server itself. */
void mp_ice_sockets_ask_relay(MpIceSockets *sockets, const guint8 *request, gsize length);
guint32 mp_ice_sockets_overflows(const MpIceSockets *sockets);
