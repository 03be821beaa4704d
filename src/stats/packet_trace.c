/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction of media, folded into figures: once in sending order (loss), once in order of
 * arrival (reordering, jitter).
 */
#include "stats/packet_trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/jitter.h"
#include "stats/pdv.h"
#include "stats/reordering.h"

typedef struct {
    MpTime first, last;
    double bits;
} Flow;

static void flow_add(Flow *flow, MpTime when, guint16 size)
{
    flow->first = MIN(flow->first, when);
    flow->last = MAX(flow->last, when);
    flow->bits += 8.0 * size;
}

/* Bits per millisecond are kilobits per second. */
static double kbps(double bits, MpTime span)
{
    return span <= 0 ? NAN : bits / mp_time_to_ms(span);
}

static int compare_sequence(const void *a, const void *b)
{
    const MpPacketTrace *x = a;
    const MpPacketTrace *y = b;
    if (x->sequence != y->sequence)
        return x->sequence < y->sequence ? -1 : 1;
    return (x->received > y->received) - (x->received < y->received);
}

static int compare_arrival(const void *a, const void *b)
{
    const MpPacketTrace *x = a;
    const MpPacketTrace *y = b;
    if (x->received != y->received)
        return x->received < y->received ? -1 : 1;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* In sending order; leaves in `packets` those that arrived, each once, and returns their number. */
static gsize fold_sent(MpPacketTrace *packets, gsize n, MpDirectionStats *stats, Flow *offered)
{
    g_autoptr(GArray) points = g_array_sized_new(FALSE, FALSE, sizeof(MpLossPoint), (guint)n);
    gsize arrived = 0;
    gsize duplicates = 0;
    gsize dropped = 0;
    qsort(packets, n, sizeof(MpPacketTrace), compare_sequence);
    for (gsize i = 0; i < n; i++) {
        const MpPacketTrace packet = packets[i];
        if (i > 0 && packets[i - 1].sequence == packet.sequence) {
            duplicates += packet.received != MP_NEVER;
            continue;
        }
        const MpLossPoint point = {packet.sent,
                                   packet.received != MP_NEVER || packet.was_dropped_here};
        dropped += packet.received == MP_NEVER && packet.was_dropped_here;
        g_array_append_val(points, point);
        flow_add(offered, packet.sent, packet.size);
        if (packet.received != MP_NEVER)
            packets[arrived++] = packet;
    }
    stats->loss = mp_loss_structure((const MpLossPoint *)(gconstpointer)points->data, points->len);
    const MpLossRuns *runs = &stats->loss.runs;
    stats->packets_sent = (double)runs->sent;
    stats->packets_received = (double)arrived;
    stats->duplicates = (double)duplicates;
    stats->dropped_here = (double)dropped;
    stats->loss_percent = mp_loss_runs_percent(runs);
    stats->burst_length = mp_loss_runs_mean_length(runs);
    stats->longest_burst = (double)runs->longest;
    return arrived;
}

static double count_later(const MpTime *delays, gsize n, MpTime than)
{
    MpTime least = MP_NEVER;
    gsize later = 0;
    for (gsize i = 0; i < n; i++)
        least = MIN(least, delays[i]);
    for (gsize i = 0; i < n; i++)
        later += delays[i] - least > than;
    return (double)later;
}

static void fold_delays(const GArray *delays, MpDirectionStats *stats)
{
    const MpTime *values = (const MpTime *)(gconstpointer)delays->data;
    const MpSummary pdv = mp_pdv_ms(values, delays->len);
    stats->pdv_p50_ms = pdv.p50;
    stats->pdv_p95_ms = pdv.p95;
    stats->pdv_p99_ms = pdv.p99;
    stats->pdv_max_ms = pdv.max;
    stats->late_100ms = count_later(values, delays->len, MP_MSEC(100));
    stats->late_200ms = count_later(values, delays->len, MP_MSEC(200));
}

/* In order of arrival. */
static void fold_received(MpPacketTrace *packets, gsize n, MpDirectionStats *stats, Flow *carried)
{
    g_autoptr(MpReordering) reordering = mp_reordering_new();
    g_autoptr(GArray) delays = g_array_sized_new(FALSE, FALSE, sizeof(MpTime), (guint)n);
    MpJitter jitter = {0};
    gsize kernel_stamped = 0;
    qsort(packets, n, sizeof(MpPacketTrace), compare_arrival);
    for (gsize i = 0; i < n; i++) {
        const MpPacketTrace *packet = &packets[i];
        mp_reordering_add(reordering, packet->sequence);
        mp_jitter_add(&jitter, packet->sent, packet->received);
        flow_add(carried, packet->received, packet->size);
        const MpTime delay = packet->received - packet->sent;
        g_array_append_val(delays, delay);
        kernel_stamped += packet->kernel_stamped ? 1 : 0;
    }
    fold_delays(delays, stats);
    stats->jitter_ms = mp_jitter_mean_ms(&jitter);
    stats->reorder_percent = mp_reordering_percent(reordering);
    stats->kernel_stamped_percent = 100.0 * (double)kernel_stamped / (double)n;
}

static const MpDirectionStats nothing = {
    .loss_percent = NAN,
    .burst_length = NAN,
    .longest_burst = NAN,
    .loss = {.share = {NAN, NAN, NAN},
             .bursts = {NAN, NAN, NAN, NAN, NAN},
             .short_windows = {NAN, NAN, NAN, NAN},
             .long_windows = {NAN, NAN, NAN, NAN}},
    .late_100ms = NAN,
    .late_200ms = NAN,
    .pdv_p50_ms = NAN,
    .pdv_p95_ms = NAN,
    .pdv_p99_ms = NAN,
    .pdv_max_ms = NAN,
    .jitter_ms = NAN,
    .reorder_percent = NAN,
    .throughput_kbps = NAN,
    .offered_kbps = NAN,
    .kernel_stamped_percent = NAN,
};

MpDirectionStats mp_direction_stats(const MpPacketTrace *packets, gsize n)
{
    MpDirectionStats stats = nothing;
    if (n == 0)
        return stats;

    g_autofree MpPacketTrace *copy = g_memdup2(packets, n * sizeof(MpPacketTrace));
    Flow offered = {MP_NEVER, G_MININT64, 0};
    Flow carried = {MP_NEVER, G_MININT64, 0};
    const gsize arrived = fold_sent(copy, n, &stats, &offered);
    if (arrived > 0)
        fold_received(copy, arrived, &stats, &carried);

    /* A queue stretches the arrivals, loss at the end shortens them: neither may raise the rate. */
    const MpTime sending = offered.last - offered.first;
    const MpTime arriving = arrived > 0 ? carried.last - carried.first : 0;
    stats.offered_kbps = kbps(offered.bits, sending);
    stats.throughput_kbps = kbps(carried.bits, MAX(sending, arriving));
    return stats;
}
