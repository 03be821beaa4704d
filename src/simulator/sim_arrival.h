/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets that left together arrive together: how much later than it left a group of them came
 * than the group before. Times are whole milliseconds, as feedback has them.
 */
#pragma once

#include "simulator/chromium_congestion.h"

typedef struct {
    gint64 first_sent;
    gint64 last_sent;
    gint64 first_received;
    gint64 last_received;
    gint64 reported;
} MpSimGroup;

/* All zero: nothing came yet. */
typedef struct {
    MpSimGroup current;
    MpSimGroup before;
    gboolean has_current;
    gboolean has_before;
    guint n_reordered;
} MpSimArrival;

/* A packet, in order of receipt. TRUE: a group ended, with the spans to the group before it. */
gboolean mp_sim_arrival_take(MpSimArrival *arrival, const MpChromiumArrival *chromium,
                             gint64 sent_ms, gint64 received_ms, gint64 now_ms,
                             gint64 *sent_span_ms, gint64 *received_span_ms);
