/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An encoder's own rate control: which quantizer a frame gets, how large it becomes, and which
 * frames are left out. After libvpx' VP8 in its real-time, constant rate mode.
 */
#pragma once

#include "simulator/chromium.h"
#include "simulator/sim_setup.h"

/* The finest scale, AV1's and VP9's. */
#define MP_SIM_QPS 256

/* What a frame of a picture would take at each quantizer. */
typedef struct {
    const float *bits_per_pixel; /* MP_SIM_QPS */
    const float *most_per_pixel; /* of one frame; NULL: all at once */
    double factor;               /* pixels, times how much more there is to see than usual */
    const float *spread;         /* of a frame's bits, as the deviation of the logarithm; NULL: 0 */
    double draw;                 /* normal: how many deviations this frame is off */
    double least_bits;           /* at any quantizer, besides */
    double done_bits;            /* came before, with earlier frames */
    gboolean is_new;             /* nothing like the picture before */
} MpSimCost;

typedef struct {
    const MpChromiumRateControl *constants;
    const MpChromiumCodec *codec;
    gboolean is_screen;
    double target_bps;
    double fps;
    double pixels;
    double least_qp;
    double buffer; /* bits that may still be spent */
    double correction;
    double key_correction;
    double mean_qp;
    double qp_sum;
    guint qp_frames;
    double last_qp;
    guint decimation;
    guint decimation_left;
    guint frames;
    guint since_key;
    gboolean must_be_coarse;
    float estimate[MP_SIM_QPS]; /* bits per pixel, of the step alone */
} MpSimRateControl;

void mp_sim_rate_control_init(MpSimRateControl *control, const MpChromiumEncoder *encoder,
                              MpSimCodec codec, gboolean is_screen);
/* Another size begins anew, with a key frame. */
void mp_sim_rate_control_restart(MpSimRateControl *control, double pixels);
void mp_sim_rate_control_set(MpSimRateControl *control, double target_bps, double fps);
/* FALSE: left out. */
gboolean mp_sim_rate_control_encode(MpSimRateControl *control, gboolean is_key,
                                    const MpSimCost *cost, double *qp, double *bits);

/* What lies on the lines between points, at every whole quantizer; of a curve it is the logarithms
 * that lie on lines. Points end with the first whose quantizer is 0, but for the very first. */
void mp_sim_line_fill(float line[MP_SIM_QPS], const MpChromiumPoint *points);
void mp_sim_curve_fill(float curve[MP_SIM_QPS], const MpChromiumPoint *points);
double mp_sim_cost_at(const MpSimCost *cost, double qp);
