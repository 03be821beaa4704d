/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ways a call's media can go, in the order in which a browser prefers them.
 */
#pragma once

#include "model/server_uri.h"

typedef enum {
    MP_WAY_UDP,            /* straight to the media server's UDP port */
    MP_WAY_TURN_UDP,       /* relayed, UDP to the TURN server */
    MP_WAY_TURN_TCP,       /* relayed, TCP to the TURN server */
    MP_WAY_TURN_TLS,       /* relayed, TLS to the TURN server */
    MP_WAY_TURN_TCP_PROXY, /* the last two again through the site's proxy */
    MP_WAY_TURN_TLS_PROXY,
    MP_WAY_TURN_DTLS, /* relayed, DTLS to the TURN server: no browser takes it, so no media goes */
} MpWay;

#define MP_N_WAYS (MP_WAY_TURN_DTLS + 1)

/* "udp", "turn-udp", "turn-tcp", "turn-tls", "turn-tcp-proxy", "turn-tls-proxy", "turn-dtls". */
const char *mp_way_name(MpWay way);
gboolean mp_way_parse(MpWay *way, const char *name);

/* Whether a call can go it; the others are asked for the TURN server's sake. */
gboolean mp_way_takes_media(MpWay way);
gboolean mp_way_is_proxied(MpWay way);
/* Media inside a reliable stream: loss hides behind retransmission. */
gboolean mp_way_is_stream(MpWay way);
gboolean mp_way_is_tls(MpWay way);
/* To the first server of the way. */
MpTransport mp_way_transport(MpWay way);
