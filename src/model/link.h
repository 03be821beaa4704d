/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a link does to packets, one direction at a time. The one description that the lab's
 * emulator, the simulated links of unit tests and the forecast's path model share.
 */
#pragma once

#include "base/time.h"

/* Added to the delay; the sum is never below 0. */
typedef enum {
    MP_JITTER_UNIFORM,     /* -scale to +scale */
    MP_JITTER_NORMAL,      /* standard deviation scale */
    MP_JITTER_EXPONENTIAL, /* 0 and more, mean scale */
    MP_JITTER_PARETO,      /* 0 and more, shape 3, mean scale: rare and large */
} MpJitterDistribution;

typedef struct {
    MpJitterDistribution distribution;
    MpTime scale;            /* 0: no jitter */
    MpTime correlation_time; /* autocorrelation falls to 1/e in this time; 0: independent */
    gboolean reorders;       /* a packet may overtake; otherwise it waits for the one before it */
} MpLinkJitter;

/* Gilbert-Elliott: two states with a loss probability each, one step a packet. Independent loss is
 * the good state alone. Probabilities 0 to 1. */
typedef struct {
    double good_to_bad;
    double bad_to_good;
    double loss_in_good;
    double loss_in_bad;
} MpLinkLoss;

typedef enum { MP_QUEUE_TAIL_DROP, MP_QUEUE_CODEL } MpQueueDiscipline;

/* What waits for the bottleneck. Both limits 0: 1000 packets, or any number while there is neither
 * a rate nor a trace and an outage holds them. */
typedef struct {
    MpQueueDiscipline discipline;
    MpTime limit_time;   /* to wait for the packets before it, at the present rate; 0: no limit */
    guint limit_packets; /* the one that is being sent counts; 0: no limit */
} MpLinkQueue;

/* All zero: nothing happens to a packet. */
typedef struct {
    MpTime delay;
    MpLinkJitter jitter;
    MpLinkLoss loss;
    double duplicate;    /* probability of a second copy */
    double corrupt;      /* probability of one flipped bit */
    guint64 rate_bps;    /* of IP packets, header included; 0: unlimited */
    guint64 burst_bytes; /* of a token bucket at that rate; 0: none, packets leave one by one */
    MpLinkQueue queue;
} MpLinkConditions;

/* From `at` after the link's start on, instead of all that was before. */
typedef struct {
    MpTime at;
    MpLinkConditions conditions;
} MpLinkChange;

typedef enum {
    MP_OUTAGE_DROPS, /* what comes is lost: radio gone */
    MP_OUTAGE_HOLDS, /* what comes waits for the end and leaves in a burst: handover */
} MpOutageType;

typedef struct {
    MpOutageType type;
    MpTime at; /* the first one, after the link's start */
    MpTime length;
    MpTime every; /* 0: only once */
} MpLinkOutage;

/* A mahimahi trace: the milliseconds, ascending, at which MP_LINK_TRACE_BYTES may leave; repeats
 * from the start after its last one. It stands in the place of the rate. */
#define MP_LINK_TRACE_BYTES 1500

typedef struct {
    MpLinkConditions conditions;
    GArray *changes;       /* MpLinkChange, ascending */
    GArray *outages;       /* MpLinkOutage */
    GArray *opportunities; /* guint32, ms; empty: no trace */
} MpLinkDirection;

typedef enum { MP_LINK_EMULATOR, MP_LINK_NETEM } MpLinkBackend;

typedef struct {
    MpLinkDirection up; /* from the site to the internet */
    MpLinkDirection down;
    guint64 seed;
    MpLinkBackend backend;
} MpLink;

/* One that does nothing, seed 1. */
MpLink *mp_link_new(void);
MpLink *mp_link_copy(const MpLink *link);
void mp_link_free(MpLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpLink, mp_link_free)

/* Loss without bursts, and bursts of `mean_length` packets (1 or more) that lose all; both lose
 * `ratio` (0 to 1) of the packets in the long run. */
MpLinkLoss mp_link_loss_independent(double ratio);
MpLinkLoss mp_link_loss_bursts(double ratio, double mean_length);
/* The long-run ratio. */
double mp_link_loss_ratio(const MpLinkLoss *loss);
