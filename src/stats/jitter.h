/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Interarrival jitter as a receiver estimates it, RFC 3550 section 6.4.1: J += (|D| - J) / 16.
 * Fed one packet at a time, in order of arrival.
 */
#pragma once

#include "base/time.h"

/* Zero is the empty state. */
typedef struct {
    gsize packets;
    MpTime last_transit;
    double estimate; /* J after the last packet, nanoseconds */
    double sum;      /* of J after each difference */
} MpJitter;

/* The two stamps may be of different clocks: only differences count. */
void mp_jitter_add(MpJitter *jitter, MpTime sent, MpTime received);

/* J after the last packet, what an RTCP report would carry: ms; NAN before the second packet. */
double mp_jitter_final_ms(const MpJitter *jitter);
/* Mean of J over the packets. J remembers some 16 packets only, so its last value says little about
 * a whole trace. ms; NAN before the second packet. */
double mp_jitter_mean_ms(const MpJitter *jitter);
