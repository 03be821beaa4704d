/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A capacity measurement in virtual time: both ends' state machines over two directions of a link,
 * with other traffic beside them where wanted.
 */
#pragma once

#include "link/link_line.h"
#include "session/capacity_far_end.h"
#include "session/capacity_tester.h"

#define CAPACITY_MOST_TIME MP_MSEC(4500)

/* One direction, in the words of a network file. */
typedef struct {
    guint kbps;
    guint queue_ms;
    guint burst_kb; /* of a token bucket */
    gboolean is_codel;
    gboolean is_policer; /* the bucket drops instead of keeping waiting */
    double loss;         /* percent */
    double media_loss;   /* percent, that media before the trains had lost to its own rate */
    guint jitter_ms;
    gboolean reorders;
    guint correlation_ms;
    guint others_kbps;    /* beside the measurement, at a constant rate */
    guint socket_packets; /* of each train so many find room at the receiver; 0: all do */
} CapacityLine;

/* Ends within the time, or asserts. What the far end may send is 50 Mbps and 50 MB. What the lines
 * lose and delay is drawn by the seed. */
MpCapacityResult capacity_world_run(guint need_kbps, guint rtt_ms, const CapacityLine *up,
                                    const CapacityLine *down, guint64 seed);
