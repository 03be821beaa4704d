/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate at which packets arrive at the far end, over about a second, and never above the rate at
 * which they were sent.
 */
#pragma once

#include "simulator/chromium_congestion.h"

/* A power of two, more than MpChromiumAckedRate.most_packets. */
#define MP_SIM_ACKED_RING 512

typedef struct {
    gint64 sent; /* ms, here and below */
    gint64 received;
    guint size;
} MpSimAcked;

/* All zero: nothing came yet. */
typedef struct {
    MpSimAcked ring[MP_SIM_ACKED_RING];
    guint first;
    guint count;
    guint64 bytes;
    guint n_in_order; /* since the last that overtook another */
    gboolean has_dropped;
    gint64 dropped_sent; /* the latest sent of those no longer kept */
} MpSimAckedRate;

/* One packet, in order of receipt within a feedback. */
void mp_sim_acked_rate_take(MpSimAckedRate *rate, const MpChromiumAckedRate *chromium,
                            gint64 sent_ms, gint64 received_ms, guint size);
/* At the end of a feedback: bit/s; NAN: too few packets yet. */
double mp_sim_acked_rate_bps(MpSimAckedRate *rate, const MpChromiumAckedRate *chromium);
