/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long video should wait for late frames. Facts: libwebrtc's modules/video_coding/timing,
 * jitter_estimator.cc and frame_delay_variation_kalman_filter.cc.
 */
#include "simulator/sim_jitter.h"

#include <math.h>
#include <string.h>

void mp_sim_jitter_init(MpSimJitter *jitter, const MpChromiumJitter *constants)
{
    g_assert(constants->fps_window <= MP_SIM_JITTER_FPS_WINDOW);
    memset(jitter, 0, sizeof *jitter);
    jitter->constants = constants;
    jitter->kalman.theta = constants->theta;
    jitter->kalman.covariance[0][0] = constants->covariance[0];
    jitter->kalman.covariance[1][1] = constants->covariance[1];
    jitter->mean_bytes = constants->initial_bytes;
    jitter->most_bytes = constants->initial_bytes;
    jitter->size_variance = constants->initial_size_variance;
    jitter->noise_variance = constants->initial_noise_variance;
    jitter->alpha_count = 1;
    jitter->updated = MP_NEVER;
}

static double expected_ms(const MpSimKalman *kalman, double difference)
{
    return kalman->theta * difference + kalman->offset;
}

/* One step of a Kalman filter whose state stays and whose measurement is H = (difference, 1). */
static void correct(MpSimJitter *jitter, double variation_ms, double difference)
{
    const MpChromiumJitter *constants = jitter->constants;
    MpSimKalman *kalman = &jitter->kalman;
    double(*p)[2] = kalman->covariance;
    p[0][0] += constants->process_noise[0];
    p[1][1] += constants->process_noise[1];

    double innovation = variation_ms - expected_ms(kalman, difference);
    const double ph[] = {p[0][0] * difference + p[0][1], p[1][0] * difference + p[1][1]};
    double weight = constants->observation_noise * exp(-fabs(difference) / jitter->most_bytes) + 1;
    double noise = MAX(weight * sqrt(jitter->noise_variance), 1.0);
    double total = difference * ph[0] + ph[1] + noise;
    const double gain[] = {ph[0] / total, ph[1] / total};

    kalman->theta = MAX(kalman->theta + gain[0] * innovation, constants->least_theta);
    kalman->offset += gain[1] * innovation;

    double p00 = p[0][0];
    double p01 = p[0][1];
    p[0][0] = (1 - gain[0] * difference) * p00 - gain[0] * p[1][0];
    p[0][1] = (1 - gain[0] * difference) * p01 - gain[0] * p[1][1];
    p[1][0] = p[1][0] * (1 - gain[1]) - gain[1] * difference * p00;
    p[1][1] = p[1][1] * (1 - gain[1]) - gain[1] * difference * p01;
}

/* 0: not known yet. */
static double frame_rate(const MpSimJitter *jitter)
{
    if (jitter->sum_periods <= 0)
        return 0;
    return MIN(1e9 * jitter->n_periods / (double)jitter->sum_periods, jitter->constants->most_fps);
}

static void note_period(MpSimJitter *jitter, MpTime now)
{
    MpTime before = jitter->updated;
    jitter->updated = now;
    if (before == MP_NEVER)
        return;

    guint window = jitter->constants->fps_window;
    if (jitter->n_periods == window)
        jitter->sum_periods -= jitter->periods[jitter->next_period];
    else
        jitter->n_periods++;
    jitter->periods[jitter->next_period] = now - before;
    jitter->sum_periods += now - before;
    jitter->next_period = (jitter->next_period + 1) % window;
}

/* How much of the past the noise keeps: more and more, and less where frames are few. */
static double noise_weight(MpSimJitter *jitter)
{
    const MpChromiumJitter *constants = jitter->constants;
    double alpha = (double)(jitter->alpha_count - 1) / jitter->alpha_count;
    jitter->alpha_count = MIN(jitter->alpha_count + 1, constants->alpha_most);
    double fps = frame_rate(jitter);
    if (fps <= 0)
        return alpha;

    double scale = 30 / fps;
    double startup = constants->startup_frames;
    if (jitter->alpha_count < startup)
        scale = (jitter->alpha_count * scale + startup - jitter->alpha_count) / startup;
    return pow(alpha, scale);
}

static void add_noise(MpSimJitter *jitter, MpTime now, double deviation_ms)
{
    note_period(jitter, now);
    double alpha = noise_weight(jitter);
    double from_mean = deviation_ms - jitter->noise_mean;
    jitter->noise_mean += (1 - alpha) * from_mean;
    double variance = alpha * jitter->noise_variance + (1 - alpha) * from_mean * from_mean;
    jitter->noise_variance = MAX(variance, 1.0);
}

