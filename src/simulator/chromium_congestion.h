/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's congestion control, pacer and probes.
 */
#pragma once

#include "base/time.h"

/* Packets that left together are one group; how groups spread says whether a queue grows. */
typedef struct {
    gint64 group_ms;         /* packets sent within it are one group */
    gint64 burst_gap_ms;     /* arrived this close together and faster than sent: also one */
    gint64 longest_burst_ms; /* of arrivals that are joined so */
    gint64 clock_step_ms;    /* the far end's clock jumped */
    guint most_reordered;    /* groups in a row that came before the last one */
    MpTime silence;          /* after it all is forgotten */
} MpChromiumArrival;

#define MP_CHROMIUM_TREND_WINDOW 20

typedef struct {
    double smoothing;   /* of the accumulated delay */
    double gain;        /* of the slope */
    guint most_deltas;  /* that the slope is multiplied by */
    double overuse_ms;  /* beyond the threshold before it counts */
    double threshold;   /* at first */
    double least;       /* of the threshold */
    double most;        /* of the threshold */
    double rise_per_ms; /* of the threshold towards a larger slope */
    double fall_per_ms; /* towards a smaller one */
    double farthest;    /* a slope this much beyond the threshold does not move it */
    gint64 longest_ms;  /* between two moves */
} MpChromiumTrend;

typedef struct {
    double backoff;          /* of the acknowledged rate */
    double backoff_bps;      /* and this much less */
    double growth;           /* a second, while the link's rate is not known */
    double least_growth_bps; /* at a time */
    double least_bps_per_s;  /* once the link's rate is known */
    double ahead;            /* of the acknowledged rate at most */
    double ahead_bps;        /* and this much more */
    double frame_rate;       /* how large a packet is at a rate: of frames of this rate */
    double packet_bytes;     /* and packets of at most this */
    MpTime response;         /* of the overuse detector */
    MpTime round_trip;       /* until one is known */
    MpTime least_interval;   /* between two reductions, and */
    MpTime most_interval;
    double capacity_weight;     /* of a new sample of the link's rate */
    double capacity_deviations; /* away from it: another link */
    double least_deviation;     /* normalised variance, kbit/s */
    double most_deviation;
} MpChromiumAimd;

typedef struct {
    guint least_packets;  /* for a rate */
    guint window_packets; /* and */
    gint64 window_ms;     /* are kept at least */
    guint most_packets;
    gint64 longest_ms;
    gint64 reordered_ms; /* beyond it the clock jumped */
} MpChromiumAckedRate;

#define MP_CHROMIUM_LOSS_WINDOW 15
#define MP_CHROMIUM_LOSS_FACTORS 3

/* The loss-based estimate, version 2. */
typedef struct {
    gint64 observation_ms; /* at least */
    guint least_observations;
    double weight;                               /* of an observation against the one after it */
    double candidates[MP_CHROMIUM_LOSS_FACTORS]; /* of the present estimate */
    double inherent_loss;                        /* at first */
    double least_inherent_loss;
    double inherent_loss_offset; /* its bound: the offset, and */
    double inherent_loss_bps;    /* this over the estimate */
    double newton_step;
    double instant_offset; /* average loss beyond it bounds the estimate by */
    double instant_bps;    /* this over what is beyond */
    double rate_bias;      /* preference for higher estimates, for each kbit/s */
    double log_bias;       /* and for its logarithm */
    double bias_loss;      /* at average loss beyond this the preference turns */
    double bias_smoothing;
    double median_factor;   /* sending that much more than usual explains the worst observation */
    double most_increase;   /* within */
    gint64 increase_ms;     /* of a window */
    double ramp_up;         /* of the acknowledged rate at most while loss limits */
    double ramp_up_in_hold; /* the same near the rate that was held */
    double hold_threshold;  /* how near */
    gint64 first_hold_ms;
    gint64 most_hold_ms;
    double hold_factor; /* each hold is so much longer */
    gint64 padding_ms;  /* while loss limits and the estimate grows */
} MpChromiumLossBased;

typedef struct {
    double first;         /* of the start rate */
    double second;        /* of the start rate */
    double further;       /* of the result before */
    double further_above; /* of the probe's rate: a result that asks for more */
    double most_bps;      /* of any probe */
    double most_of_need;  /* of what the encoders can use */
    MpTime result_within;
    MpTime interval;         /* of probes in the application-limited region */
    double limited;          /* of the estimate, in that region */
    double need;             /* of what the encoders can use, when that changes */
    double second_need;      /* of the same */
    double need_of_estimate; /* both at most */
    guint least_packets;
    MpTime span;
    MpTime step;             /* so much is sent at once */
    double large_drop;       /* of the estimate */
    MpTime drop_timeout;     /* since the drop */
    double drop_fraction;    /* of the estimate before the drop */
    double drop_uncertainty; /* of the result */
    MpTime limited_ended;    /* recently */
    /* The result. */
    double received_share; /* of its packets and bytes at least */
    double most_ratio;     /* received to sent rate */
    double unsaturated;    /* the ratio of a link that has room */
    double utilisation;    /* of one that has none */
    gint64 longest_ms;     /* of a cluster */
    double drop_acked;     /* of the acknowledged rate: a result does not take the estimate lower */
} MpChromiumProbes;

/* The application-limited region. */
typedef struct {
    double usage; /* of the target, that the budget is filled by */
    double start; /* level of the budget */
    double stop;
    gint64 budget_ms;
} MpChromiumLimited;

/* What may be in flight. */
typedef struct {
    gint64 queue_ms; /* beyond the smallest round trip */
    guint round_trips;
    double least_bytes;
    double full; /* of the window: the encoder is slowed */
    double very_full;
    double nearly_empty;
    double slower;
    double much_slower;
    double faster;
    double least_bps;
} MpChromiumWindow;

typedef struct {
    double camera_factor; /* of the target */
    double screen_factor;
    MpTime camera_queue; /* all that waits must be gone by then */
    MpTime screen_queue;
    MpTime burst;
    double burst_bytes;
    MpTime most_debt;
    MpTime padding;        /* at a time */
    guint padding_bytes;   /* of a packet that carries nothing */
    guint least_payload;   /* to pad by sending something again */
    double padding_excess; /* of what is asked for, at most */
    guint padding_change;  /* smaller packets than the one kept do not replace it */
    MpTime probe_early;    /* a step of a probe may be */
    MpTime probe_timeout;
    guint probe_packet; /* the first packet that starts a probe is at least as large */
} MpChromiumPacer;

typedef struct {
    MpTime first;
    MpTime least;
    MpTime most;
    double share; /* of the target */
    double bytes; /* of one */
} MpChromiumFeedback;

typedef struct {
    double start_bps;
    double least_bps;
    double most_bps;
    MpTime interval;    /* of everything that is done by time */
    MpTime start;       /* delays and probes alone are trusted */
    guint loss_packets; /* of receiver reports, for a loss rate */
    MpTime backoff_round_trip;
    double backoff;
    MpTime backoff_interval;
    double backoff_bps; /* not below */
    MpChromiumArrival arrival;
    MpChromiumTrend trend;
    MpChromiumAimd aimd;
    MpChromiumAckedRate acked_rate;
    MpChromiumLossBased loss_based;
    MpChromiumProbes probes;
    MpChromiumLimited limited;
    MpChromiumWindow window;
    MpChromiumPacer pacer;
    MpChromiumFeedback feedback;
    double most_allocated; /* to video: times what its encoder uses at most */
} MpChromiumCongestion;

extern const MpChromiumCongestion mp_chromium_congestion_2026_07;
