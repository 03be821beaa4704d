/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a frame is to be drawn and when to be decoded for that: the usual moment of its arrival and
 * the delay of the moment, which grows with the lateness of frames as far as jitter allows.
 */
#pragma once

#include "simulator/sim_extrapolator.h"

typedef struct {
    const MpChromiumTiming *constants;
    MpSimExtrapolator extrapolator;
    MpTime jitter;  /* delay that it asks for */
    MpTime current; /* delay that is in force */
} MpSimTiming;

void mp_sim_timing_init(MpSimTiming *timing, const MpChromiumPlayout *constants, MpTime start);

/* When the picture is to be drawn. */
MpTime mp_sim_timing_render(const MpSimTiming *timing, MpTime now, MpTime captured);
/* When to decode it for that. */
MpTime mp_sim_timing_decode(const MpSimTiming *timing, MpTime render);
void mp_sim_timing_set_jitter(MpSimTiming *timing, MpTime jitter);
/* The frame to be drawn at `render` went to the decoder at `now`. */
void mp_sim_timing_decoding(MpSimTiming *timing, MpTime now, MpTime render);
