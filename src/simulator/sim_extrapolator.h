/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a picture that was captured at a moment is usually complete here: recursive least squares
 * over what came so far, deaf to single late frames, quick after a lasting change of delay.
 */
#pragma once

#include "simulator/chromium_playout.h"

typedef struct {
    const MpChromiumExtrapolator *constants;
    MpTime start;
    MpTime updated;
    MpTime first;    /* captured; MP_NEVER: none yet */
    MpTime previous; /* captured */
    double rate;     /* ticks a millisecond */
    double offset;   /* ticks */
    double covariance[2][2];
    guint n_frames; /* at most those of the start-up */
    guint n_fitted; /* at most those before outliers are told apart */
    guint n_outliers;
    double residual_mean;
    double residual_variance;
    double above; /* cumulative sums of what is late, and early */
    double below;
} MpSimExtrapolator;

void mp_sim_extrapolator_init(MpSimExtrapolator *extrapolator,
                              const MpChromiumExtrapolator *constants, MpTime start);
/* A frame was complete at `now`. */
void mp_sim_extrapolator_update(MpSimExtrapolator *extrapolator, MpTime now, MpTime captured);
/* `now` where nothing is known. */
MpTime mp_sim_extrapolator_local(const MpSimExtrapolator *extrapolator, MpTime now,
                                 MpTime captured);
