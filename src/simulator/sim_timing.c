/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a frame is to be drawn and when to be decoded for that. Facts: libwebrtc's
 * modules/video_coding/timing/timing.cc.
 */
#include "simulator/sim_timing.h"

void mp_sim_timing_init(MpSimTiming *timing, const MpChromiumPlayout *constants, MpTime start)
{
    *timing = (MpSimTiming){.constants = &constants->timing};
    mp_sim_extrapolator_init(&timing->extrapolator, &constants->extrapolator, start);
}

MpTime mp_sim_timing_render(const MpSimTiming *timing, MpTime now, MpTime captured)
{
    return mp_sim_extrapolator_local(&timing->extrapolator, now, captured) + timing->current;
}

MpTime mp_sim_timing_decode(const MpSimTiming *timing, MpTime render)
{
    return render - timing->constants->decode - timing->constants->render;
}

void mp_sim_timing_set_jitter(MpSimTiming *timing, MpTime jitter)
{
    timing->jitter = jitter;
    if (timing->current == 0)
        timing->current = jitter;
}

void mp_sim_timing_decoding(MpSimTiming *timing, MpTime now, MpTime render)
{
    MpTime target = timing->jitter + timing->constants->decode + timing->constants->render;
    MpTime late = now - mp_sim_timing_decode(timing, render);
    if (late <= -MP_USEC(500))
        return;
    timing->current = MIN(timing->current + late, target);
}
