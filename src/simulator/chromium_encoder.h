/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's video encoders, their sources and quality scaler.
 */
#pragma once

#include "base/time.h"

/* One point of a curve over the quantizer: straight lines between the logarithms of the values. */
typedef struct {
    double qp;
    double value;
} MpChromiumPoint;

#define MP_CHROMIUM_POINTS 8

typedef struct {
    /* The quantizer's ends, of a camera and of a screen. */
    double least_qp;
    double most_qp;
    double screen_least_qp;
    /* Quality scaler: mean QP up to which a higher picture is tried, beyond which a lower one. */
    double low_qp;
    double high_qp;
    /* Its own rate control is believed: nobody else drops frames for it. */
    gboolean is_rate_trusted;
    /* The share of a screen's pictures that it encodes at all. */
    double screen_share;
    /* The quantizer's step, in any unit: what its own estimate of a frame's size goes by. */
    MpChromiumPoint step[MP_CHROMIUM_POINTS];
    double guess;     /* that estimate before the first frame, at step 1, in bits per pixel */
    double key_guess; /* of a key frame */
    /* VP8's quantizer with which a picture looks the same, and the share of its bits. */
    MpChromiumPoint like_vp8[MP_CHROMIUM_POINTS];
    double bits_share;
    double key_share;    /* of VP8's key frames */
    double spread_share; /* of how VP8's frames vary */
    double settle;       /* after one a camera's frames are so many times larger, besides */
    /* Time to encode, of each pixel. */
    double pixel_ns;
} MpChromiumCodec;

/* libvpx' rate control as libwebrtc sets it up; spans are of bits at the target. */
typedef struct {
    MpTime buffer_start;
    MpTime buffer_optimal;
    MpTime buffer_most;
    double undershoot_percent; /* a target's most correction downwards, in half percents */
    double overshoot_percent;
    double drop_mark;       /* of the optimal: below it frames are left out */
    double estimate_power;  /* its estimate of a frame goes with the step to minus this */
    double correction_step; /* how much of an estimate's error is corrected at once */
    guint trusted_frames;   /* before the mean quantizer bounds the next ones */
    double key_most_frames; /* of a frame's share: a key frame's most */
    double screen_qp_fall;  /* of a screen from frame to frame */
    MpTime rate_window;     /* over which the frame rate is measured */
} MpChromiumRateControl;

/* Frames left out in front of an encoder that is not believed. */
typedef struct {
    MpTime bucket;     /* of bits at the target: fuller is too full */
    MpTime most_ahead; /* no more is counted */
    double far;        /* times too full: it follows faster */
    double ratio_kept; /* of the share of frames, from frame to frame */
    double ratio_kept_far;
    MpTime longest_drop;
    double large;        /* times the mean frame: counted over many */
    MpTime spread;       /* over frames of this time, ... */
    double least_spread; /* ... or so many frames */
    double size_kept;    /* of the mean frame */
} MpChromiumDropper;

/* How an encoder is told less than its target. */
typedef struct {
    MpTime window;
    guint least_frames;  /* of an encoder that begins */
    double use_at_first; /* of the link, until then */
    double most_use;
} MpChromiumAdjuster;

/* How large pictures are made, by libwebrtc's adaptation. */
typedef struct {
    MpTime check_every;  /* before the first step down */
    double check_later;  /* after it: times as long */
    guint least_frames;  /* for a judgement */
    guint window_frames; /* that are judged */
    double drop_percent; /* of frames left out: a step down, too */
    double step_share;   /* of the pixels: a step down comes to at most this */
    guint least_pixels;  /* the least height's, at all */
    guint initial_drops; /* frames left out at the start for their size */
    double small_bps;    /* below this rate the first frame has no more than ... */
    guint small_pixels;
    double middle_bps;
    guint middle_pixels;
} MpChromiumScaler;

/* The most of a height. */
typedef struct {
    guint pixels;
    double bps;
} MpChromiumMostRate;

#define MP_CHROMIUM_MOST_RATES 4

/* What a camera, a screen and a pipeline behind a camera show. Curves are of VP8, in bits per pixel
 * over its quantizer. */
typedef struct {
    MpChromiumPoint camera[MP_CHROMIUM_POINTS]; /* a frame at 640x480 and 30 fps */
    MpChromiumPoint camera_key[MP_CHROMIUM_POINTS];
    MpChromiumPoint camera_spread[MP_CHROMIUM_POINTS]; /* of a frame's bits, as the deviation of
                                                        * their logarithm */
    double camera_drift;                               /* of the picture's over seconds */
    MpTime camera_drift_time;
    MpTime camera_settle_time; /* after a key frame */
    double camera_height;      /* a lower picture has so many more bits per pixel: power of ratio */
    double camera_rate;        /* a rarer frame more bits: power of the interval's ratio */

    MpChromiumPoint page[MP_CHROMIUM_POINTS];   /* the first frame of a page of text */
    MpChromiumPoint whole[MP_CHROMIUM_POINTS];  /* it and all that make it finer */
    MpChromiumPoint refine[MP_CHROMIUM_POINTS]; /* the most of one of these */
    double change;                              /* what moves on a page, in bits per pixel */
    double scroll_change;                       /* a line that is scrolled in */
    double scroll_refine; /* of what scrolls so little is made finer at once, of a slide's */
    double page_spread;   /* of a page's bits, as the deviation of the logarithm */
    MpTime slide_every;   /* another page */
    MpTime scroll_every;

    MpTime grid;             /* the browser draws no more often */
    double pipeline_ms;      /* that each frame costs besides what the pipeline says */
    double pipeline_stretch; /* of its time where the call takes from the same processor */
    double pipeline_spread;  /* of it from frame to frame, as the deviation of the logarithm */
    double computer_spread;  /* of it from call to call: how busy the computer is */
} MpChromiumContent;

typedef struct {
    guint packet_bytes; /* of a frame that a packet carries at most */
    double least_bps;
    MpTime longest_backlog;  /* of the pacer: nothing is encoded meanwhile */
    double least_drop_share; /* of frames, for what is in flight: less is none */
    double overuse;          /* of a frame's interval that encoding may take */
    MpChromiumMostRate most[MP_CHROMIUM_MOST_RATES];
    double screen_most_bps;    /* a screen's at least */
    MpChromiumCodec codecs[4]; /* by MpSimCodec */
    MpChromiumRateControl rate;
    MpChromiumDropper dropper;
    MpChromiumAdjuster adjuster;
    MpChromiumScaler scaler;
    MpChromiumContent content;
} MpChromiumEncoder;

extern const MpChromiumEncoder mp_chromium_encoder_2026_07;
