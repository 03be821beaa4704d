/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate of the narrowest place: the one that explains best how delays grow within a burst of
 * packets and fall after it. Jitter that drifts moves little between neighbours, a queue does.
 */
#include <math.h>

#include "analysis/path_fit.h"
#include "stats/summary.h"

/* Rates that are looked at, kbps, and the step from one to the next. */
#define LEAST_RATE 50
#define GREATEST_RATE 30000
#define STEP 1.03
/* A bottleneck is believed where it explains so much of what delays differ between neighbours. */
#define BELIEVABLE 0.7
/* Where it explains less, but the trains after the media met it. */
#define BELIEVABLE_IF_MET 0.95
/* Fewer ms on average between neighbours are the timestamps' own. */
#define NOTHING_MS 0.05
/* What a rate may add to the differences and still be one that was not met. */
#define NOT_WORSE 1.05
#define NOT_WORSE_MS 0.01
/* The interval's error is found by leaving out a part in turn (jackknife). */
#define N_PARTS 6
#define SIGMAS 1.96
#define LEAST_ERROR 0.01
/* Of what an arrival is off by, so much is the queue's and stays. */
#define FOLLOW 0.1
/* Following is worth it where it explains so many times more: jitter can be followed as well. */
#define FAR_BETTER 3
#define LEAST_IDLE_MS 1
/* The call's own RTCP and STUN are not in the record and pass the same bottleneck: what is seen of
 * its rate is too little by as much at most. */
#define UNRECORDED 0.03
/* A path that loses so much by itself makes trains believe in a policer. */
#define MUCH_LOSS 0.08
#define GOLDEN 0.381966011250105

typedef struct {
    MpFit *fit;
    double rate_kbps;
    double base_ms; /* what a packet takes where it waits for none; NAN: arrivals correct nothing */
    double free_ms; /* when it has sent all that came */
    guint outage;   /* the next one that has not ended */
} Bottleneck;

/* When the packet can begin to leave. */
static double begin_of(Bottleneck *bottleneck, const MpFitPacket *packet)
{
    const GArray *outages = bottleneck->fit->outages;
    const double begin_ms = fmax(packet->sent_ms, bottleneck->free_ms);
    guint *next = &bottleneck->outage;
    while (*next < outages->len && g_array_index(outages, MpFitOutage, *next).to_ms <= begin_ms)
        (*next)++;
    if (*next == outages->len)
        return begin_ms;
    const MpFitOutage *outage = &g_array_index(outages, MpFitOutage, *next);
    return begin_ms >= outage->from_ms ? outage->to_ms : begin_ms;
}

/* Packets that are not in the record (RTCP, STUN, others' altogether) wait in the same queue: while
 * it is busy, each arrival tells how far behind they brought it. */
static double correction(const Bottleneck *bottleneck, const MpFitPacket *packet)
{
    if (isnan(bottleneck->base_ms) || packet->fate != MP_FIT_ARRIVED)
        return 0;
    const double behind_ms = packet->delay_ms - bottleneck->base_ms - packet->wait_ms;
    if (bottleneck->free_ms > packet->sent_ms)
        return FOLLOW * behind_ms;
    /* It seemed to be idle. */
    return behind_ms > LEAST_IDLE_MS ? behind_ms : 0;
}

static void replay(Bottleneck bottleneck)
{
    MpFit *fit = bottleneck.fit;
    for (guint i = 0; i < fit->n_packets; i++) {
        MpFitPacket *packet = &fit->packets[i];
        const double begin_ms = begin_of(&bottleneck, packet);
        const double end_ms = begin_ms + packet->bytes * 8 / bottleneck.rate_kbps;
        packet->wait_ms = end_ms - packet->sent_ms;
        if (packet->fate != MP_FIT_LOST)
            bottleneck.free_ms = end_ms + correction(&bottleneck, packet);
    }
}

static void replay_at(MpFit *fit, double rate_kbps, double base_ms)
{
    replay(
        (Bottleneck){.fit = fit, .rate_kbps = rate_kbps, .base_ms = base_ms, .free_ms = -INFINITY});
}

double mp_path_fit_wait_before(const MpFit *fit, const MpFitPacket *packet)
{
    const double rate = fit->side->rate_kbps;
    return isnan(rate) ? 0 : packet->wait_ms - packet->bytes * 8 / rate;
}

