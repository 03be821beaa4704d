/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The headers that a payload of UDP or TCP had on its way, made anew: sockets do not show them.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"

/* IPv6 and TCP without options. */
#define MP_IP_HEADERS_MAX 60
/* What fits into an IPv4 packet behind a TCP header. */
#define MP_IP_MOST_PAYLOAD (65535 - 20 - 20)

typedef struct {
    MpAddress from;
    MpAddress to; /* of the same family */
    gboolean is_tcp;
    guint32 sequence; /* TCP only */
    guint32 acknowledged;
} MpIpHeader;

/* IP and UDP or TCP header with right lengths and checksums for at most MP_IP_MOST_PAYLOAD bytes of
 * payload; the hop limit is 64, and nothing is marked. Returns how long they are. */
gsize mp_ip_header_write(guint8 headers[MP_IP_HEADERS_MAX], const MpIpHeader *header,
                         MpBytes payload);
