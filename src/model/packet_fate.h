/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of one packet of a call.
 */
#pragma once

#include "base/time.h"

typedef enum {
    MP_PACKET_ARRIVED,
    MP_PACKET_LOST,
    MP_PACKET_OVERFLOWN, /* it came, and found the receiver's socket full */
} MpPacketEnd;

typedef struct {
    guint32 stream;   /* its SSRC */
    guint32 sequence; /* continued past 16 bits */
    guint16 size;     /* bytes of the UDP payload */
    MpPacketEnd fate;
    gboolean is_kernel_stamped; /* both times */
    MpTime sent;                /* this end's CLOCK_REALTIME */
    MpTime received;            /* brought to the same clock; only where it arrived */
} MpPacketFate;
