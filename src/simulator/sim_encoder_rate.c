/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The buffer of CBR, its target for a frame, the quantizer that is thought to meet it, and how much
 * that thought is corrected by the frame that came of it.
 */
#include "simulator/sim_encoder_rate.h"

#include <math.h>

void mp_sim_line_fill(float line[MP_SIM_QPS], const MpChromiumPoint *points)
{
    guint i = 0;
    for (guint qp = 0; qp < MP_SIM_QPS; qp++) {
        while (i + 2 < MP_CHROMIUM_POINTS && points[i + 2].qp > 0 && qp > points[i + 1].qp)
            i++;
        const double share = (qp - points[i].qp) / (points[i + 1].qp - points[i].qp);
        line[qp] = (float)(points[i].value + share * (points[i + 1].value - points[i].value));
    }
}

void mp_sim_curve_fill(float curve[MP_SIM_QPS], const MpChromiumPoint *points)
{
    MpChromiumPoint logarithms[MP_CHROMIUM_POINTS] = {{0}};
    for (guint i = 0; i < MP_CHROMIUM_POINTS && points[i].value > 0; i++)
        logarithms[i] = (MpChromiumPoint){points[i].qp, log(points[i].value)};
    mp_sim_line_fill(curve, logarithms);
    for (guint qp = 0; qp < MP_SIM_QPS; qp++)
        curve[qp] = expf(curve[qp]);
}

double mp_sim_cost_at(const MpSimCost *cost, double qp)
{
    const guint at = (guint)qp;
    const double spread = cost->spread ? (double)cost->spread[at] : 0;
    const double noise = exp(spread * (cost->draw - spread / 2));
    double bits = noise * cost->factor * (double)cost->bits_per_pixel[at] - cost->done_bits;
    if (cost->most_per_pixel)
        bits = MIN(bits, cost->factor * (double)cost->most_per_pixel[at]);
    return cost->least_bits + MAX(bits, 0);
}

void mp_sim_rate_control_init(MpSimRateControl *control, const MpChromiumEncoder *encoder,
                              MpSimCodec codec, gboolean is_screen)
{
    *control = (MpSimRateControl){
        .constants = &encoder->rate, .codec = &encoder->codecs[codec], .is_screen = is_screen};
    control->least_qp = is_screen ? control->codec->screen_least_qp : control->codec->least_qp;
    mp_sim_curve_fill(control->estimate, control->codec->step);
    for (guint qp = 0; qp < MP_SIM_QPS; qp++)
        control->estimate[qp] = (float)pow((double)control->estimate[qp],
                                           -control->constants->estimate_power);
}

static double span_bits(const MpSimRateControl *control, MpTime span)
{
    return control->target_bps * (double)span / (double)MP_SEC(1);
}

void mp_sim_rate_control_restart(MpSimRateControl *control, double pixels)
{
    control->pixels = pixels;
    control->buffer = span_bits(control, control->constants->buffer_start);
    control->correction = control->codec->guess;
    control->key_correction = control->codec->key_guess;
    control->mean_qp = control->codec->most_qp;
    control->last_qp = control->codec->most_qp;
    control->qp_sum = 0;
    control->qp_frames = 0;
    control->decimation = 0;
    control->decimation_left = 0;
    control->frames = 0;
    control->since_key = 0;
    control->must_be_coarse = FALSE;
}

void mp_sim_rate_control_set(MpSimRateControl *control, double target_bps, double fps)
{
    control->target_bps = target_bps;
    control->fps = fps;
    control->buffer = MIN(control->buffer,
                          target_bps * (double)control->constants->buffer_most / MP_SEC(1));
}

static double frame_share(const MpSimRateControl *control)
{
    return control->target_bps / control->fps;
}

static void save(MpSimRateControl *control, double bits)
{
    const double most = span_bits(control, control->constants->buffer_most);
    control->buffer = MIN(control->buffer + frame_share(control) - bits, most);
    if (control->is_screen)
        control->buffer = MAX(control->buffer, -most);
}

/* One in two, two in three or three in four frames are left out while the buffer is low. */
static gboolean is_decimated(MpSimRateControl *control)
{
    const double mark = control->constants->drop_mark *
                        span_bits(control, control->constants->buffer_optimal);
    if (control->buffer > mark && control->decimation > 0)
        control->decimation--;
    if (control->buffer > mark * 2 / 3)
        control->decimation = MIN(control->decimation, 1);
    else if (control->buffer < mark / 8 && control->decimation >= 2)
        control->decimation = 3;
    else if (control->buffer < mark / 4 && control->decimation >= 1)
        control->decimation = MAX(control->decimation, 2);
    else if (control->decimation == 0)
        control->decimation = 1;

    if (control->decimation == 0 || control->decimation_left == 0) {
        control->decimation_left = control->decimation;
        return FALSE;
    }
    control->decimation_left--;
    return TRUE;
}

/* How far the buffer is from its optimum, in percent, bounded. */
static double buffer_error(const MpSimRateControl *control)
{
    const double optimal = span_bits(control, control->constants->buffer_optimal);
    return CLAMP(100 * (control->buffer - optimal) / MAX(optimal, 1),
                 -control->constants->undershoot_percent, control->constants->overshoot_percent);
}

