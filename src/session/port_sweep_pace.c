/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Epochs of sending, what they brought, and the rate that follows from it.
 */
#include "session/port_sweep_pace.h"

#include <math.h>

/* 6.4 Mbps of IPv4 for a caller who allows it; gentle rates are below. */
#define FIRST_RATE 8000.0
#define LEAST_RATE 50.0
/* 200 kpps are more than a kernel forwards one by one. */
#define GREATEST_RATE 250000.0
/* A tick's worth of questions leaves at once, no more than this share of a second. */
#define TICKS_PER_SECOND 10000.0
#define BURST_S 0.001
/* What may wait in a queue on the way: half of a TUN device's 500 (txqueuelen). */
#define QUEUE 256.0
#define ENOUGH_EXPECTED 32.0
#define LEAST_EPOCH MP_MSEC(2)
#define LONGEST_EPOCH MP_MSEC(500)
/* RFC 6298 section 2.1: 1 s before the first sample. Its least second is not kept: a question that
 * is repeated too soon costs nothing but itself. */
#define FIRST_PATIENCE MP_SEC(1)
#define LEAST_VARIATION MP_MSEC(10)
#define GREATEST_PATIENCE MP_SEC(3)
/* A deficit counts from here on, in standard deviations and as a share. */
#define DEVIATIONS_GOOD 2.0
#define DEVIATIONS_BAD 3.0
#define SHARE_BAD 0.02
/* Before open ports have been asked again, they are taken to answer at 19 of 20. */
#define PRIOR_ASKED 20.0
#define PRIOR_ANSWERED 19.0

void mp_sweep_pace_init(MpSweepPace *pace, double most, MpTime now)
{
    *pace = (MpSweepPace){.most = CLAMP(most, LEAST_RATE, GREATEST_RATE), .credit_at = now};
    pace->rate = MIN(pace->most, FIRST_RATE);
    pace->slow_start = pace->most;
    pace->epochs[0] = (MpSweepEpoch){.begun = now, .ended = MP_NEVER, .rate = pace->rate};
}

MpTime mp_sweep_pace_patience(const MpSweepPace *pace)
{
    if (pace->rtt_smooth == 0)
        return FIRST_PATIENCE;
    /* RFC 6298 section 2.3. */
    MpTime patience = pace->rtt_smooth + MAX(LEAST_VARIATION, 4 * pace->rtt_varies);
    return MIN(patience, GREATEST_PATIENCE);
}

gboolean mp_sweep_pace_is_in_distress(const MpSweepPace *pace)
{
    return pace->rate < pace->greatest_rate / 8;
}

static MpSweepEpoch *epoch_at(MpSweepPace *pace, guint64 number)
{
    return &pace->epochs[number % MP_SWEEP_EPOCHS];
}

static double share_of(const MpSweepPace *pace, MpSweepAsks asks)
{
    const MpSweepCount *count = &pace->known[asks];
    if (asks == MP_SWEEP_ASKS_CONTROL)
        return (count->answered + PRIOR_ANSWERED) / (count->asked + PRIOR_ASKED);
    if (asks == MP_SWEEP_ASKS_NEW && count->asked > 0)
        return (double)count->answered / count->asked;
    return 0;
}

double mp_sweep_pace_share(const MpSweepPace *pace)
{
    return share_of(pace, MP_SWEEP_ASKS_NEW);
}

/* Answers that are still to come. */
static double in_flight(const MpSweepPace *pace)
{
    double sum = 0;
    for (guint64 number = pace->first_epoch; number <= pace->last_epoch; number++) {
        const MpSweepEpoch *epoch = &pace->epochs[number % MP_SWEEP_EPOCHS];
        double answered = epoch->counts[MP_SWEEP_ASKS_NEW].answered +
                          epoch->counts[MP_SWEEP_ASKS_CONTROL].answered;
        sum += MAX(epoch->expected - answered, 0);
    }
    return sum;
}

static double room(const MpSweepPace *pace)
{
    double path = pace->rate * (double)pace->rtt_least / (double)MP_SEC(1);
    return QUEUE + 1.25 * path - in_flight(pace);
}

static double tick_size(const MpSweepPace *pace)
{
    return MAX(pace->rate / TICKS_PER_SECOND, 1);
}

