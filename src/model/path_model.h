/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a path does to packets, as far as a short test can tell: the posterior of the parameters of
 * a link, from which links are drawn that might have been the one. All numbers are optional where
 * it is said: NAN means that nothing is known.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/link.h"

/* A probability of which so many yes and no were counted, a prior's share included: it is
 * distributed as Beta(yes, no). */
typedef struct {
    double yes;
    double no;
} MpChance;

/* A positive number whose logarithm is normal: its median, and the deviation of the logarithm. */
typedef struct {
    double median;
    double spread;
} MpGuess;

/* Gilbert and Elliott's chain a packet, of what no full queue and no outage explains. */
typedef struct {
    double in_bursts;     /* the probability that losses depend on each other, 0 to 1 */
    MpChance alone;       /* to be lost, where they do not */
    MpChance good_to_bad; /* where they do */
    MpChance bad_to_good;
    MpChance loss_in_good;
    MpChance loss_in_bad;
} MpPathLoss;

/* What is left of delay variation without the queue that the test itself made. */
typedef struct {
    MpJitterDistribution distribution;
    MpGuess scale_ms;
    MpGuess correlation_ms; /* median 0: independent */
    double median_ms;       /* half of all packets come so much later than the least */
    double middle;          /* in scales: the median of what it adds */
    double middle_spread;   /* its standard deviation: a short test's median is not the path's */
    gboolean reorders;
} MpPathJitter;

/* Moments when nothing passes, as a Poisson process; the rate is distributed as
 * Gamma(number, seconds). */
typedef struct {
    MpOutageType type;
    double number;
    double seconds;
    MpGuess length_ms;
} MpPathOutages;

typedef struct {
    guint packets;   /* that it is made from; 0: nothing is known, the rest is meaningless */
    double seconds;  /* from the first to the last */
    double delay_ms; /* the least seen; half the round trip, its halves cannot be told apart */
    MpPathJitter jitter;
    MpPathLoss loss;
    guint crowded_out; /* packets lost at a full queue or by a policer, not in `loss` */
    /* The bottleneck, of IP packets. `rate_kbps` NAN: none was met, it carries `low` or more. */
    double rate_kbps;
    double rate_low_kbps;  /* from here */
    double rate_high_kbps; /* to here with 95 % */
    double bucket_bytes;   /* a token bucket's; 0: none was met */
    gboolean is_policer;   /* what exceeds the rate is dropped, not queued */
    /* The longest wait of the queue. `queue_ms` NAN: it was never full, it holds `low` or more. */
    double queue_ms;
    double queue_low_ms;
    double queue_high_ms;
    MpPathOutages outages;
} MpPathSide;

typedef struct {
    MpPathSide up;
    MpPathSide down;
} MpPathModel;

/* Both sides unknown. */
MpPathModel *mp_path_model_new(void);

/* Both sides are known. */
gboolean mp_path_model_is_whole(const MpPathModel *model);

/* One link that may be this one: every parameter drawn from what the test left open, outages for
 * the first MP_PATH_MODEL_SPAN after its start. Both sides must be known. The same seed, the same
 * link; `link` is one of mp_link_new(). */
#define MP_PATH_MODEL_SPAN MP_SEC(300)
void mp_path_model_draw(const MpPathModel *model, guint64 seed, MpLink *link);

/* result.json's paths[].model. */
JsonObject *mp_path_model_to_json(const MpPathModel *model);
/* NULL: it has neither side as it should be. */
MpPathModel *mp_path_model_from_json(JsonObject *object);
