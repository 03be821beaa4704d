/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Seeking, measuring, confirming: what a train says decides the next.
 */
#include "session/capacity_search.h"

#include <math.h>

/* Early end: this many times the need has passed for so long. */
#define ENOUGH 1.5
#define ENOUGH_TIME MP_MSEC(400)
/* Of very fast ways less: it is as many packets. */
#define FAST_BPS 100e6
#define FAST_TIME MP_MSEC(150)
/* Nothing is known at first: a line of 300 kbps sends this in a seventh of a second. */
#define FIRST_BYTES 5000
/* What is known to be carried may wait in a queue for so long at the worst. */
#define FIRST_WAIT 0.35
#define STEP 6
/* To be held to the rate, faster; to pass, slower. */
#define FASTER 1.25
#define FASTER_PAST_BURST 1.6
#define FASTER_THAN_POLICED 2.5
#define SLOWER 0.95
#define MEASURE_TIME MP_MSEC(600)
#define MEASURE_TIME_AGAIN MP_MSEC(900)
#define CONFIRM_TIME MP_MSEC(400)
#define LEAST_TIME MP_MSEC(120)
#define MOST_MEASURED 3
#define MOST_AGAIN 2
#define MOST_UNHEARD 3
/* A queue has grown: by more than this, more than that share of the train, and than noise. */
#define GROWN_MS 5.0
#define GROWN_SHARE 0.04
#define GROWN_SHARE_CONFIRMING 0.02
#define GROWN_ERRORS 2.5
/* Jitter alone may make a short train's packets come later and later. */
#define SHORT_MS 30
#define SHORT_GROWN_MS 50
/* Of a long one the rate itself may tell. */
#define LONG_MS 150
#define SLOW_ERRORS 1.5
/* And less has come than went. */
#define HELD_SHARE 0.97
/* Loss that only more load can have caused. */
#define MORE_LOSS 0.12
/* A policer keeps nobody waiting, and lets more pass at once than a short queue. */
#define WAITING_MS 3.0
#define LEAST_BURST 10000
/* Loss has set in, but so late that the train does not show at which rate. */
#define AS_SENT 0.9
#define POLICED_LOSS 0.06
/* Beyond chance: so many standard deviations of the difference. */
#define LOSS_ERRORS 3.0
/* What is known of loss before the trains was seen in about so many packets: a second's. */
#define USUAL_PACKETS 100
/* Good enough to confirm. */
#define GOOD_ERROR 0.03
/* 90 % of a normal distribution lie within 1.64 standard deviations; these are estimates, too.
 * Stamps and whole packets leave a little more. */
#define SIGMAS 2.0
#define LEAST_ERROR 0.01
/* What passes is at least so much of what was sent. */
#define FLOOR_ERROR 0.03

/* Of the need's rate, so much time's worth. */
#define BUDGET_TIME 3.2
#define LEAST_BUDGET 120000

guint64 mp_capacity_budget(guint64 need_bps)
{
    return MAX(LEAST_BUDGET, (guint64)((double)need_bps / 8 * BUDGET_TIME));
}

void mp_capacity_search_init(MpCapacitySearch *search, const MpCapacitySearchConfig *config)
{
    *search = (MpCapacitySearch){.config = *config,
                                 .usual_loss = config->loss,
                                 .usual_packets = isnan(config->loss) ? 0 : USUAL_PACKETS,
                                 .held = NAN};
    search->low = INFINITY;
    search->step_bytes = MAX(FIRST_BYTES, (guint64)((double)config->known_bps * FIRST_WAIT / 8));
}

static double ceiling(const MpCapacitySearch *search)
{
    return ENOUGH * (double)search->config.need_bps;
}

static MpTime enough_time(const MpCapacitySearch *search)
{
    return ceiling(search) > FAST_BPS ? FAST_TIME : ENOUGH_TIME;
}

static MpTime span_of(double bytes, double bps)
{
    return (MpTime)(bytes * 8e9 / bps);
}

static double bytes_of(MpTime span, double bps)
{
    return (double)span * bps / 8e9;
}