guint mp_sweep_pace_allows(MpSweepPace *pace, MpTime now, guint wanted)
{
    double passed = (double)(now - pace->credit_at) / (double)MP_SEC(1);
    pace->credit_at = now;
    pace->credit = MIN(pace->credit + passed * pace->rate, MAX(pace->rate * BURST_S, 1));
    /* A thousandth of a question is an error of rounding. */
    if (pace->credit + 0.001 < MIN(tick_size(pace), wanted))
        return 0;
    double allowed = MIN(pace->credit + 0.001, MAX(room(pace), 0));
    return MIN((guint)allowed, wanted);
}

MpTime mp_sweep_pace_deadline(const MpSweepPace *pace, MpTime now)
{
    if (room(pace) < 1) {
        const MpSweepEpoch *oldest = &pace->epochs[pace->first_epoch % MP_SWEEP_EPOCHS];
        MpTime ended = MIN(oldest->ended, now);
        return MAX(ended + mp_sweep_pace_patience(pace), now + LEAST_EPOCH);
    }
    double missing = MAX(tick_size(pace) - pace->credit, 0);
    return MAX(pace->credit_at + (MpTime)ceil(missing / pace->rate * (double)MP_SEC(1)), now);
}

guint64 mp_sweep_pace_sent(MpSweepPace *pace, MpSweepAsks asks)
{
    MpSweepEpoch *epoch = epoch_at(pace, pace->last_epoch);
    double share = share_of(pace, asks);
    epoch->expected += share;
    epoch->variance += share * (1 - share);
    epoch->counts[asks].asked++;
    pace->credit -= 1;
    return pace->last_epoch;
}

void mp_sweep_pace_spend(MpSweepPace *pace, double size)
{
    pace->credit -= size;
}

static void add_round_trip(MpSweepPace *pace, MpTime rtt)
{
    pace->rtt_greatest = MAX(pace->rtt_greatest, rtt);
    if (pace->rtt_smooth == 0) {
        pace->rtt_smooth = pace->rtt_least = rtt;
        pace->rtt_varies = rtt / 2;
    }
    pace->rtt_least = MIN(pace->rtt_least, rtt);
}

/* RFC 6298 reckons with one sample a round trip; of the thousands here the longest is taken. */
static void smooth_round_trips(MpSweepPace *pace, MpTime now)
{
    if (pace->rtt_greatest == 0 || now - pace->rtt_taken < MAX(pace->rtt_least / 4, MP_MSEC(1)))
        return;
    pace->rtt_varies += (ABS(pace->rtt_smooth - pace->rtt_greatest) - pace->rtt_varies) / 4;
    pace->rtt_smooth += (pace->rtt_greatest - pace->rtt_smooth) / 8;
    pace->rtt_greatest = 0;
    pace->rtt_taken = now;
}

void mp_sweep_pace_answered(MpSweepPace *pace, guint64 epoch, MpSweepAsks asks, MpTime rtt)
{
    if (rtt > 0)
        add_round_trip(pace, rtt);
    if (epoch >= pace->first_epoch && epoch <= pace->last_epoch)
        epoch_at(pace, epoch)->counts[asks].answered++;
}

static void begin_epoch(MpSweepPace *pace, MpTime now)
{
    epoch_at(pace, pace->last_epoch)->ended = now;
    pace->last_epoch++;
    *epoch_at(pace, pace->last_epoch) = (MpSweepEpoch){
        .begun = now, .ended = MP_NEVER, .rate = pace->rate, .generation = pace->generation};
}

static void set_rate(MpSweepPace *pace, double rate, MpTime now)
{
    rate = CLAMP(rate, LEAST_RATE, pace->most);
    if (rate == pace->rate)
        return;
    pace->rate = rate;
    pace->generation++;
    begin_epoch(pace, now);
}

static void grow(MpSweepPace *pace, double rate, MpTime now)
{
    pace->greatest_rate = MAX(pace->greatest_rate, rate);
    set_rate(pace, rate < pace->slow_start ? MIN(rate * 2, pace->slow_start) : rate * 1.05, now);
}

static void learn(MpSweepPace *pace, const MpSweepEpoch *epoch)
{
    for (guint asks = 0; asks < MP_N_SWEEP_ASKS; asks++) {
        pace->known[asks].asked += epoch->counts[asks].asked;
        pace->known[asks].answered += epoch->counts[asks].answered;
    }
}