static int ascending(gconstpointer a, gconstpointer b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a packet takes that waits for none: the median of those that seem to wait for none, or the
 * least of all where even they took longer. */
static double base_of(const MpFit *fit)
{
    g_autofree double *rests = g_new(double, fit->n_packets);
    guint n = 0;
    double least = INFINITY;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (packet->fate != MP_FIT_ARRIVED)
            continue;
        least = fmin(least, packet->delay_ms - packet->bytes * 8 / fit->side->rate_kbps);
        if (mp_path_fit_wait_before(fit, packet) <= 0 && !packet->is_in_outage)
            rests[n++] = packet->delay_ms - packet->wait_ms;
    }
    qsort(rests, n, sizeof *rests, ascending);
    const double median = mp_quantile(rests, n, 50);
    return n > 0 && median < least + LEAST_IDLE_MS ? median : least;
}

/* Mean difference between neighbours of what the bottleneck does not explain; `part` of N_PARTS is
 * left out (-1: none). */
static double unexplained(MpFit *fit, double rate_kbps, int part)
{
    replay_at(fit, rate_kbps, NAN);
    double sum = 0;
    guint n = 0;
    double last = NAN;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (packet->fate != MP_FIT_ARRIVED)
            continue;
        const double rest = packet->delay_ms - packet->wait_ms;
        const gboolean is_in = part < 0 || (int)((guint64)i * N_PARTS / fit->n_packets) != part;
        if (is_in && !isnan(last)) {
            sum += fabs(rest - last);
            n++;
        }
        last = is_in ? rest : NAN;
    }
    return n > 0 ? sum / n : INFINITY;
}

/* The least of it between two rates, by golden section of the logarithm. */
static double best_between(MpFit *fit, double low, double high, int part)
{
    double a = log(low);
    double b = log(high);
    double x = a + GOLDEN * (b - a);
    double y = b - GOLDEN * (b - a);
    double at_x = unexplained(fit, exp(x), part);
    double at_y = unexplained(fit, exp(y), part);
    while (b - a > 0.0005) {
        if (at_x < at_y) {
            b = y;
            y = x;
            at_y = at_x;
            x = a + GOLDEN * (b - a);
            at_x = unexplained(fit, exp(x), part);
        } else {
            a = x;
            x = y;
            at_x = at_y;
            y = b - GOLDEN * (b - a);
            at_y = unexplained(fit, exp(y), part);
        }
    }
    return exp((a + b) / 2);
}

/* Relative, one standard deviation. */
static double error_of(MpFit *fit, double rate)
{
    double sum = 0;
    double squares = 0;
    for (int part = 0; part < N_PARTS; part++) {
        const double each = log(best_between(fit, rate / STEP / STEP, rate * STEP * STEP, part));
        sum += each;
        squares += each * each;
    }
    const double variance = squares / N_PARTS - sum / N_PARTS * sum / N_PARTS;
    return sqrt(fmax(variance, 0) * (N_PARTS - 1));
}

static double best_rate(MpFit *fit, double least, double greatest)
{
    double best = NAN;
    double least_rest = INFINITY;
    double rate = least;
    while (rate <= greatest) {
        const double rest = unexplained(fit, rate, -1);
        if (rest < least_rest) {
            least_rest = rest;
            best = rate;
        }
        rate *= STEP;
    }
    return isnan(best) ? NAN : best_between(fit, best / STEP, best * STEP, -1);
}

/* The least rate that, with all above it, explains what was seen as well as none at all. */
static double least_possible(MpFit *fit, double rest_without)
{
    double least = GREATEST_RATE;
    double rate = GREATEST_RATE;
    while (rate >= LEAST_RATE &&
           unexplained(fit, rate, -1) <= rest_without * NOT_WORSE + NOT_WORSE_MS) {
        least = rate;
        rate /= STEP;
    }
    return least;
}

/* Of what the bottleneck does not explain, the middle 68 %. */
static double width_unexplained(const MpFit *fit)
{
    g_autofree double *rests = g_new(double, fit->n_packets);
    guint n = 0;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (packet->fate == MP_FIT_ARRIVED && !packet->is_in_outage)
            rests[n++] = packet->delay_ms - packet->wait_ms;
    }
    qsort(rests, n, sizeof *rests, ascending);
    return n > 0 ? mp_quantile(rests, n, 84) - mp_quantile(rests, n, 16) : 0;
}

