/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of every packet of one direction, and the figures that follow from it.
 */
#pragma once

#include "base/time.h"
#include "stats/loss_structure.h"

typedef struct {
    guint32 sequence; /* unwrapped, unique in the direction: it grows with every packet sent */
    MpTime sent;      /* the sender's clock */
    MpTime received;  /* the receiver's clock; MP_NEVER: lost */
    guint16 size;     /* bytes counted in the rates */
    gboolean kernel_stamped;   /* both stamps are the kernel's */
    gboolean was_dropped_here; /* it came and found the receiver's socket full: the network did not
                                * lose it */
} MpPacketTrace;

/* NAN: there was nothing to compute it from. */
typedef struct {
    double packets_sent;
    double packets_received; /* each packet once */
    double dropped_here;     /* that came, and found the receiver's socket full */
    double duplicates;       /* further copies of a packet; in no other figure */
    double loss_percent;     /* RFC 7680, of the network alone */
    double burst_length;     /* mean loss run, packets; 0: nothing lost. RFC 3357 */
    double longest_burst;    /* packets */
    MpLossStructure loss;
    double
        late_100ms; /* packets that came more than so much after the least delay: for a playout */
    double late_200ms; /* buffer of that size they are lost, too */
    double pdv_p50_ms; /* RFC 5481 section 4.2, nearest rank: what queues added */
    double pdv_p95_ms;
    double pdv_p99_ms;
    double pdv_max_ms;
    double jitter_ms;              /* RFC 3550 section 6.4.1, mean of the estimate over the trace */
    double reorder_percent;        /* RFC 4737 section 4.1 */
    double throughput_kbps;        /* of what arrived, over the longer of sending and arriving */
    double offered_kbps;           /* of what was sent, over the time of sending */
    double kernel_stamped_percent; /* of what arrived */
} MpDirectionStats;

/* `packets` may be in any order. Two entries of the same sequence are one packet and its duplicate:
 * the first arrival counts. */
MpDirectionStats mp_direction_stats(const MpPacketTrace *packets, gsize n);
