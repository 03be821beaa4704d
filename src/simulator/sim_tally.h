/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end saw of the other, second by second, and the figures of it.
 */
#pragma once

#include "simulator/sim_audio.h"
#include "simulator/sim_encoder.h"
#include "simulator/sim_setup.h"
#include "simulator/sim_video_receiver.h"

/* The counters of the call at one moment. */
typedef struct {
    MpSimVideoCounters video;
    guint source_frames;
    double played_ms;
    double concealed_ms;
    double bytes;
    MpTime cpu_limited;
} MpSimMoment;

typedef struct {
    MpSimSetup setup;
    MpSimMoment begin; /* when the warm-up was over */
    MpSimMoment now;
    gboolean has_begun;
    guint seconds;
    guint seconds_with_frames;
    guint blocky;
    guint low;
    double qp_sum; /* of the second */
    guint qp_count;
    double all_qp_sum;
    guint all_qp_count;
    guint height; /* of the newest frame */
    MpTime captured;
    MpTime rendered;
    double delay_sum_ms;
    guint delay_count;
    double bytes;       /* of video that came, payload */
    guint heights[512]; /* seconds at a height of 4 lines times the index */
    GArray *ages;       /* double, ms */
    MpTime next_age;
} MpSimTally;

void mp_sim_tally_init(MpSimTally *tally, const MpSimSetup *setup);
void mp_sim_tally_clear(MpSimTally *tally);

/* A frame was shown. */
void mp_sim_tally_show(MpSimTally *tally, const MpSimShown *shown, const MpSimFrame *frame);
/* A second is over. */
void mp_sim_tally_second(MpSimTally *tally, MpTime now, const MpSimMoment *moment);
MpSimFigures mp_sim_tally_figures(const MpSimTally *tally);