/* Bytes of the longest train that seeks. */
static double most_sought(const MpCapacitySearch *search)
{
    return bytes_of(enough_time(search), ceiling(search));
}

/* The bucket that a policer fills at the rate that it lets through, by what each train found in it
 * and what those before had taken. */
static double policed_burst(const MpCapacitySearch *search)
{
    const double per_ms = search->held / 8e3;
    double burst = 0;
    double missing = 0;
    for (guint i = 0; i < search->n_trains; i++) {
        const double since_ms =
            i > 0 ? mp_time_to_ms(search->trains[i].began - search->trains[i - 1].began) : 0;
        missing = MAX(missing - per_ms * since_ms, 0);
        if (search->trains[i].clear_bytes > 0)
            burst = MAX(burst, missing + search->trains[i].clear_bytes -
                                   per_ms * search->trains[i].clear_ms);
        missing += search->trains[i].bytes;
        if (search->trains[i].clear_bytes > 0)
            missing = burst;
    }
    return burst;
}

static MpLimiter limiter_of(const MpCapacitySearch *search)
{
    if (search->n_policed + search->n_queued == 0)
        return MP_LIMITER_NONE;
    return search->n_policed > search->n_queued && policed_burst(search) >= LEAST_BURST
               ? MP_LIMITER_POLICER
               : MP_LIMITER_QUEUE;
}

static MpCapacityAim wanted(const MpCapacitySearch *search)
{
    if (search->phase == MP_CAPACITY_SEEKING) {
        const double rate = ceiling(search);
        const MpTime risked = span_of((double)search->step_bytes, rate);
        return (MpCapacityAim){(guint64)rate, MIN(risked, enough_time(search))};
    }
    const MpTime limit = search->held > FAST_BPS ? FAST_TIME : MP_NEVER;
    if (search->phase == MP_CAPACITY_CONFIRMING)
        return (MpCapacityAim){(guint64)(search->held * SLOWER), MIN(CONFIRM_TIME, limit)};
    double faster = FASTER + MIN(search->held_error, 0.25);
    if (limiter_of(search) == MP_LIMITER_POLICER)
        faster = FASTER_THAN_POLICED;
    else if (search->burst_bytes > 0)
        faster = FASTER_PAST_BURST;
    const MpTime span = search->n_measured > 0 ? MEASURE_TIME_AGAIN : MEASURE_TIME;
    return (MpCapacityAim){(guint64)(search->held * faster), MIN(span, limit)};
}

gboolean mp_capacity_search_next(MpCapacitySearch *search, MpTime left, MpCapacityAim *aim)
{
    if (search->phase == MP_CAPACITY_DONE)
        return FALSE;
    *aim = wanted(search);
    const guint64 most = search->config.most_bytes;
    const double rest = most > search->spent_bytes ? (double)(most - search->spent_bytes) : 0;
    const MpTime affordable = MIN(left, span_of(rest, (double)aim->rate_bps));
    const gboolean is_short = aim->span > affordable;
    aim->span = MIN(aim->span, affordable);
    if (is_short && aim->span < LEAST_TIME)
        search->phase = MP_CAPACITY_DONE;
    return search->phase != MP_CAPACITY_DONE;
}

static gboolean has_grown(const MpCapacitySearch *search, const MpTrainFigures *figures,
                          double span_ms)
{
    const double share = search->phase == MP_CAPACITY_CONFIRMING ? GROWN_SHARE_CONFIRMING
                                                                 : GROWN_SHARE;
    const double least = span_ms < SHORT_MS ? SHORT_GROWN_MS : MAX(GROWN_MS, share * span_ms);
    const gboolean is_certain = figures->grown_ms > GROWN_ERRORS * figures->grown_error_ms;
    const gboolean is_slow = span_ms > LONG_MS && search->phase != MP_CAPACITY_CONFIRMING &&
                             figures->rate_bps <
                                 (1 - SLOW_ERRORS * figures->error) * figures->sent_bps;
    return figures->grown_ms > least && (is_certain || is_slow) &&
           figures->rate_bps < HELD_SHARE * figures->sent_bps;
}

