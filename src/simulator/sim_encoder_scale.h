/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How high an encoder's pictures are: libwebrtc's quality scaler, which keeps a camera's frame rate
 * and gives up resolution, and the frames left out at the start for their size.
 */
#pragma once

#include "simulator/chromium.h"
#include "simulator/sim_setup.h"

#define MP_SIM_SCALE_WINDOW 150
#define MP_SIM_SCALES 8

typedef struct {
    const MpChromiumScaler *constants;
    double low_qp;
    double high_qp;
    guint width; /* of the source */
    guint height;
    guint level;      /* steps down */
    gboolean is_free; /* may step at all */
    gboolean was_high;
    gboolean was_told;
    MpTime check_at;
    guint initial_drops; /* G_MAXUINT: a frame was encoded */
    guint n_frames;
    guint at;
    float qps[MP_SIM_SCALE_WINDOW]; /* negative: the frame was left out */
    double qp_sum;
    guint n_dropped;
} MpSimScaler;

void mp_sim_scaler_init(MpSimScaler *scaler, const MpChromiumEncoder *encoder,
                        const MpSimSetup *setup, MpTime start);
guint mp_sim_scaler_width(const MpSimScaler *scaler);
guint mp_sim_scaler_height(const MpSimScaler *scaler);
/* TRUE: the first frames are too large for the rate; this one is left out and the next is lower. */
gboolean mp_sim_scaler_drops_first(MpSimScaler *scaler, double bps);
void mp_sim_scaler_encoded(MpSimScaler *scaler, double qp);
/* Left out by media optimization, not by the encoder itself. */
void mp_sim_scaler_dropped(MpSimScaler *scaler);
/* Looks whether it is time for another height. */
void mp_sim_scaler_advance(MpSimScaler *scaler, MpTime now);