/* Key frames must not move the mean, so what is far above it does not count. */
static void weigh_size(MpSimJitter *jitter, double bytes)
{
    const MpChromiumJitter *constants = jitter->constants;
    if (jitter->n_first < constants->frames_until_size)
        jitter->first_bytes += bytes;
    else if (jitter->n_first == constants->frames_until_size)
        jitter->mean_bytes = jitter->first_bytes / jitter->n_first;
    jitter->n_first = MIN(jitter->n_first + 1, constants->frames_until_size + 1);

    double past = constants->average_weight;
    double mean = past * jitter->mean_bytes + (1 - past) * bytes;
    if (bytes < jitter->mean_bytes + 2 * sqrt(jitter->size_variance))
        jitter->mean_bytes = mean;
    double from_mean = bytes - mean;
    double variance = past * jitter->size_variance + (1 - past) * from_mean * from_mean;
    jitter->size_variance = MAX(variance, 1.0);
    jitter->most_bytes = MAX(constants->most_weight * jitter->most_bytes, bytes);
}

static double calculate_ms(MpSimJitter *jitter)
{
    const MpChromiumJitter *constants = jitter->constants;
    double noise = constants->noise_deviations * sqrt(jitter->noise_variance);
    noise = MAX(noise - constants->noise_offset_ms, 1.0);
    double ms = jitter->kalman.theta * (jitter->most_bytes - jitter->mean_bytes) + noise;
    if (ms < constants->least_ms)
        ms = MAX(jitter->previous_ms, constants->least_ms);
    jitter->previous_ms = MIN(ms, constants->most_ms);
    return jitter->previous_ms;
}

/* A frame that is much smaller than the one before it may have waited behind that one. */
static void learn(MpSimJitter *jitter, MpTime now, double variation_ms, double difference,
                  double bytes)
{
    const MpChromiumJitter *constants = jitter->constants;
    double noise = sqrt(jitter->noise_variance);
    double deviation = variation_ms - expected_ms(&jitter->kalman, difference);
    double outlier = constants->outlier_deviations * noise;
    double large = jitter->mean_bytes +
                   constants->size_outlier_deviations * sqrt(jitter->size_variance);
    if (fabs(deviation) >= outlier && bytes <= large) {
        add_noise(jitter, now, deviation >= 0 ? outlier : -outlier);
        return;
    }
    if (difference <= constants->congested_factor * jitter->most_bytes)
        return;

    add_noise(jitter, now, deviation);
    correct(jitter, variation_ms, difference);
}

void mp_sim_jitter_frame(MpSimJitter *jitter, MpTime now, MpTime variation, guint bytes)
{
    if (bytes == 0)
        return;

    const MpChromiumJitter *constants = jitter->constants;
    double difference = bytes - jitter->previous_bytes;
    gboolean is_first = jitter->previous_bytes == 0;
    jitter->previous_bytes = bytes;
    weigh_size(jitter, bytes);
    if (is_first)
        return;

    double most = constants->clamp_deviations * sqrt(jitter->noise_variance) + 0.5;
    double variation_ms = CLAMP(mp_time_to_ms(variation), -most, most);
    learn(jitter, now, variation_ms, difference, bytes);
    if (jitter->n_startup < constants->startup_frames)
        jitter->n_startup++;
    else
        jitter->filtered_ms = calculate_ms(jitter);
}

void mp_sim_jitter_repaired(MpSimJitter *jitter, MpTime now)
{
    jitter->n_repaired = MIN(jitter->n_repaired + 1, jitter->constants->repaired_frames);
    jitter->repaired = now;
}

void mp_sim_jitter_round_trip(MpSimJitter *jitter, MpTime round_trip)
{
    mp_sim_round_trip_add(&jitter->round_trip, round_trip);
}

MpTime mp_sim_jitter_delay(MpSimJitter *jitter, MpTime now)
{
    const MpChromiumJitter *constants = jitter->constants;
    double ms = MAX(calculate_ms(jitter) + constants->system_ms, jitter->filtered_ms);
    if (now - jitter->repaired > constants->repaired_timeout)
        jitter->n_repaired = 0;
    if (jitter->n_repaired >= constants->repaired_frames)
        ms += MIN(constants->round_trip_share * mp_time_to_ms(jitter->round_trip.most),
                  mp_time_to_ms(constants->most_round_trip));

    double fps = frame_rate(jitter);
    if (fps > 0) {
        double above = fps - constants->scale_from_fps;
        ms *= CLAMP(above / (constants->scale_to_fps - constants->scale_from_fps), 0, 1);
    }
    return (MpTime)(MAX(ms, 0) * 1e6);
}