/* Others' packets are followed where that is what makes the difference. */
static void replay_for_good(MpFit *fit)
{
    const double rate = fit->side->rate_kbps;
    replay_at(fit, rate, NAN);
    const double base_ms = fit->base_ms = base_of(fit);
    const double width = width_unexplained(fit);
    replay_at(fit, rate, base_ms);
    if (width < FAR_BETTER * width_unexplained(fit))
        replay_at(fit, rate, NAN);
}

static void set_rate(MpFit *fit, double low, double value, double high)
{
    fit->side->rate_low_kbps = low;
    fit->side->rate_kbps = value;
    fit->side->rate_high_kbps = high;
    if (isnan(value)) {
        replay_at(fit, INFINITY, NAN);
        return;
    }
    replay_for_good(fit);
}

static void tell_rate(MpPathSide *side, double low, double value, double high)
{
    side->rate_low_kbps = low;
    side->rate_kbps = value * (1 + UNRECORDED / 3);
    side->rate_high_kbps = high * (1 + UNRECORDED);
}

/* What waits is played at the rate that explains it, which is a little less than the bottleneck's
 * own: others' packets take the rest. The trains' figure is told where it is the sharper one. */
static void set_met(MpFit *fit, double rate)
{
    const double error = fmax(SIGMAS * error_of(fit, rate), LEAST_ERROR);
    set_rate(fit, rate * exp(-error), rate, rate * exp(error));
    const double width = fit->capacity_high - fit->capacity_low;
    if (fit->limiter == MP_FIT_QUEUED && width < rate * (exp(error) - exp(-error)))
        tell_rate(fit->side, fit->capacity_low, fit->capacity, fit->capacity_high);
    else
        tell_rate(fit->side, rate * exp(-error), rate, rate * exp(error));
}

/* Whether the media sent less than trains were held to and lost much all the same. */
static gboolean loses_by_itself(const MpFit *fit)
{
    double bytes = 0;
    double lost = 0;
    for (guint i = 0; i < fit->n_packets; i++) {
        bytes += fit->packets[i].bytes;
        lost += fit->packets[i].fate == MP_FIT_LOST && !fit->packets[i].is_in_outage ? 1 : 0;
    }
    return bytes * 8 / fit->span_ms < fit->capacity_low && lost > MUCH_LOSS * fit->n_packets;
}

/* Packets beyond a policer's rate leave no trace in the others' delay. */
static void take_policer(MpFit *fit)
{
    fit->side->is_policer = TRUE;
    fit->side->bucket_bytes = fit->bucket_bytes;
    fit->side->rate_low_kbps = fit->capacity_low;
    fit->side->rate_kbps = fit->capacity;
    fit->side->rate_high_kbps = fit->capacity_high;
    replay_at(fit, INFINITY, NAN);
}

void mp_path_fit_bottleneck(MpFit *fit)
{
    const double rest_without = unexplained(fit, INFINITY, -1);
    if (fit->limiter == MP_FIT_POLICED && !loses_by_itself(fit)) {
        take_policer(fit);
        return;
    }
    const gboolean is_met = fit->limiter == MP_FIT_QUEUED;
    const double least = is_met ? fmax(fit->capacity_low / STEP, LEAST_RATE) : LEAST_RATE;
    const double greatest = is_met ? fit->capacity_high * STEP : GREATEST_RATE;
    const double rate = best_rate(fit, least, greatest);
    const double rest = isnan(rate) ? INFINITY : unexplained(fit, rate, -1);
    const double believable = is_met ? BELIEVABLE_IF_MET : BELIEVABLE;
    const gboolean is_excluded = fit->limiter == MP_FIT_UNHINDERED && rate < fit->capacity_low;
    if (rest_without > NOTHING_MS && rest < believable * rest_without && !is_excluded) {
        set_met(fit, rate);
        return;
    }
    if (is_met && unexplained(fit, fit->capacity, -1) < rest_without * NOT_WORSE + NOT_WORSE_MS) {
        set_rate(fit, fit->capacity_low, fit->capacity, fit->capacity_high);
        return;
    }
    /* Trains that were held to a rate at which the media's own bursts do not wait met loss. */
    const double passed = least_possible(fit, rest_without);
    set_rate(fit, fmax(passed, isnan(fit->capacity_low) ? 0 : fit->capacity_low), NAN, NAN);
}
