/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When to ask the link for more, and for how much: at first, further while it gives, when the
 * encoders could use more, in the application-limited region, and after a fall.
 */
#pragma once

#include "simulator/sim_congestion.h"

/* What holds the rate down. */
typedef enum {
    MP_SIM_CAUSE_DELAY, /* nothing but what was measured */
    MP_SIM_CAUSE_DELAY_CHANGES,
    MP_SIM_CAUSE_LOSS,
    MP_SIM_CAUSE_ROUND_TRIP,
} MpSimCause;

typedef enum { MP_SIM_PROBES_NONE, MP_SIM_PROBES_WAIT, MP_SIM_PROBES_COMPLETE } MpSimProbesState;

/* A power of two; more than are ever asked for between two calls. */
#define MP_SIM_PENDING_PROBES 8

typedef struct {
    MpSimProbesState state;
    MpSimCause cause;
    double estimate_bps;
    double need_bps;
    double further_bps; /* a larger result asks for more; INFINITY: none does */
    MpTime started;     /* the last */
    gboolean is_periodic;
    gboolean is_limited;
    MpTime limited_since;
    gboolean has_left_limited;
    MpTime left_limited;
    MpTime dropped;
    double before_drop_bps;
    MpTime drop_probed;
    int n_clusters;
    MpSimProbe pending[MP_SIM_PENDING_PROBES];
    guint first_pending;
    guint n_pending;
} MpSimProbes;

/* `is_periodic`: also in the application-limited region. */
void mp_sim_probes_start(MpSimProbes *probes, const MpChromiumCongestion *chromium, MpTime now,
                         double need_bps, gboolean is_periodic);
void mp_sim_probes_set_need(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now,
                            double need_bps);
void mp_sim_probes_set_estimate(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now,
                                double estimate_bps, MpSimCause cause);
/* The queue was long and is not any more. */
void mp_sim_probes_recovered(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now);
void mp_sim_probes_tick(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now);
gboolean mp_sim_probes_take(MpSimProbes *probes, MpSimProbe *probe);
