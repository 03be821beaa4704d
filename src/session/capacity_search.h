/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much one direction of a way carries: which train to send next, and what the trains so far
 * say. Pure: trains in, the next train out.
 *
 * It begins with trains at one and a half times what is needed, each several times as long as the
 * one before, until one lasts long enough (then enough is there) or is held to a rate. That rate is
 * measured by a train somewhat faster, and then confirmed by one somewhat slower, which must pass.
 */
#pragma once

#include "stats/packet_train.h"

typedef struct {
    guint64 need_bps;   /* of IP packets: what the call needs */
    guint64 known_bps;  /* what has just been carried for a second or more; 0: nothing is known */
    guint64 most_bytes; /* that may be spent */
    double loss;        /* what is lost without any load, 0 to 1; NAN: not known */
} MpCapacitySearchConfig;

/* A train to send. */
typedef struct {
    guint64 rate_bps;
    MpTime span;
} MpCapacityAim;

/* What holds a way to its rate. */
typedef enum {
    MP_LIMITER_NONE,    /* nothing did */
    MP_LIMITER_QUEUE,   /* packets wait: a line, a shaper */
    MP_LIMITER_POLICER, /* packets beyond the rate are dropped without waiting */
} MpLimiter;

/* Rates in bit/s of IP packets. NAN: not known. */
typedef struct {
    double low;
    double value;
    double high; /* NAN: there may be any amount more */
    MpLimiter limiter;
    double burst_bytes; /* that passes at once; 0: none was seen */
} MpCapacity;

typedef enum {
    MP_CAPACITY_SEEKING,
    MP_CAPACITY_MEASURING,
    MP_CAPACITY_CONFIRMING,
    MP_CAPACITY_DONE,
} MpCapacityPhase;

/* More than there is time for. */
#define MP_CAPACITY_MOST_TRAINS 16

typedef struct {
    MpCapacitySearchConfig config;
    MpCapacityPhase phase;
    guint64 step_bytes; /* the longest train that may be risked */
    guint64 spent_bytes;
    guint n_trains;
    guint n_measured;
    guint n_unheard;
    guint n_again;
    double usual_loss; /* of what passed unhindered so far; NAN: not known */
    double usual_packets;
    double passed; /* the rate of the longest train that passed unhindered; 0: none */
    guint64 passed_bytes;
    double held; /* the rate that a train was held to; NAN: none was */
    double held_error;
    double sent;      /* how fast that train was */
    double low, high; /* of all trains that were held */
    double burst_bytes;
    struct {
        MpTime began;
        double bytes;
        double clear_bytes; /* that went before heavy loss set in; 0: it did not */
        double clear_ms;
    } trains[MP_CAPACITY_MOST_TRAINS];
    guint n_policed;
    guint n_queued;
    gboolean is_confirmed;
    gboolean is_enough;
} MpCapacitySearch;

/* The most bytes that a direction should spend on a need: 2 MB for 5 Mbps. */
guint64 mp_capacity_budget(guint64 need_bps);

void mp_capacity_search_init(MpCapacitySearch *search, const MpCapacitySearchConfig *config);

/* The next train, if it can be over within `left`. FALSE: there is nothing more to ask. */
gboolean mp_capacity_search_next(MpCapacitySearch *search, MpTime left, MpCapacityAim *aim);
/* What became of that train, which was `bytes` long and began at `began`. */
void mp_capacity_search_take(MpCapacitySearch *search, const MpTrainFigures *figures, guint64 bytes,
                             MpTime began);

MpCapacity mp_capacity_search_result(const MpCapacitySearch *search);
