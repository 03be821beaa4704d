/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was sent and what was lost over the last seconds, and how likely that is on a link that
 * loses some share of everything and all that is beyond a rate.
 */
#pragma once

#include "simulator/sim_congestion.h"

typedef struct {
    double size_kb;
    double lost_kb;
    double sending_bps;
} MpSimObservation;

/* Lost packets that may still turn up, as their order was changed. */
#define MP_SIM_LATE_PACKETS 64

/* All zero: nothing came yet. */
typedef struct {
    MpSimObservation observations[MP_CHROMIUM_LOSS_WINDOW]; /* a ring; the latest is `count - 1` */
    guint count;
    double weights[MP_CHROMIUM_LOSS_WINDOW]; /* by age; the first is 1 */
    guint64 size;                            /* of the observation that is not complete, bytes */
    guint64 lost;
    guint n_lost;
    guint32 lost_sequence[MP_SIM_LATE_PACKETS];
    guint lost_size[MP_SIM_LATE_PACKETS];
    gboolean has_sent;
    gint64 sent_ms; /* of the last packet of the last observation */
    guint32 highest;
    double average_loss; /* 0 to 1, the worst and the best observation left out */
} MpSimLossModel;

void mp_sim_loss_model_start(MpSimLossModel *model, const MpChromiumLossBased *chromium);
/* TRUE: a new observation is complete. */
gboolean mp_sim_loss_model_report(MpSimLossModel *model, const MpChromiumLossBased *chromium,
                                  const MpSimReport *reports, guint n_reports);
/* One step of Newton's method towards the inherent loss that makes all most likely. */
double mp_sim_loss_model_step(const MpSimLossModel *model, const MpChromiumLossBased *chromium,
                              double inherent_loss, double bps);
/* How likely all is (logarithm), and how much a high rate is preferred. */
double mp_sim_loss_model_objective(const MpSimLossModel *model, const MpChromiumLossBased *chromium,
                                   double inherent_loss, double bps);
