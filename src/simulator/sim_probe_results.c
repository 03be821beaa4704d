/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What probes say.
 */
#include "simulator/sim_probe_results.h"

#include <math.h>

void mp_sim_probe_results_expect(MpSimProbeResults *results, const MpSimProbe *probe)
{
    results->clusters[(guint)probe->cluster % MP_SIM_CLUSTERS] = (MpSimCluster){
        .cluster = probe->cluster,
        .least_packets = probe->least_packets,
        .least_bytes = probe->least_bytes,
    };
}

static void begin(MpSimCluster *cluster, const MpSimReport *report)
{
    cluster->has_packets = TRUE;
    cluster->n_packets = 0;
    cluster->bytes = 0;
    cluster->first_sent = cluster->last_sent = report->sent / MP_MSEC(1);
    cluster->first_received = cluster->last_received = report->received / MP_MSEC(1);
    cluster->last_sent_size = cluster->first_received_size = report->size;
}

static void count_packet(MpSimCluster *cluster, const MpSimReport *report)
{
    const gint64 sent = report->sent / MP_MSEC(1);
    const gint64 received = report->received / MP_MSEC(1);
    cluster->first_sent = MIN(cluster->first_sent, sent);
    if (sent > cluster->last_sent) {
        cluster->last_sent = sent;
        cluster->last_sent_size = report->size;
    }
    if (received < cluster->first_received) {
        cluster->first_received = received;
        cluster->first_received_size = report->size;
    }
    cluster->last_received = MAX(cluster->last_received, received);
    cluster->bytes += report->size;
    cluster->n_packets++;
}

static gboolean is_complete(const MpSimCluster *cluster, const MpChromiumProbes *chromium)
{
    const guint packets = (guint)(cluster->least_packets * chromium->received_share);
    return cluster->n_packets >= packets &&
           cluster->bytes >= cluster->least_bytes * chromium->received_share;
}

static double rate_of(const MpSimCluster *cluster, const MpChromiumProbes *chromium)
{
    const gint64 sent_ms = cluster->last_sent - cluster->first_sent;
    const gint64 received_ms = cluster->last_received - cluster->first_received;
    if (sent_ms <= 0 || sent_ms > chromium->longest_ms || received_ms <= 0 ||
        received_ms > chromium->longest_ms)
        return NAN;
    /* The last packet's leaving and the first one's coming are in neither span. */
    const double sent_bps = (double)(cluster->bytes - cluster->last_sent_size) * 8000 /
                            (double)sent_ms;
    const double received_bps = (double)(cluster->bytes - cluster->first_received_size) * 8000 /
                                (double)received_ms;
    if (received_bps > chromium->most_ratio * sent_bps)
        return NAN;
    if (received_bps < chromium->unsaturated * sent_bps)
        return chromium->utilisation * received_bps;
    return MIN(sent_bps, received_bps);
}

double mp_sim_probe_results_take(MpSimProbeResults *results, const MpChromiumProbes *chromium,
                                 const MpSimReport *report)
{
    MpSimCluster *cluster = &results->clusters[(guint)report->probe % MP_SIM_CLUSTERS];
    if (cluster->cluster != report->probe)
        return NAN;
    if (!cluster->has_packets ||
        report->received / MP_MSEC(1) > cluster->last_received + chromium->longest_ms)
        begin(cluster, report);
    count_packet(cluster, report);
    return is_complete(cluster, chromium) ? rate_of(cluster, chromium) : NAN;
}