/* How far from the usual loss that of so many packets may be by chance. */
static double chance_error(const MpCapacitySearch *search, double loss, double packets)
{
    const double all = packets + search->usual_packets;
    const double mean = (loss * packets + search->usual_loss * search->usual_packets) / all;
    return LOSS_ERRORS * sqrt(mean * (1 - mean) * (1 / packets + 1 / search->usual_packets));
}

/* More than usual by `least`, and by more than chance makes it. */
static gboolean loses_more(const MpCapacitySearch *search, double loss, double packets,
                           double least)
{
    if (search->usual_packets <= 0)
        return loss > least;
    return loss - search->usual_loss > fmax(least, chance_error(search, loss, packets));
}

static gboolean is_lossy(const MpCapacitySearch *search, const MpTrainFigures *figures)
{
    return loses_more(search, figures->loss, figures->packets, MORE_LOSS);
}

/* Losses beyond the rate, and no packet later than before. */
static gboolean is_policed(const MpCapacitySearch *search, const MpTrainFigures *figures)
{
    return loses_more(search, figures->late_loss, figures->late_packets, POLICED_LOSS) &&
           figures->grown_ms < MAX(WAITING_MS, 2 * figures->grown_error_ms);
}

static void note_held(MpCapacitySearch *search, const MpTrainFigures *figures)
{
    search->held = figures->rate_bps;
    search->held_error = figures->error;
    search->sent = figures->sent_bps;
    search->burst_bytes = MAX(search->burst_bytes, figures->burst_bytes);
    *(is_policed(search, figures) ? &search->n_policed : &search->n_queued) += 1;
}

/* A train that passed lost what is usual. Where it lost plainly less than the media before, that
 * had lost to the rate. */
static void note_usual_loss(MpCapacitySearch *search, const MpTrainFigures *figures)
{
    const double packets = figures->packets;
    const double more = search->usual_loss - figures->loss;
    if (isnan(figures->loss) || packets <= 0)
        return;
    if (search->usual_packets <= 0 || more > chance_error(search, figures->loss, packets)) {
        search->usual_loss = figures->loss;
        search->usual_packets = packets;
        return;
    }
    const double lost = search->usual_loss * search->usual_packets + figures->loss * packets;
    search->usual_packets += packets;
    search->usual_loss = lost / search->usual_packets;
}

/* What left in bursts, of a sender that was late, came in bursts. */
static void note_passed(MpCapacitySearch *search, const MpTrainFigures *figures, guint64 bytes)
{
    if (bytes >= search->passed_bytes) {
        search->passed = MIN(figures->rate_bps, figures->sent_bps);
        search->passed_bytes = bytes;
    }
    note_usual_loss(search, figures);
}

static void step_up(MpCapacitySearch *search, guint64 bytes)
{
    search->step_bytes = MAX(search->step_bytes, bytes) * STEP;
}

static void seek(MpCapacitySearch *search, const MpTrainFigures *figures, gboolean is_held,
                 guint64 bytes)
{
    const gboolean is_too_short = is_held && figures->rate_bps > AS_SENT * figures->sent_bps &&
                                  (double)bytes < 0.9 * most_sought(search);
    if (is_too_short) {
        step_up(search, bytes);
        return;
    }
    if (is_held) {
        note_held(search, figures);
        search->phase = MP_CAPACITY_MEASURING;
        return;
    }
    note_passed(search, figures, bytes);
    step_up(search, bytes);
    if ((double)bytes < 0.9 * most_sought(search))
        return;
    search->is_enough = TRUE;
    search->phase = MP_CAPACITY_DONE;
}

/* One that passes shows that there is more: it is sought again. */
static void measure(MpCapacitySearch *search, const MpTrainFigures *figures, gboolean is_held,
                    guint64 bytes)
{
    if (!is_held) {
        note_passed(search, figures, bytes);
        step_up(search, bytes);
        search->phase = search->n_again++ < MOST_AGAIN ? MP_CAPACITY_SEEKING : MP_CAPACITY_DONE;
        search->is_enough = search->passed >= 0.95 * ceiling(search);
        search->n_policed = search->n_queued = 0;
        search->low = INFINITY;
        search->high = 0;
        return;
    }
    search->n_measured++;
    note_held(search, figures);
    search->low = MIN(search->low, search->held);
    search->high = MAX(search->high, search->held);
    if (figures->error < GOOD_ERROR || search->n_measured >= MOST_MEASURED - 1)
        search->phase = MP_CAPACITY_CONFIRMING;
}

