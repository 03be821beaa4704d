/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate of what arrives.
 */
#include "simulator/sim_acked_rate.h"

#include <math.h>

static MpSimAcked *at(MpSimAckedRate *rate, guint index)
{
    return &rate->ring[(rate->first + index) % MP_SIM_ACKED_RING];
}

static void drop_first(MpSimAckedRate *rate)
{
    const MpSimAcked *packet = at(rate, 0);
    rate->dropped_sent = rate->has_dropped ? MAX(rate->dropped_sent, packet->sent) : packet->sent;
    rate->has_dropped = TRUE;
    rate->bytes -= packet->size;
    rate->first = (rate->first + 1) % MP_SIM_ACKED_RING;
    rate->count--;
}

static gboolean is_in_order(MpSimAckedRate *rate, gint64 sent_ms, gint64 received_ms)
{
    if (rate->count == 0)
        return TRUE;
    const MpSimAcked *before = at(rate, rate->count - 1);
    return sent_ms >= before->sent && received_ms >= before->received;
}

void mp_sim_acked_rate_take(MpSimAckedRate *rate, const MpChromiumAckedRate *chromium,
                            gint64 sent_ms, gint64 received_ms, guint size)
{
    if (rate->count == MP_SIM_ACKED_RING)
        drop_first(rate);
    rate->n_in_order = is_in_order(rate, sent_ms, received_ms) ? rate->n_in_order + 1 : 0;
    guint index = rate->count++;
    for (; index > 0 && received_ms < at(rate, index - 1)->received; index--)
        *at(rate, index) = *at(rate, index - 1);
    *at(rate, index) = (MpSimAcked){.sent = sent_ms, .received = received_ms, .size = size};
    rate->bytes += size;
    if (at(rate, rate->count - 1)->received - received_ms > chromium->reordered_ms) {
        rate->count = 0;
        rate->bytes = 0;
        rate->has_dropped = FALSE;
    }
}

static gboolean is_too_much(MpSimAckedRate *rate, const MpChromiumAckedRate *chromium)
{
    const gint64 span = at(rate, rate->count - 1)->received - at(rate, 0)->received;
    return rate->count > chromium->most_packets || span > chromium->longest_ms ||
           (rate->count > chromium->window_packets && span > chromium->window_ms);
}

/* The largest gap counts as the second largest: one stall of the network is not its rate. */
static double received_bps(MpSimAckedRate *rate)
{
    gint64 largest = 0;
    gint64 second = 0;
    gint64 before = at(rate, 0)->received;
    for (guint i = 1; i < rate->count; i++) {
        const gint64 gap = at(rate, i)->received - before;
        before += gap;
        if (gap > largest) {
            second = largest;
            largest = gap;
        } else if (gap > second) {
            second = gap;
        }
    }
    const gint64 span = before - at(rate, 0)->received - largest + second;
    return (double)(rate->bytes - at(rate, 0)->size) * 8000 / (double)MAX(span, 1);
}

/* Nothing overtook anything: the first and the last tell all. Of those that were sent last in one
 * millisecond the first is the one that is left out. */
static double sent_bps_in_order(MpSimAckedRate *rate)
{
    guint last = rate->count - 1;
    while (last > 0 && at(rate, last - 1)->sent == at(rate, last)->sent)
        last--;
    const gint64 span = at(rate, last)->sent - at(rate, 0)->sent;
    return (double)(rate->bytes - at(rate, last)->size) * 8000 / (double)MAX(span, 1);
}

/* Without what overtook packets that are no longer kept; NAN: too few are left. */
static double sent_bps(MpSimAckedRate *rate, guint least_packets)
{
    gint64 first = G_MAXINT64;
    gint64 last = G_MININT64;
    guint last_size = 0;
    guint64 bytes = 0;
    guint n_packets = 0;
    const gint64 least = rate->has_dropped ? rate->dropped_sent : G_MININT64;
    for (guint i = 0; i < rate->count; i++) {
        const MpSimAcked *packet = at(rate, i);
        if (packet->sent < least)
            continue;
        if (packet->sent > last) {
            last = packet->sent;
            last_size = packet->size;
        }
        first = MIN(first, packet->sent);
        bytes += packet->size;
        n_packets++;
    }
    if (n_packets < least_packets)
        return NAN;
    return (double)(bytes - last_size) * 8000 / (double)MAX(last - first, 1);
}

double mp_sim_acked_rate_bps(MpSimAckedRate *rate, const MpChromiumAckedRate *chromium)
{
    while (rate->count > 0 && is_too_much(rate, chromium))
        drop_first(rate);
    if (rate->count < chromium->least_packets)
        return NAN;
    const double sent = rate->n_in_order > rate->count ? sent_bps_in_order(rate)
                                                       : sent_bps(rate, chromium->least_packets);
    /* fmin() takes the other one where one is NAN. */
    return fmin(received_bps(rate), sent);
}
