/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction of a call as the tester sends it, over a link in virtual time: what its record
 * would say of each packet.
 */
#pragma once

#include "link/link_line.h"
#include "model/packet_fate.h"

typedef struct {
    double video_kbps; /* frames 30 times a second, in bursts */
    MpTime start;      /* after the link's */
    MpTime span;
} CallPattern;

/* MpPacketFate, in the order of sending. */
GArray *call_run(const MpLinkDirection *direction, guint64 seed, const CallPattern *pattern);
