/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Epochs of sending, what they brought, and the rate that follows from it.
 */
#include "session/port_sweep_pace.h"

#include <math.h>

/* 6.4 Mbps of IPv4 for a caller who allows it; gentle rates are below. */
#define FIRST_RATE 8000.0
#define LEAST_RATE 250.0
/* 200 kpps are more than a kernel forwards one by one. */
#define GREATEST_RATE 250000.0
/* A tick's worth of questions leaves at once. Whoever wakes late may make up for so much. */
#define TICKS_PER_SECOND 10000.0
#define BURST_S 0.001
#define LEAST_BURST 24.0
/* What may wait on the way: half of a TUN device's 500 (txqueuelen); more where that is short. */
#define FIRST_QUEUE 256.0
#define GREATEST_QUEUE 2048.0
#define QUEUE_GROWTH 1.5
#define SHORT_QUEUE MP_MSEC(10)
#define ENOUGH_EXPECTED 32.0
#define LEAST_EXPECTED 8.0 /* of a long epoch at a low rate */
#define MANY_EXPECTED 128.0
#define ENOUGH_CONTROLS 48
/* Of an epoch at the next, once the rate was cut. */
#define FIRST_GOOD_ENOUGH 6 /* epochs */
#define GREATEST_GOOD_ENOUGH 96
#define GROWTH 1.02
#define LEAST_EPOCH MP_MSEC(4)
#define LONGEST_EPOCH MP_MSEC(500)
/* RFC 6298 section 2.1: 1 s before the first sample. Its least second is not kept: a question that
 * is repeated too soon costs nothing but itself. */
#define FIRST_PATIENCE MP_SEC(1)
#define LEAST_VARIATION MP_MSEC(10)
#define GREATEST_PATIENCE MP_SEC(3)
#define MOST_FRUITLESS 10
/* A deficit counts from here on, in standard deviations and as a share. */
#define GONE 0.9
#define MOST 0.5
#define DEVIATIONS_GOOD 2.0
#define DEVIATIONS_BAD 4.0
#define SHARE_BAD 0.02
/* Before open ports have been asked again, they are taken to answer at 9 of 10. */
#define PRIOR_ASKED 20.0
#define PRIOR_ANSWERED 18.0

void mp_sweep_pace_init(MpSweepPace *pace, double most, MpTime now)
{
    *pace = (MpSweepPace){.most = MIN(most, GREATEST_RATE),
                          .credit_at = now,
                          .queue = FIRST_QUEUE,
                          .good_enough = FIRST_GOOD_ENOUGH};
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
    return MIN(patience << pace->n_fruitless, GREATEST_PATIENCE);
}

