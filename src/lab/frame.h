/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the link emulator sees in an Ethernet frame: what it carries over the link, and whose it is.
 */
#pragma once

#include "base/bytes.h"

#define MP_FRAME_HEADER 14

/* Enough of what follows a packet's ports to find it again in a capture: of UDP the start of the
 * payload, of TCP sequence and acknowledgement numbers, flags and window. */
#define MP_FRAME_HEAD 12

/* Without padding, so that it can be compared byte by byte. Unused bytes are 0. */
typedef struct {
    guint8 family; /* 4 or 6 */
    guint8 protocol;
    guint16 source_port; /* 0: the protocol has none, or a fragment that is not the first */
    guint16 destination_port;
    guint8 source[16];
    guint8 destination[16];
} MpFlow;

typedef struct {
    MpFlow flow;
    guint16 identification; /* of IPv4 */
    guint8 head_length;
    guint8 head[MP_FRAME_HEAD];
} MpPacketMark;

/* FALSE: no IP packet, or one that never leaves its wire: address resolution, neighbour discovery
 * (RFC 4861), multicast for this link only (RFC 5771 section 4, RFC 4291 section 2.7). It is no
 * traffic of the link and passes at once. */
gboolean mp_frame_is_carried(MpBytes frame);

/* Of a frame that is carried. */
MpPacketMark mp_frame_mark(MpBytes frame);

/* "udp 10.0.0.1:5000 > 10.0.0.2:53". Free with g_free(). */
char *mp_flow_to_text(const MpFlow *flow);
