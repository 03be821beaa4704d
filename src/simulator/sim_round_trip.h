/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The longest round trip lately, as the jitter buffer takes it for a retransmission's wait: it
 * follows a jump or a drift after a few samples and forgets nothing else.
 */
#pragma once

#include "base/time.h"

#define MP_SIM_ROUND_TRIP_RUN 5

typedef struct {
    MpTime samples[MP_SIM_ROUND_TRIP_RUN];
    guint n_samples;
} MpSimRoundTripRun;

/* All zero: none is known. */
typedef struct {
    double mean_ms;
    double variance_ms2;
    MpTime most;
    guint n_updates;
    gboolean is_jump_down;
    MpSimRoundTripRun jump;
    MpSimRoundTripRun drift;
} MpSimRoundTrip;

void mp_sim_round_trip_add(MpSimRoundTrip *filter, MpTime round_trip);
