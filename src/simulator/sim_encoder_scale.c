/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The mean quantizer of the last frames, looked at every few seconds, moves the height one step of
 * 3/4 or 2/3 down or up.
 */
#include "simulator/sim_encoder_scale.h"

/* libwebrtc media/base/video_adapter: by turns, first 3/4 unless both sides are whole thirds. */
static void scale(const MpSimScaler *scaler, guint level, guint *width, guint *height)
{
    gboolean is_third = scaler->width % 3 == 0 && scaler->height % 3 == 0;
    guint numerator = 1, denominator = 1;
    for (guint i = 0; i < level; i++) {
        numerator *= is_third ? 2 : 3;
        denominator *= is_third ? 3 : 4;
        is_third = !is_third;
    }
    *width = scaler->width * numerator / denominator;
    *height = scaler->height * numerator / denominator;
}

static guint pixels(const MpSimScaler *scaler)
{
    guint width, height;
    scale(scaler, scaler->level, &width, &height);
    return width * height;
}

guint mp_sim_scaler_width(const MpSimScaler *scaler)
{
    guint width, height;
    scale(scaler, scaler->level, &width, &height);
    return width;
}

guint mp_sim_scaler_height(const MpSimScaler *scaler)
{
    guint width, height;
    scale(scaler, scaler->level, &width, &height);
    return height;
}

void mp_sim_scaler_init(MpSimScaler *scaler, const MpChromiumEncoder *encoder,
                        const MpSimSetup *setup, MpTime start)
{
    const MpChromiumCodec *codec = &encoder->codecs[setup->codec];
    /* A screen keeps its resolution, whatever becomes of its frame rate. */
    *scaler = (MpSimScaler){.constants = &encoder->scaler,
                            .low_qp = codec->low_qp,
                            .high_qp = codec->high_qp,
                            .width = setup->width,
                            .height = setup->height,
                            .is_free = setup->session != MP_SESSION_SCREEN_SHARE,
                            .check_at = start + encoder->scaler.check_every};
}

static gboolean can_step_down(const MpSimScaler *scaler)
{
    return scaler->is_free && scaler->level + 1 < MP_SIM_SCALES &&
           pixels(scaler) * scaler->constants->step_share >= scaler->constants->least_pixels;
}

gboolean mp_sim_scaler_drops_first(MpSimScaler *scaler, double bps)
{
    const MpChromiumScaler *constants = scaler->constants;
    if (!scaler->is_free || scaler->initial_drops >= constants->initial_drops)
        return FALSE;

    guint most = G_MAXUINT;
    if (bps < constants->small_bps)
        most = constants->small_pixels;
    else if (bps < constants->middle_bps)
        most = constants->middle_pixels;
    if (pixels(scaler) <= most) {
        scaler->initial_drops = G_MAXUINT;
        return FALSE;
    }
    scaler->initial_drops++;
    if (can_step_down(scaler))
        scaler->level++;
    return TRUE;
}

static void forget(MpSimScaler *scaler)
{
    scaler->n_frames = 0;
    scaler->at = 0;
    scaler->qp_sum = 0;
    scaler->n_dropped = 0;
}

static void add(MpSimScaler *scaler, double qp)
{
    if (scaler->n_frames == MP_SIM_SCALE_WINDOW) {
        const double oldest = (double)scaler->qps[scaler->at];
        if (oldest < 0)
            scaler->n_dropped--;
        else
            scaler->qp_sum -= oldest;
    } else {
        scaler->n_frames++;
    }
    scaler->qps[scaler->at] = (float)qp;
    scaler->at = (scaler->at + 1) % MP_SIM_SCALE_WINDOW;
    if (qp < 0)
        scaler->n_dropped++;
    else
        scaler->qp_sum += (double)(float)qp;
}

void mp_sim_scaler_encoded(MpSimScaler *scaler, double qp)
{
    add(scaler, qp);
}

void mp_sim_scaler_dropped(MpSimScaler *scaler)
{
    add(scaler, -1);
}

typedef enum { TOO_FEW, AS_IT_IS, TOO_COARSE, FINE } Judgement;

static Judgement judge(const MpSimScaler *scaler)
{
    if (scaler->n_frames < scaler->constants->least_frames)
        return TOO_FEW;
    if (100.0 * scaler->n_dropped / scaler->n_frames >= scaler->constants->drop_percent)
        return TOO_COARSE;
    const guint encoded = scaler->n_frames - scaler->n_dropped;
    /* Rounded down, as libwebrtc's moving average is. */
    const guint mean = encoded ? (guint)(scaler->qp_sum / encoded) : 0;
    if (mean > scaler->high_qp)
        return TOO_COARSE;
    return mean <= scaler->low_qp ? FINE : AS_IT_IS;
}

void mp_sim_scaler_advance(MpSimScaler *scaler, MpTime now)
{
    if (!scaler->is_free || now < scaler->check_at)
        return;

    const Judgement judgement = judge(scaler);
    if (judgement == TOO_COARSE || judgement == FINE)
        forget(scaler);
    if (judgement == TOO_COARSE) {
        scaler->was_high = TRUE;
        if (can_step_down(scaler))
            scaler->level++;
    } else if (judgement == FINE && scaler->level > 0) {
        scaler->level--;
    }
    const double later = scaler->was_high ? scaler->constants->check_later : 1;
    scaler->check_at = now + (MpTime)((double)scaler->constants->check_every * later);
}
