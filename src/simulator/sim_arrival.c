/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Groups of packets that left together.
 */
#include "simulator/sim_arrival.h"

/* Came faster than it left, right after the packet before: something released both at once. */
static gboolean is_burst(const MpSimGroup *group, const MpChromiumArrival *chromium, gint64 sent_ms,
                         gint64 received_ms)
{
    const gint64 received_span = received_ms - group->last_received;
    const gint64 sent_span = sent_ms - group->last_sent;
    if (sent_span == 0)
        return TRUE;
    return received_span < sent_span && received_span <= chromium->burst_gap_ms &&
           received_ms - group->first_received < chromium->longest_burst_ms;
}

static void start_group(MpSimArrival *arrival, gint64 sent_ms, gint64 received_ms)
{
    arrival->has_current = TRUE;
    arrival->current = (MpSimGroup){
        .first_sent = sent_ms, .last_sent = sent_ms, .first_received = received_ms};
}

/* Whether the two groups can be compared. Nothing can be said of groups that overtook each other,
 * and after a jump of the far end's clock all starts again. */
static gboolean are_comparable(MpSimArrival *arrival, const MpChromiumArrival *chromium,
                               gint64 received_span_ms)
{
    const gint64 reported_span = arrival->current.reported - arrival->before.reported;
    if (received_span_ms - reported_span >= chromium->clock_step_ms) {
        *arrival = (MpSimArrival){0};
        return FALSE;
    }
    if (received_span_ms >= 0) {
        arrival->n_reordered = 0;
        return TRUE;
    }
    if (++arrival->n_reordered >= chromium->most_reordered)
        *arrival = (MpSimArrival){0};
    return FALSE;
}

/* FALSE: the packet starts no group, and is not counted. */
static gboolean end_group(MpSimArrival *arrival, const MpChromiumArrival *chromium,
                          gint64 *sent_span_ms, gint64 *received_span_ms, gboolean *is_told)
{
    *is_told = FALSE;
    if (arrival->has_before) {
        *sent_span_ms = arrival->current.last_sent - arrival->before.last_sent;
        *received_span_ms = arrival->current.last_received - arrival->before.last_received;
        if (!are_comparable(arrival, chromium, *received_span_ms))
            return FALSE;
        *is_told = TRUE;
    }
    arrival->before = arrival->current;
    arrival->has_before = TRUE;
    return TRUE;
}

gboolean mp_sim_arrival_take(MpSimArrival *arrival, const MpChromiumArrival *chromium,
                             gint64 sent_ms, gint64 received_ms, gint64 now_ms,
                             gint64 *sent_span_ms, gint64 *received_span_ms)
{
    MpSimGroup *current = &arrival->current;
    gboolean is_told = FALSE;
    if (!arrival->has_current) {
        start_group(arrival, sent_ms, received_ms);
    } else if (sent_ms < current->first_sent) {
        return FALSE;
    } else if (!is_burst(current, chromium, sent_ms, received_ms) &&
               sent_ms - current->first_sent > chromium->group_ms) {
        if (!end_group(arrival, chromium, sent_span_ms, received_span_ms, &is_told))
            return FALSE;
        start_group(arrival, sent_ms, received_ms);
    }
    current->last_sent = MAX(current->last_sent, sent_ms);
    current->last_received = received_ms;
    current->reported = now_ms;
    return is_told;
}
