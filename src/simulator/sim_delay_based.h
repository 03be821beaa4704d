/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate that the delay of packets allows: groups, slope, rate control.
 */
#pragma once

#include "simulator/sim_aimd.h"
#include "simulator/sim_arrival.h"
#include "simulator/sim_congestion.h"

typedef struct {
    MpSimArrival arrival;
    MpSimTrend trend;
    MpSimAimd aimd;
    gboolean has_seen;
    MpTime seen;
    gboolean has_recovered; /* from underuse, in this feedback */
} MpSimDelayBased;

typedef enum {
    MP_SIM_DELAY_UNCHANGED,
    MP_SIM_DELAY_UPDATED,
    MP_SIM_DELAY_PROBED, /* set by a probe's result */
} MpSimDelayResult;

void mp_sim_delay_based_start(MpSimDelayBased *delay, const MpChromiumCongestion *chromium);
/* The packets that were received, in order of receipt; rates are NAN where there is none. */
MpSimDelayResult mp_sim_delay_based_report(MpSimDelayBased *delay,
                                           const MpChromiumCongestion *chromium, MpTime now,
                                           const MpSimReport *const *received, guint n_received,
                                           double acked_bps, double probe_bps);
