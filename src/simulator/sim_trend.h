/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Does the queue grow? The slope of the delay over the last groups of packets against a threshold
 * that follows what is usual on the path.
 */
#pragma once

#include "simulator/chromium_congestion.h"

typedef enum { MP_SIM_USE_NORMAL, MP_SIM_USE_UNDER, MP_SIM_USE_OVER } MpSimUse;

typedef struct {
    gint64 first_received; /* ms */
    double received[MP_CHROMIUM_TREND_WINDOW];
    double delay[MP_CHROMIUM_TREND_WINDOW]; /* smoothed, ms */
    guint count;
    guint next;
    guint n_deltas;
    double accumulated;
    double smoothed;
    double slope;
    double threshold;
    gint64 threshold_moved; /* ms */
    gboolean has_moved;
    gboolean is_over; /* beyond the threshold now, for: */
    double over_ms;
    guint n_over;
    MpSimUse use;
} MpSimTrend;

void mp_sim_trend_start(MpSimTrend *trend, const MpChromiumTrend *chromium);
/* A group came at `received_ms`, so long after the group before, which it left that long after. */
void mp_sim_trend_take(MpSimTrend *trend, const MpChromiumTrend *chromium, gint64 sent_span_ms,
                       gint64 received_span_ms, gint64 received_ms);
