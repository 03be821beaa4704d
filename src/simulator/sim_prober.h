/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bursts that the pacer was asked for: which is being sent, and how much of it leaves when.
 */
#pragma once

#include "simulator/sim_congestion.h"

/* A power of two. */
#define MP_SIM_PROBES_WAITING 8

/* All zero: nothing was asked for. */
typedef struct {
    MpSimProbe probes[MP_SIM_PROBES_WAITING]; /* a ring */
    MpTime asked[MP_SIM_PROBES_WAITING];
    guint first;
    guint count;
    gboolean is_active; /* a packet began the first of them */
    MpTime due;         /* of the next step */
    MpTime started;
    guint n_steps;
    guint bytes;
    guint step_bytes; /* of the step that is being sent */
    gboolean is_in_step;
} MpSimProber;

void mp_sim_prober_ask(MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now,
                       const MpSimProbe *probe);
/* A packet was queued: one large enough begins what was asked for. */
void mp_sim_prober_queued(MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now,
                          guint size);
/* The cluster that is being sent; -1: none. */
int mp_sim_prober_cluster(const MpSimProber *prober);
/* Nothing of the cluster was sent yet. */
gboolean mp_sim_prober_is_first(const MpSimProber *prober);
/* How much is left of the step. */
guint mp_sim_prober_left(const MpSimProber *prober);
void mp_sim_prober_sent(MpSimProber *prober, const MpChromiumPacer *chromium, MpTime now,
                        guint size);
