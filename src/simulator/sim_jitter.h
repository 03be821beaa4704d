/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long video should wait for late frames: a Kalman filter over the sizes and delays of frames,
 * the noise around it, and a round trip where retransmissions are needed. In virtual time.
 */
#pragma once

#include "simulator/chromium_playout.h"
#include "simulator/sim_round_trip.h"

#define MP_SIM_JITTER_FPS_WINDOW 30

/* Milliseconds of delay for each byte that a frame is larger, and what delay has no size. */
typedef struct {
    double theta;
    double offset;
    double covariance[2][2];
} MpSimKalman;

typedef struct {
    const MpChromiumJitter *constants;
    MpSimKalman kalman;
    double mean_bytes;
    double most_bytes;
    double size_variance;
    double previous_bytes; /* 0: no frame yet */
    double first_bytes;    /* sum of the first few */
    guint n_first;
    double noise_mean;
    double noise_variance;
    guint alpha_count;
    guint n_startup;
    double previous_ms; /* estimate; 0: none */
    double filtered_ms;
    MpTime periods[MP_SIM_JITTER_FPS_WINDOW];
    MpTime sum_periods;
    guint n_periods;
    guint next_period;
    MpTime updated; /* MP_NEVER: not yet */
    MpSimRoundTrip round_trip;
    guint n_repaired;
    MpTime repaired;
} MpSimJitter;

void mp_sim_jitter_init(MpSimJitter *jitter, const MpChromiumJitter *constants);

/* A frame goes to the decoder that waited for no retransmission. `variation`: how much longer since
 * the one before it was received than since it was captured. */
void mp_sim_jitter_frame(MpSimJitter *jitter, MpTime now, MpTime variation, guint bytes);
/* One that did. */
void mp_sim_jitter_repaired(MpSimJitter *jitter, MpTime now);
void mp_sim_jitter_round_trip(MpSimJitter *jitter, MpTime round_trip);
MpTime mp_sim_jitter_delay(MpSimJitter *jitter, MpTime now);