static void forget(MpSweepPace *pace)
{
    for (guint asks = 0; asks < MP_N_SWEEP_ASKS; asks++)
        pace->known[asks] = (MpSweepCount){0};
}

/* Too little came back. At a lower rate than the last time and yet as bad: then it is not the rate.
 * A path that is gone altogether is no reason to be given more. */
static void cut(MpSweepPace *pace, const MpSweepEpoch *epoch, double deficit, MpTime now)
{
    if (pace->cut_rate > 0 && epoch->rate <= 0.8 * pace->cut_rate && deficit < 0.5 &&
        deficit >= 0.6 * pace->cut_deficit) {
        forget(pace);
        learn(pace, epoch);
        double rate = pace->cut_rate;
        pace->cut_rate = 0;
        pace->slow_start = pace->most;
        set_rate(pace, rate, now);
        return;
    }
    pace->n_cuts++;
    pace->cut_rate = epoch->rate;
    pace->cut_deficit = deficit;
    double got_through = epoch->rate * CLAMP(1 - deficit, 0.3, 0.85) * 0.9;
    pace->slow_start = got_through;
    set_rate(pace, got_through, now);
}

static double answers_of(const MpSweepEpoch *epoch)
{
    return epoch->counts[MP_SWEEP_ASKS_NEW].answered +
           (double)epoch->counts[MP_SWEEP_ASKS_CONTROL].answered;
}

/* As soon as enough came it is good; that it was bad is known only when nothing more will come. */
static void judge_good(MpSweepPace *pace, MpSweepEpoch *epoch, MpTime now)
{
    if (epoch->is_judged || epoch->expected < ENOUGH_EXPECTED / 2 ||
        answers_of(epoch) < epoch->expected - DEVIATIONS_GOOD * sqrt(epoch->variance))
        return;
    epoch->is_judged = TRUE;
    if (epoch->generation == pace->generation)
        grow(pace, epoch->rate, now);
}

static void close_epoch(MpSweepPace *pace, MpSweepEpoch *epoch, MpTime now)
{
    double missing = epoch->expected - answers_of(epoch);
    gboolean is_bad = !epoch->is_judged && epoch->expected > 0 &&
                      missing > DEVIATIONS_BAD * sqrt(MAX(epoch->variance, 1)) +
                                    SHARE_BAD * epoch->expected;
    if (!is_bad)
        learn(pace, epoch);
    else if (epoch->generation == pace->generation)
        cut(pace, epoch, missing / epoch->expected, now);
}

static void end_last(MpSweepPace *pace, MpTime now)
{
    const MpSweepEpoch *last = epoch_at(pace, pace->last_epoch);
    MpTime length = now - last->begun;
    MpTime least = MAX(LEAST_EPOCH, mp_sweep_pace_patience(pace) / 32);
    guint asked = 0;
    for (guint asks = 0; asks < MP_N_SWEEP_ASKS; asks++)
        asked += last->counts[asks].asked;
    /* The first one has no share to expect by. */
    gboolean is_full = last->expected >= ENOUGH_EXPECTED ||
                       (share_of(pace, MP_SWEEP_ASKS_NEW) == 0 && asked >= 2 * ENOUGH_EXPECTED);
    if ((is_full && length >= least) || (asked > 0 && length >= LONGEST_EPOCH))
        begin_epoch(pace, now);
}

void mp_sweep_pace_overflow(MpSweepPace *pace, MpTime now)
{
    pace->n_cuts++;
    pace->slow_start = pace->rate / 2;
    set_rate(pace, pace->rate / 2, now);
}

void mp_sweep_pace_advance(MpSweepPace *pace, MpTime now)
{
    smooth_round_trips(pace, now);
    MpTime patience = mp_sweep_pace_patience(pace);
    end_last(pace, now);
    for (guint64 number = pace->first_epoch; number < pace->last_epoch; number++) {
        MpSweepEpoch *epoch = epoch_at(pace, number);
        judge_good(pace, epoch, now);
    }
    while (pace->first_epoch < pace->last_epoch) {
        MpSweepEpoch *epoch = epoch_at(pace, pace->first_epoch);
        gboolean is_old = now >= epoch->ended + patience;
        if (!is_old && pace->last_epoch - pace->first_epoch < MP_SWEEP_EPOCHS - 2)
            return;
        close_epoch(pace, epoch, now);
        pace->first_epoch++;
    }
}