void mp_sweep_pace_round_over(MpSweepPace *pace, gboolean is_fruitless)
{
    pace->n_fruitless = is_fruitless ? MIN(pace->n_fruitless + 1, MOST_FRUITLESS) : 0;
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

static double answers_of(const MpSweepEpoch *epoch)
{
    return epoch->counts[MP_SWEEP_ASKS_NEW].answered +
           (double)epoch->counts[MP_SWEEP_ASKS_CONTROL].answered;
}

/* Answers that are still to come. */
static double in_flight(const MpSweepPace *pace)
{
    double sum = 0;
    for (guint64 number = pace->first_epoch; number <= pace->last_epoch; number++) {
        const MpSweepEpoch *epoch = &pace->epochs[number % MP_SWEEP_EPOCHS];
        sum += MAX(epoch->expected - answers_of(epoch), 0);
    }
    return sum;
}

static double room(const MpSweepPace *pace)
{
    double path = pace->rate * (double)pace->rtt_least / (double)MP_SEC(1);
    return pace->queue + 1.25 * path - in_flight(pace);
}

static double tick_size(const MpSweepPace *pace)
{
    return MAX(pace->rate / TICKS_PER_SECOND, 1);
}

guint mp_sweep_pace_allows(MpSweepPace *pace, MpTime now, guint wanted)
{
    double passed = (double)(now - pace->credit_at) / (double)MP_SEC(1);
    pace->credit_at = now;
    pace->credit = MIN(pace->credit + passed * pace->rate, MAX(pace->rate * BURST_S, LEAST_BURST));
    /* A thousandth of a question is an error of rounding. */
    if (pace->credit + 0.001 < MIN(tick_size(pace), wanted))
        return 0;
    const double left = MAX(room(pace), 0);
    double allowed = MIN(pace->credit + 0.001, left);
    pace->is_held |= left < MIN(pace->credit, wanted);
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
    rate = MIN(MAX(rate, LEAST_RATE), pace->most);
    if (rate == pace->rate)
        return;
    pace->rate = rate;
    pace->generation++;
    begin_epoch(pace, now);
}

/* A limit may have been a moment's: after some time without loss it is tried again, and after twice
 * as long each time that it was there. */
static void grow(MpSweepPace *pace, double rate, MpTime now)
{
    pace->greatest_rate = MAX(pace->greatest_rate, rate);
    if (pace->is_held && pace->rtt_smooth - pace->rtt_least < SHORT_QUEUE)
        pace->queue = MIN(pace->queue * QUEUE_GROWTH, GREATEST_QUEUE);
    pace->is_held = FALSE;
    if (++pace->n_good == pace->good_enough && pace->slow_start < pace->most) {
        pace->slow_start = pace->most;
        pace->good_enough = MIN(pace->good_enough * 2, GREATEST_GOOD_ENOUGH);
    }
    set_rate(pace, rate < pace->slow_start ? MIN(rate * 2, pace->slow_start) : rate * GROWTH, now);
}

static void add_count(MpSweepCount *sum, const MpSweepCount *count)
{
    sum->asked += count->asked;
    sum->answered += count->answered;
}

/* Too little came back: half as fast for a while, which shows whether it was the rate. Where most
 * is gone, no path loses that by itself: on with what got through. */
static void cut(MpSweepPace *pace, double rate, double deficit, MpTime now)
{
    pace->controls = (MpSweepCount){0};
    pace->lately = (MpSweepTally){0};
    pace->n_good = 0;
    pace->n_cuts++;
    pace->queue = FIRST_QUEUE;
    pace->cut_rate = rate;
    pace->cut_deficit = deficit;
    pace->is_testing = deficit < MOST;
    /* What is gone altogether will come back as it was. */
    if (deficit < GONE)
        pace->slow_start = rate * CLAMP(0.95 * (1 - deficit), 0.3, 0.85);
    set_rate(pace, rate * (pace->is_testing ? 0.5 : MAX(1 - deficit, 0.3) * 0.9), now);
    pace->cut_generation = pace->generation;
}

/* A limit lets the same number through at any rate above it; what the path loses by itself is the
 * same share at any rate. */
static gboolean is_own_loss(const MpSweepPace *pace, double deficit)
{
    double by_limit = 1 - (1 - pace->cut_deficit) * pace->cut_rate / pace->rate;
    return deficit > (pace->cut_deficit + MAX(by_limit, 0)) / 2;
}

static void end_test(MpSweepPace *pace, double deficit, MpTime now)
{
    double share = share_of(pace, MP_SWEEP_ASKS_CONTROL) * (1 - deficit);
    pace->is_testing = FALSE;
    if (!is_own_loss(pace, deficit) || share < 0.5)
        return;
    pace->known[MP_SWEEP_ASKS_NEW] = (MpSweepCount){0};
    pace->known[MP_SWEEP_ASKS_CONTROL] = (MpSweepCount){ENOUGH_CONTROLS,
                                                        (guint)(ENOUGH_CONTROLS * share)};
    pace->slow_start = pace->most;
    set_rate(pace, pace->cut_rate, now);
}

/* As soon as enough came it is good; that it was bad is known only when nothing more will come. */
static void judge_good(MpSweepPace *pace, MpSweepEpoch *epoch, MpTime now)
{
    if (epoch->is_judged || epoch->expected < LEAST_EXPECTED ||
        answers_of(epoch) < epoch->expected - DEVIATIONS_GOOD * sqrt(epoch->variance))
        return;
    epoch->is_judged = TRUE;
    if (epoch->generation == pace->generation && !pace->is_testing)
        grow(pace, epoch->rate, now);
}

static gboolean is_less(double expected, double variance, double missing)
{
    return expected > 0 && missing > DEVIATIONS_BAD * sqrt(MAX(variance, 1)) + SHARE_BAD * expected;
}

static void judge_tally(MpSweepPace *pace, const MpSweepTally *tally, double rate, MpTime now)
{
    double missing = tally->expected - tally->answered;
    if (pace->is_testing && tally->expected > 0)
        end_test(pace, missing / tally->expected, now);
    else if (is_less(tally->expected, tally->variance, missing))
        cut(pace, rate, missing / tally->expected, now);
}

/* What answers of new ports are compared with may itself be the little that gets through; ports
 * that are known to be open should nearly all answer. */
static void judge_controls(MpSweepPace *pace, MpTime now)
{
    const MpSweepCount controls = pace->controls;
    if (controls.asked < ENOUGH_CONTROLS || pace->is_testing)
        return;
    double share = share_of(pace, MP_SWEEP_ASKS_CONTROL);
    double expected = share * controls.asked;
    const MpSweepTally tally = {expected, expected * (1 - share), controls.answered};
    if (is_less(tally.expected, tally.variance, expected - tally.answered)) {
        pace->known[MP_SWEEP_ASKS_NEW] = (MpSweepCount){0};
        judge_tally(pace, &tally, pace->rate, now);
        return;
    }
    add_count(&pace->known[MP_SWEEP_ASKS_CONTROL], &controls);
    pace->controls = (MpSweepCount){0};
}

/* Small deficits show in many epochs together only, whatever their rates. */
static void judge_lately(MpSweepPace *pace, const MpSweepEpoch *epoch, MpTime now)
{
    pace->lately.expected += epoch->expected;
    pace->lately.variance += epoch->variance;
    pace->lately.answered += answers_of(epoch);
    add_count(&pace->controls, &epoch->counts[MP_SWEEP_ASKS_CONTROL]);
    if (pace->lately.expected >= MANY_EXPECTED) {
        const MpSweepTally lately = pace->lately;
        pace->lately = (MpSweepTally){0};
        judge_tally(pace, &lately, pace->rate, now);
    }
    judge_controls(pace, now);
}

static void close_epoch(MpSweepPace *pace, MpSweepEpoch *epoch, MpTime now)
{
    const MpSweepTally tally = {epoch->expected, epoch->variance, answers_of(epoch)};
    double missing = tally.expected - tally.answered;
    gboolean is_bad = !epoch->is_judged && is_less(tally.expected, tally.variance, missing);
    if (epoch->generation < pace->cut_generation) {
        /* It was under way when the rate was cut, and may show better why. */
        if (is_bad && epoch->generation + 1 == pace->cut_generation)
            pace->cut_deficit = MAX(pace->cut_deficit, missing / tally.expected);
        return;
    }
    if (is_bad && epoch->generation == pace->generation && !pace->is_testing) {
        judge_tally(pace, &tally, epoch->rate, now);
        return;
    }
    if (!is_bad)
        add_count(&pace->known[MP_SWEEP_ASKS_NEW], &epoch->counts[MP_SWEEP_ASKS_NEW]);
    judge_lately(pace, epoch, now);
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
    if (pace->overflow_at > 0 && now < pace->overflow_at + mp_sweep_pace_patience(pace))
        return;
    pace->overflow_at = now;
    pace->n_cuts++;
    pace->queue = FIRST_QUEUE;
    pace->slow_start = pace->rate * 0.8;
    set_rate(pace, pace->rate / 2, now);
    pace->cut_generation = pace->generation;
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
