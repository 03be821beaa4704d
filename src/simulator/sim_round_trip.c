/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The longest round trip lately, as the jitter buffer takes it for a retransmission's wait.
 * Facts: libwebrtc's modules/video_coding/timing/rtt_filter.cc.
 */
#include "simulator/sim_round_trip.h"

#include <math.h>

/* kMaxRtt, kFilterFactorMax, kJumpStddev, kDriftStdDev. */
#define LONGEST MP_SEC(3)
#define MOST_WEIGHT 35
#define JUMP_DEVIATIONS 2.5
#define DRIFT_DEVIATIONS 3.5

static gboolean is_full_with(MpSimRoundTripRun *run, MpTime sample)
{
    run->samples[run->n_samples++] = sample;
    return run->n_samples == MP_SIM_ROUND_TRIP_RUN;
}

/* The filter begins anew from the samples that did not fit it. */
static void adopt(MpSimRoundTrip *filter, MpSimRoundTripRun *run)
{
    MpTime sum = 0;
    filter->most = 0;
    for (guint i = 0; i < run->n_samples; i++) {
        sum += run->samples[i];
        filter->most = MAX(filter->most, run->samples[i]);
    }
    filter->mean_ms = mp_time_to_ms(sum / run->n_samples);
    filter->n_updates = MP_SIM_ROUND_TRIP_RUN;
    run->n_samples = 0;
}

/* FALSE: the sample stands alone and must not move the mean. */
static gboolean has_followed_jump(MpSimRoundTrip *filter, MpTime sample)
{
    double difference = filter->mean_ms - mp_time_to_ms(sample);
    if (fabs(difference) <= JUMP_DEVIATIONS * sqrt(filter->variance_ms2)) {
        filter->jump.n_samples = 0;
        return TRUE;
    }
    gboolean is_down = difference >= 0;
    if (is_down != filter->is_jump_down)
        filter->jump.n_samples = 0;
    filter->is_jump_down = is_down;
    if (!is_full_with(&filter->jump, sample))
        return FALSE;

    adopt(filter, &filter->jump);
    return TRUE;
}

static void follow_drift(MpSimRoundTrip *filter, MpTime sample)
{
    double above = mp_time_to_ms(filter->most) - filter->mean_ms;
    if (above <= DRIFT_DEVIATIONS * sqrt(filter->variance_ms2))
        filter->drift.n_samples = 0;
    else if (is_full_with(&filter->drift, sample))
        adopt(filter, &filter->drift);
}

void mp_sim_round_trip_add(MpSimRoundTrip *filter, MpTime round_trip)
{
    if (round_trip <= 0)
        return;

    MpTime sample = MIN(round_trip, LONGEST);
    double before = filter->mean_ms;
    double variance_before = filter->variance_ms2;
    filter->n_updates = MIN(filter->n_updates + 1, MOST_WEIGHT);
    double weight = 1.0 / filter->n_updates;
    filter->mean_ms += weight * (mp_time_to_ms(sample) - filter->mean_ms);
    double difference = mp_time_to_ms(sample) - filter->mean_ms;
    filter->variance_ms2 += weight * (difference * difference - filter->variance_ms2);
    filter->most = MAX(filter->most, sample);
    if (has_followed_jump(filter, sample)) {
        follow_drift(filter, sample);
        return;
    }
    filter->mean_ms = before;
    filter->variance_ms2 = variance_before;
}
