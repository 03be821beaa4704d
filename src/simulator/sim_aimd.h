/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The delay-based rate: grows while the queue does not, falls below what arrives when it does.
 */
#pragma once

#include "simulator/sim_trend.h"

/* What arrived whenever the link was full. */
typedef struct {
    gboolean is_known;
    double kbps;
    double deviation; /* normalised variance, kbit/s */
} MpSimCapacity;

typedef enum { MP_SIM_RATE_HOLDS, MP_SIM_RATE_GROWS } MpSimRateState;

typedef struct {
    double bps;
    double acked_bps; /* the last that was known */
    MpSimCapacity capacity;
    MpSimRateState state;
    gboolean has_changed;
    MpTime changed;
    MpTime round_trip;
} MpSimAimd;

void mp_sim_aimd_start(MpSimAimd *aimd, const MpChromiumCongestion *chromium);
/* NAN: not known yet. */
void mp_sim_aimd_update(MpSimAimd *aimd, const MpChromiumCongestion *chromium, MpTime now,
                        MpSimUse use, double acked_bps);
/* A probe says so. */
void mp_sim_aimd_set(MpSimAimd *aimd, const MpChromiumCongestion *chromium, MpTime now, double bps);
/* Whether the last reduction can have had its effect by now, or was by far too small. */
gboolean mp_sim_aimd_may_reduce(const MpSimAimd *aimd, const MpChromiumCongestion *chromium,
                                MpTime now, double acked_bps);
