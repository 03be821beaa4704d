/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How fast a sweep may ask. It begins slowly and doubles as long as as many answers come as came
 * before; where fewer come, it goes back to what got through, and where slowing down does not help
 * either, the loss is the path's own and the rate is given back. No more answers may be on their
 * way than the path holds and a short queue besides; where that holds the sending up and the queue
 * is short in time, too, it may be longer, so that both ends work at the same time.
 *
 * Sending is cut into epochs, each at one rate. Silent ports tell nothing about the path, so what
 * an epoch should bring is summed over its questions: nearly 1 for a port that is known to be open,
 * the share that answered so far for one that was never asked.
 */
#pragma once

#include "base/time.h"

#define MP_SWEEP_EPOCHS 256

typedef enum {
    MP_SWEEP_ASKS_NEW,     /* a port never asked before: as likely to answer as those before it */
    MP_SWEEP_ASKS_CONTROL, /* a port that is known to be open */
    MP_SWEEP_ASKS_AGAIN,   /* a port that was silent: nothing is expected */
} MpSweepAsks;

#define MP_N_SWEEP_ASKS (MP_SWEEP_ASKS_AGAIN + 1)

typedef struct {
    guint asked;
    guint answered;
} MpSweepCount;

typedef struct {
    double expected;
    double variance;
    double answered;
} MpSweepTally;

typedef struct {
    MpTime begun;
    MpTime ended; /* MP_NEVER: goes on */
    double rate;
    guint generation; /* of the rate */
    double expected;
    double variance;
    MpSweepCount counts[MP_N_SWEEP_ASKS];
    gboolean is_judged;
} MpSweepEpoch;

typedef struct {
    double most; /* questions per second: never more */
    double rate; /* now */
    guint generation;
    double slow_start; /* up to here it doubles */
    double cut_rate;   /* of the last cut; 0: none */
    double cut_deficit;
    MpTime credit_at;
    double credit;
    double queue;      /* answers that may be on their way beyond what the path holds */
    gboolean is_held;  /* by that, of late */
    MpTime rtt_smooth; /* RFC 6298; 0: no sample */
    MpTime rtt_varies;
    MpTime rtt_least;
    MpTime rtt_greatest; /* since rtt_taken */
    MpTime rtt_taken;
    guint n_fruitless;                   /* rounds on end */
    MpSweepCount known[MP_N_SWEEP_ASKS]; /* while nothing was missing */
    MpSweepCount controls;               /* not judged yet */
    MpSweepTally lately;
    guint cut_generation;
    gboolean is_testing; /* whether half the rate helps */
    guint n_good;        /* epochs since the last cut */
    guint good_enough;
    MpTime overflow_at; /* 0: never */
    MpSweepEpoch epochs[MP_SWEEP_EPOCHS];
    guint64 first_epoch; /* that is not closed */
    guint64 last_epoch;
    guint n_cuts;
    double greatest_rate; /* that brought what was expected */
} MpSweepPace;

void mp_sweep_pace_init(MpSweepPace *pace, double most, MpTime now);

/* How many questions may leave now, at most `wanted`. */
guint mp_sweep_pace_allows(MpSweepPace *pace, MpTime now, guint wanted);
/* When to ask again, if nothing is received until then. */
MpTime mp_sweep_pace_deadline(const MpSweepPace *pace, MpTime now);

/* Books one question; the number of its epoch. */
guint64 mp_sweep_pace_sent(MpSweepPace *pace, MpSweepAsks asks);
/* Books a question that is as large as `size` ordinary ones. */
void mp_sweep_pace_spend(MpSweepPace *pace, double size);
/* An answer to a question of that epoch. `rtt` 0: not known. */
void mp_sweep_pace_answered(MpSweepPace *pace, guint64 epoch, MpSweepAsks asks, MpTime rtt);
/* This computer could not take what came. */
void mp_sweep_pace_overflow(MpSweepPace *pace, MpTime now);

/* Ends epochs, judges them and sets the rate; call before mp_sweep_pace_allows(). */
void mp_sweep_pace_advance(MpSweepPace *pace, MpTime now);

/* Of the ports that were never asked before; 0 while nothing is known. */
double mp_sweep_pace_share(const MpSweepPace *pace);

/* After this long, an answer will hardly come any more. */
MpTime mp_sweep_pace_patience(const MpSweepPace *pace);
/* RFC 6298 section 5.5: patience doubles with each round of which nothing was heard. */
void mp_sweep_pace_round_over(MpSweepPace *pace, gboolean is_fruitless);
/* Answers of other questions say that hardly anything passes now: ask open ports more often. */
gboolean mp_sweep_pace_is_in_distress(const MpSweepPace *pace);