static double inter_target(const MpSimRateControl *control)
{
    static const double decimated[] = {1, 1.5, 1.25, 1.25};
    const double share = frame_share(control) * decimated[control->decimation];
    return share * (1 + buffer_error(control) / 200);
}

/* Half of what is in the buffer for the first; then more than a usual one, the coarser the
 * pictures were. */
static double key_target(const MpSimRateControl *control)
{
    const double most = frame_share(control) * control->constants->key_most_frames;
    if (control->frames == 0)
        return MIN(span_bits(control, control->constants->buffer_start) / 2, most);
    const double coarse = 1.28 + 0.92 * control->mean_qp / control->codec->most_qp;
    double boost = MAX(32, 2 * control->fps - 16) * coarse;
    boost *= MIN(1, control->since_key / (control->fps / 2));
    return MIN(frame_share(control) * (1 + MAX(boost, 16) / 16), most);
}

/* The coarsest quantizer that may be used: with a full buffer no coarser than the mean of late. */
static double coarsest(const MpSimRateControl *control, gboolean is_key)
{
    const double most_qp = control->codec->most_qp;
    if (is_key)
        return most_qp;
    const double optimal = span_bits(control, control->constants->buffer_optimal);
    const double most = span_bits(control, control->constants->buffer_most);
    double worst = most_qp;
    if (control->qp_frames > control->constants->trusted_frames) {
        const double fill = CLAMP((control->buffer - optimal / 4) / (optimal * 3 / 4), 0, 1);
        worst = most_qp - fill * (most_qp - control->mean_qp);
    }
    if (control->buffer > optimal)
        worst -= worst / 4 * MIN(1, (control->buffer - optimal) / MAX(most - optimal, 1));
    return MAX(worst, control->least_qp + 1);
}

static double regulate(const MpSimRateControl *control, double target, gboolean is_key)
{
    const double correction = is_key ? control->key_correction : control->correction;
    const double most_per_pixel = target / control->pixels / correction;
    guint fine = (guint)control->least_qp;
    guint coarse = (guint)coarsest(control, is_key);
    while (fine < coarse) {
        const guint middle = (fine + coarse) / 2;
        if ((double)control->estimate[middle] <= most_per_pixel)
            coarse = middle;
        else
            fine = middle + 1;
    }
    double qp = fine;
    if (control->is_screen && !is_key)
        qp = MAX(qp, control->last_qp - control->constants->screen_qp_fall);
    return qp;
}

static void learn(MpSimRateControl *control, double qp, double bits, gboolean is_key)
{
    double *correction = is_key ? &control->key_correction : &control->correction;
    const double guessed = *correction * (double)control->estimate[(guint)qp] * control->pixels;
    const double error = bits / guessed - 1;
    *correction *= 1 + control->constants->correction_step * error;
}

static void remember_qp(MpSimRateControl *control, double qp)
{
    control->last_qp = qp;
    control->qp_sum += qp;
    control->qp_frames++;
    control->mean_qp = control->qp_sum / control->qp_frames;
    if (control->qp_frames <= control->constants->trusted_frames)
        control->mean_qp = (control->mean_qp + control->codec->most_qp) / 2;
    if (qp > control->mean_qp)
        control->mean_qp = qp - 1;
}

/* A screen's new page at a fine quantizer is not sent: the next frame is, at the coarsest. */
static gboolean is_overshoot(const MpSimRateControl *control, const MpSimCost *cost, double qp,
                             double bits)
{
    return control->is_screen && cost->is_new && qp < control->codec->most_qp * 3 / 4 &&
           bits > 2 * frame_share(control);
}

static void drop_overshoot(MpSimRateControl *control)
{
    control->must_be_coarse = TRUE;
    control->buffer = span_bits(control, control->constants->buffer_optimal);
    const double wanted = frame_share(control) / control->pixels /
                          (double)control->estimate[(guint)control->codec->most_qp];
    if (wanted > control->correction)
        control->correction = MIN(2 * control->correction, wanted);
}

gboolean mp_sim_rate_control_encode(MpSimRateControl *control, gboolean is_key,
                                    const MpSimCost *cost, double *qp, double *bits)
{
    control->since_key++;
    if (!is_key && (is_decimated(control) || control->buffer < 0)) {
        save(control, 0);
        return FALSE;
    }

    *qp = regulate(control, is_key ? key_target(control) : inter_target(control), is_key);
    if (control->must_be_coarse && !is_key)
        *qp = control->codec->most_qp;
    *bits = mp_sim_cost_at(cost, *qp);
    if (!is_key && is_overshoot(control, cost, *qp, *bits)) {
        drop_overshoot(control);
        return FALSE;
    }
    control->must_be_coarse = FALSE;
    learn(control, *qp, *bits, is_key);
    if (!is_key)
        remember_qp(control, *qp);
    else
        control->since_key = 0;
    control->frames++;
    save(control, *bits);
    return TRUE;
}
