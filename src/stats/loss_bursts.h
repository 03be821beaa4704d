/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bursts and gaps, RFC 3611 section 4.7.2: when loss comes in bursts, and what is lost between
 * them. A burst begins and ends with a lost packet and holds no MP_LOSS_GMIN packets in a row that
 * came. Fed one packet at a time, in sending order.
 */
#pragma once

#include "base/time.h"

/* RFC 3611 section 4.7.2 recommends 16. */
#define MP_LOSS_GMIN 16

/* Zero is the empty state. */
typedef struct {
    gsize packets;
    gsize lost;
    MpTime began; /* when the first packet was sent, and the last one so far */
    MpTime last;

    gsize bursts; /* that have ended, and the packets, losses and time within them */
    gsize in_bursts;
    gsize lost_in_bursts;
    MpTime bursts_span;
    MpTime first_burst;

    gsize come; /* packets in a row that came, and when the first of them was sent */
    MpTime ended;
    gsize open_packets; /* of what may be a burst: from its first to its last loss */
    gsize open_lost;
    MpTime open_began;
} MpLossBursts;

typedef struct {
    double bursts;
    double burst_density_percent; /* lost of the packets in bursts; NAN: no burst */
    double gap_density_percent;   /* lost of the packets in gaps; NAN: no gap */
    double burst_ms;              /* mean duration; NAN: no burst */
    double gap_ms;                /* mean duration; NAN: no gap */
} MpBurstFigures;

void mp_loss_bursts_add(MpLossBursts *bursts, gboolean received, MpTime sent);

/* The trace counts as preceded and followed by MP_LOSS_GMIN packets that came. A loss without
 * another one near it is part of a gap. */
MpBurstFigures mp_loss_bursts_figures(const MpLossBursts *bursts);
