/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a burst of probing packets says about the link: the smaller of the rates at which it was
 * sent and received.
 */
#pragma once

#include "simulator/sim_congestion.h"

/* A power of two. */
#define MP_SIM_CLUSTERS 16

/* Times in ms. */
typedef struct {
    int cluster;
    guint least_packets; /* as it was asked for */
    guint least_bytes;
    gboolean has_packets;
    guint n_packets;
    guint bytes;
    gint64 first_sent;
    gint64 last_sent;
    guint last_sent_size;
    gint64 first_received;
    gint64 last_received;
    guint first_received_size;
} MpSimCluster;

/* All zero: nothing was asked for. */
typedef struct {
    MpSimCluster clusters[MP_SIM_CLUSTERS];
} MpSimProbeResults;

/* A burst that will come. Clusters are numbered from 1. */
void mp_sim_probe_results_expect(MpSimProbeResults *results, const MpSimProbe *probe);
/* A packet of a probe came: the link's rate, bit/s; NAN: not known yet. */
double mp_sim_probe_results_take(MpSimProbeResults *results, const MpChromiumProbes *chromium,
                                 const MpSimReport *report);
