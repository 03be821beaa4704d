/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a picture that was captured at a moment is usually complete here. Facts: libwebrtc's
 * modules/video_coding/timing/timestamp_extrapolator.cc.
 */
#include "simulator/sim_extrapolator.h"

#include <math.h>

/* The clock of video's timestamps, RFC 6184 section 8.2.1 and others: 90 kHz. */
#define TICKS_PER_MS 90.0

static void reset(MpSimExtrapolator *extrapolator, MpTime start)
{
    const MpChromiumExtrapolator *constants = extrapolator->constants;
    *extrapolator = (MpSimExtrapolator){
        .constants = constants,
        .start = start,
        .updated = start,
        .first = MP_NEVER,
        .rate = TICKS_PER_MS,
        .covariance = {{constants->covariance[0], 0}, {0, constants->covariance[1]}},
        .residual_variance = constants->initial_variance,
    };
}

void mp_sim_extrapolator_init(MpSimExtrapolator *extrapolator,
                              const MpChromiumExtrapolator *constants, MpTime start)
{
    extrapolator->constants = constants;
    reset(extrapolator, start);
}

static gboolean is_outlier(MpSimExtrapolator *extrapolator, double residual)
{
    const MpChromiumExtrapolator *constants = extrapolator->constants;
    double from_mean = residual - extrapolator->residual_mean;
    if (extrapolator->n_fitted >= constants->outlier_startup &&
        fabs(from_mean) > constants->outlier_deviations * sqrt(extrapolator->residual_variance))
        return TRUE;

    double past = constants->outlier_weight;
    extrapolator->residual_mean += (1 - past) * from_mean;
    from_mean = residual - extrapolator->residual_mean;
    double variance = past * extrapolator->residual_variance + (1 - past) * from_mean * from_mean;
    extrapolator->residual_variance = MAX(variance, 1.0);
    return FALSE;
}

/* CUSUM: the delay has changed and stays. */
static gboolean has_shifted(MpSimExtrapolator *extrapolator, double residual)
{
    const MpChromiumExtrapolator *constants = extrapolator->constants;
    double clipped = CLAMP(residual, -constants->clip, constants->clip);
    extrapolator->above = MAX(extrapolator->above + clipped - constants->drift, 0);
    extrapolator->below = MIN(extrapolator->below + clipped + constants->drift, 0);
    if (extrapolator->above <= constants->alarm && extrapolator->below >= -constants->alarm)
        return FALSE;

    extrapolator->above = 0;
    extrapolator->below = 0;
    return TRUE;
}

static void open_offset(MpSimExtrapolator *extrapolator)
{
    extrapolator->covariance[1][1] = extrapolator->constants->covariance[1];
}

static void fit(MpSimExtrapolator *extrapolator, double ms, double residual)
{
    double(*p)[2] = extrapolator->covariance;
    double gain[] = {p[0][0] * ms + p[0][1], p[1][0] * ms + p[1][1]};
    double total = 1 + ms * gain[0] + gain[1];
    gain[0] /= total;
    gain[1] /= total;
    extrapolator->rate += gain[0] * residual;
    extrapolator->offset += gain[1] * residual;

    const double row[] = {ms * p[0][0] + p[1][0], ms * p[0][1] + p[1][1]};
    for (guint i = 0; i < 2; i++) {
        p[i][0] -= gain[i] * row[0];
        p[i][1] -= gain[i] * row[1];
    }
}

static double ticks(const MpSimExtrapolator *extrapolator, MpTime captured)
{
    return mp_time_to_ms(captured - extrapolator->first) * TICKS_PER_MS;
}

void mp_sim_extrapolator_update(MpSimExtrapolator *extrapolator, MpTime now, MpTime captured)
{
    const MpChromiumExtrapolator *constants = extrapolator->constants;
    if (now - extrapolator->updated > constants->reset_timeout)
        reset(extrapolator, now);
    extrapolator->updated = now;

    double ms = mp_time_to_ms(now - extrapolator->start);
    if (extrapolator->first == MP_NEVER) {
        extrapolator->offset = -extrapolator->rate * ms;
        extrapolator->first = captured;
    }
    double residual = ticks(extrapolator, captured) - ms * extrapolator->rate -
                      extrapolator->offset;
    gboolean is_rejected = is_outlier(extrapolator, residual);
    if (is_rejected && ++extrapolator->n_outliers <= constants->outlier_most)
        return;
    if (is_rejected)
        open_offset(extrapolator);
    extrapolator->n_outliers = 0;
    if (has_shifted(extrapolator, residual) && extrapolator->n_frames >= constants->startup_frames)
        open_offset(extrapolator);

    fit(extrapolator, ms, residual);
    extrapolator->previous = captured;
    extrapolator->n_frames = MIN(extrapolator->n_frames + 1, constants->startup_frames);
    extrapolator->n_fitted = MIN(extrapolator->n_fitted + 1, constants->outlier_startup);
}

MpTime mp_sim_extrapolator_local(const MpSimExtrapolator *extrapolator, MpTime now, MpTime captured)
{
    if (extrapolator->first == MP_NEVER)
        return now;
    if (extrapolator->n_frames < extrapolator->constants->startup_frames)
        return extrapolator->updated + (captured - extrapolator->previous);
    if (extrapolator->rate < 1e-3)
        return extrapolator->start;

    double ms = (ticks(extrapolator, captured) - extrapolator->offset) / extrapolator->rate;
    return extrapolator->start + (MpTime)(ms * 1e6);
}
