/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's video jitter buffer, repair and freeze counter.
 */
#pragma once

#include "base/time.h"
#include "simulator/sim_setup.h"

/* The receiver asks for what is missing. */
typedef struct {
    MpTime tick;       /* how often it looks whether to ask again */
    MpTime round_trip; /* before one is known */
    guint most;        /* packets missing at once; one more: a key frame instead */
    guint most_asked;  /* times for one packet */
} MpChromiumNack;

/* The sender keeps what it may send again. */
typedef struct {
    MpTime least;          /* that a packet is kept */
    guint round_trips;     /* or this many, whichever is longer */
    guint longest_factor;  /* times as long while there are */
    guint few_packets;     /* fewer than so many */
    MpTime margin;         /* added to the round trip before a packet is sent once more */
    MpTime limiter_window; /* retransmitted bytes over it: at most the target rate */
    MpTime overhead_window;
    double most_overhead; /* share of the rate that repair may take from the encoder */
    guint header;         /* bytes that RTX adds: the sequence (RFC 4588 section 4) */
} MpChromiumHistory;

/* ULPFEC (RFC 5109). A factor is of 255: how many protection packets are in each 255. */
typedef struct {
    gboolean is_used[MP_SIM_AV1 + 1]; /* by MpSimCodec */
    MpTime least_round_trip;          /* below it delta frames go without */
    MpTime thin_round_trip;           /* below it frames of few bytes go without */
    double thin_bytes[3];             /* such a frame: up to CIF, up to VGA, beyond */
    guint thin_pixels[2];             /* CIF, VGA */
    guint loss_windows;               /* the worst of so many counts */
    MpTime loss_window;
    guint least_factor; /* for frames of more than one packet, once anything was lost */
    guint most_factor;
    guint key_boost; /* a key frame's factor against a delta frame's */
    /* The factor is top * (1 - exp(-slope * loss * rows^exponent)), loss of 255, a row for each
     * `row_kbit` of a frame, which counts as if it had `reference_pixels` (see the source). */
    double curve_top;
    double curve_slope;
    double curve_exponent;
    double row_kbit;
    double most_rows;
    double reference_pixels;
    double pixels_exponent;
    guint payload;     /* bytes, to guess how many packets a frame has */
    guint most_frames; /* in a group */
    guint most_packets;
    guint most_drawn;         /* media packets of a group whose sums overlap */
    guint high_factor;        /* of 256 media packets; beyond it a group has at least */
    guint least_packets;      /* so many, */
    double packets_per_frame; /* and one more where frames have this many packets */
    guint most_excess;        /* of 256: a group waits while it would cost more than it should */
    guint header;             /* bytes of RED and ULPFEC */
} MpChromiumProtection;

typedef struct {
    double initial_bytes;
    guint frames_until_size;
    double average_weight; /* of the past, in the mean and variance of a frame's size */
    double most_weight;    /* in its maximum, which decays */
    double initial_size_variance;
    double initial_noise_variance;
    double clamp_deviations;
    double outlier_deviations;
    double size_outlier_deviations;
    double congested_factor;
    guint alpha_most;
    guint startup_frames;
    guint fps_window;
    double most_fps;
    double noise_deviations;
    double noise_offset_ms;
    double least_ms;
    double most_ms;
    double system_ms;
    guint repaired_frames; /* from this many on a round trip is added */
    MpTime repaired_timeout;
    double round_trip_share;
    MpTime most_round_trip;
    double scale_from_fps; /* below: no delay */
    double scale_to_fps;   /* from here on all of it */
    double theta;          /* ms a byte, to begin with */
    double least_theta;
    double covariance[2];
    double process_noise[2];
    double observation_noise; /* at no difference of size */
} MpChromiumJitter;

/* Local time of a picture's timestamp. Ticks are of the 90 kHz clock. */
typedef struct {
    double covariance[2];
    guint startup_frames;
    MpTime reset_timeout;
    guint outlier_startup;
    guint outlier_most;
    double outlier_weight;
    double outlier_deviations;
    double initial_variance;
    double alarm;
    double drift;
    double clip;
} MpChromiumExtrapolator;

typedef struct {
    MpTime render;    /* taken for drawing */
    MpTime decode;    /* that a frame takes; not libwebrtc's but our machine's */
    MpTime tick;      /* of the metronome that wakes decoders; frames between two do not wait */
    MpTime most_late; /* a frame that is later is skipped where another could be shown */
    MpTime most;      /* beyond it all is begun anew */
} MpChromiumTiming;

/* Receiver reports of video. */
typedef struct {
    MpTime interval;
    gboolean is_offerer_compound; /* who made the offer reports with each NACK as well */
    guint bytes;                  /* of one, without what it tells of each packet */
} MpChromiumRtcp;

typedef struct {
    guint window;
    guint least_samples;
    guint factor;
    gint64 increase_ms;
} MpChromiumFreeze;

typedef struct {
    MpTime longest_wait;     /* without a frame, then a key frame is asked for */
    MpTime longest_key_wait; /* the same while a key frame is awaited */
    MpTime inactive;         /* no packet for so long: paused, not frozen */
    MpChromiumNack nack;
    MpChromiumHistory history;
    MpChromiumProtection protection;
    MpChromiumJitter jitter;
    MpChromiumExtrapolator extrapolator;
    MpChromiumTiming timing;
    MpChromiumFreeze freeze;
    MpChromiumRtcp rtcp;
} MpChromiumPlayout;

extern const MpChromiumPlayout mp_chromium_playout_2026_07;