/* Others on the line: of two trains, sent faster and slower than what there is, it follows what
 * they leave. With a rate C of the line and X of the others, S / R = S / C + X / C (TOPP). */
static double left_by_others(double sent, double came, double sent_slower, double came_slower)
{
    const double slope = (sent / came - sent_slower / came_slower) / (sent - sent_slower);
    if (!(slope > 0))
        return came_slower;
    const double line = 1 / slope;
    const double others = (sent / came - sent * slope) * line;
    return CLAMP(line - others, 0.5 * came_slower, came_slower);
}

static void confirm(MpCapacitySearch *search, const MpTrainFigures *figures, gboolean is_held,
                    guint64 bytes)
{
    search->phase = MP_CAPACITY_DONE;
    search->is_confirmed = !is_held;
    if (!is_held)
        note_passed(search, figures, bytes);
    /* Only what is far beyond jitter speaks for others on the line. */
    if (!is_held || figures->error > GOOD_ERROR ||
        figures->rate_bps > (1 - GROWN_ERRORS * figures->error) * figures->sent_bps)
        return;
    const double left = left_by_others(search->sent, search->held, figures->sent_bps,
                                       figures->rate_bps);
    search->high = MAX(search->high, search->held);
    search->held = left;
    search->low = MIN(search->low, left);
}

void mp_capacity_search_take(MpCapacitySearch *search, const MpTrainFigures *figures, guint64 bytes,
                             MpTime began)
{
    search->trains[search->n_trains].began = began;
    search->trains[search->n_trains].bytes = (double)bytes;
    search->trains[search->n_trains].clear_bytes = figures->clear_bytes;
    search->trains[search->n_trains].clear_ms = figures->clear_ms;
    if (++search->n_trains == MP_CAPACITY_MOST_TRAINS)
        search->phase = MP_CAPACITY_DONE;
    search->spent_bytes += bytes;
    if (isnan(figures->rate_bps)) {
        if (++search->n_unheard >= MOST_UNHEARD)
            search->phase = MP_CAPACITY_DONE;
        return;
    }
    const double span_ms = (double)bytes * 8e3 / figures->sent_bps;
    const gboolean is_held = isfinite(figures->rate_bps) &&
                             (has_grown(search, figures, span_ms) || is_lossy(search, figures));
    if (search->phase == MP_CAPACITY_SEEKING)
        seek(search, figures, is_held, bytes);
    else if (search->phase == MP_CAPACITY_MEASURING)
        measure(search, figures, is_held, bytes);
    else if (search->phase == MP_CAPACITY_CONFIRMING)
        confirm(search, figures, is_held, bytes);
}

/* What passed bounds it from below only. */
static MpCapacity passed_only(const MpCapacitySearch *search)
{
    const double value = search->passed > 0 ? search->passed : NAN;
    return (MpCapacity){.low = value * (1 - FLOOR_ERROR), .value = value, .high = NAN};
}

MpCapacity mp_capacity_search_result(const MpCapacitySearch *search)
{
    if (search->is_enough || search->n_policed + search->n_queued == 0)
        return passed_only(search);
    const double error = MAX(SIGMAS * search->held_error, LEAST_ERROR) *
                         (search->is_confirmed ? 1 : 2);
    return (MpCapacity){.low = MIN(search->low, search->held) * MAX(1 - error, 0),
                        .value = search->held,
                        .high = MAX(search->high, search->held) * (1 + error),
                        .limiter = limiter_of(search),
                        .burst_bytes = limiter_of(search) == MP_LIMITER_POLICER
                                           ? policed_burst(search)
                                           : search->burst_bytes};
}
