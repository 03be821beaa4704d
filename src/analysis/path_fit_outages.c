/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Moments when nothing passed: all was lost, or all waited and came at once afterwards. Loss and
 * jitter of the usual kind do that as well, but seldom for so long.
 */
#include <math.h>

#include "analysis/path_fit.h"

/* Shorter ones are jitter and loss to a call. */
#define LEAST_MS 100
/* A run of losses is an outage where bursts like the others make one as long less often. */
#define UNUSUAL 0.001
#define LEAST_RUN 5
/* A silence is one where delays usually change so many times less within LEAST_MS. */
#define UNUSUAL_CHANGE 7
/* Before the test: few paths have outages; those that have, any number of them a minute. */
#define PRIOR_NUMBER 0.002
#define PRIOR_SECONDS 2
/* Handovers and radio gaps: mostly between 0.1 and 1.5 s. */
#define PRIOR_LENGTH_MS 350
#define PRIOR_SPREAD 0.8
/* Of how much one length tells of the next. */
#define LEAST_SPREAD 0.15

static double arrival(const MpFitPacket *packet)
{
    return packet->sent_ms + packet->delay_ms;
}

/* A run of packets that were lost. */
typedef struct {
    guint first;
    guint n;
    double from_ms;
    double to_ms; /* when the next packet left */
} Run;

static gboolean next_run(const MpFit *fit, guint from, Run *run)
{
    guint i = from;
    while (i < fit->n_packets && fit->packets[i].fate != MP_FIT_LOST)
        i++;
    if (i == fit->n_packets)
        return FALSE;
    *run = (Run){.first = i, .from_ms = fit->packets[i].sent_ms};
    while (i < fit->n_packets && fit->packets[i].fate == MP_FIT_LOST)
        i++;
    run->n = i - run->first;
    run->to_ms = fit->packets[MIN(i, fit->n_packets - 1)].sent_ms;
    return TRUE;
}

typedef struct {
    double runs;
    double lost;
} Usual;

/* Of all runs but those that may be outages. */
static Usual usual_runs(const MpFit *fit)
{
    Usual usual = {0, 0};
    Run run = {0, 0, 0, 0};
    for (guint i = 0; next_run(fit, i, &run); i = run.first + run.n) {
        const gboolean is_long = run.n >= LEAST_RUN && run.to_ms - run.from_ms >= LEAST_MS;
        usual.runs += is_long ? 0 : 1;
        usual.lost += is_long ? 0 : run.n;
    }
    return usual;
}

static void mark(MpFit *fit, double from_ms, double to_ms)
{
    for (guint i = 0; i < fit->n_packets; i++)
        if (fit->packets[i].sent_ms >= from_ms && fit->packets[i].sent_ms < to_ms)
            fit->packets[i].is_in_outage = TRUE;
}

static void add(MpFit *fit, MpOutageType type, double from_ms, double to_ms)
{
    const MpFitOutage outage = {.from_ms = from_ms, .to_ms = to_ms, .type = type};
    g_array_append_val(fit->outages, outage);
    mark(fit, from_ms, to_ms);
}

/* That it is so each of `n` times: the mean of its power. */
static double chance_of_all(MpChance chance, double n)
{
    return exp(lgamma(chance.yes + n) - lgamma(chance.yes) + lgamma(chance.yes + chance.no) -
               lgamma(chance.yes + chance.no + n));
}

static void find_drops(MpFit *fit)
{
    const Usual usual = usual_runs(fit);
    /* That a burst goes on, by the others; few are long before any was seen. */
    const MpChance goes_on = {1.5 + usual.lost - usual.runs, 3 + usual.runs};
    Run run = {0, 0, 0, 0};
    for (guint i = 0; next_run(fit, i, &run); i = run.first + run.n) {
        const double chance = (usual.runs + 1) * chance_of_all(goes_on, run.n - 1);
        if (run.n >= LEAST_RUN && run.to_ms - run.from_ms >= LEAST_MS && chance < UNUSUAL)
            add(fit, MP_OUTAGE_DROPS, run.from_ms, run.to_ms);
    }
}

static int ascending(gconstpointer a, gconstpointer b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How much the delay usually changes within LEAST_MS: the median of what it does. */
static double usual_change(const MpFit *fit)
{
    g_autofree double *changes = g_new(double, fit->n_packets);
    guint n = 0;
    guint later = 0;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        while (later < fit->n_packets && (fit->packets[later].fate != MP_FIT_ARRIVED ||
                                          fit->packets[later].sent_ms < packet->sent_ms + LEAST_MS))
            later++;
        if (later == fit->n_packets)
            break;
        if (packet->fate == MP_FIT_ARRIVED)
            changes[n++] = fabs(fit->packets[later].delay_ms - packet->delay_ms);
    }
    qsort(changes, n, sizeof *changes, ascending);
    return n > 0 ? changes[n / 2] : 0;
}

static double least_delay(const MpFit *fit)
{
    double least = INFINITY;
    for (guint i = 0; i < fit->n_packets; i++)
        if (fit->packets[i].fate == MP_FIT_ARRIVED)
            least = fmin(least, fit->packets[i].delay_ms);
    return least;
}

/* A silence ends with a packet that should have come in it, and others with it. The latest one
 * before came at `latest_ms`. */
static void look_at_silence(MpFit *fit, double latest_ms, const MpFitPacket *next, double least_ms,
                            double unusual_ms)
{
    const double end_ms = arrival(next) - least_ms;
    const double begin_ms = fmax(next->sent_ms, latest_ms - least_ms);
    if (end_ms - begin_ms >= fmax(LEAST_MS, unusual_ms))
        add(fit, MP_OUTAGE_HOLDS, begin_ms, end_ms);
}

static void find_holds(MpFit *fit)
{
    const double least_ms = least_delay(fit);
    const double unusual_ms = UNUSUAL_CHANGE * usual_change(fit);
    double latest_ms = -INFINITY;
    for (guint i = 0; i < fit->n_packets; i++) {
        const MpFitPacket *packet = &fit->packets[i];
        if (packet->fate != MP_FIT_ARRIVED)
            continue;
        look_at_silence(fit, latest_ms, packet, least_ms, unusual_ms);
        latest_ms = fmax(latest_ms, arrival(packet));
    }
}

static int by_begin(gconstpointer a, gconstpointer b)
{
    const double x = ((const MpFitOutage *)a)->from_ms;
    const double y = ((const MpFitOutage *)b)->from_ms;
    return (x > y) - (x < y);
}

/* The type of most of them. */
static void summarise(const MpFit *fit, MpPathOutages *found)
{
    double sum = log(PRIOR_LENGTH_MS);
    double squares = 0;
    guint n_holds = 0;
    const guint n = fit->outages->len;
    for (guint i = 0; i < n; i++) {
        const MpFitOutage *outage = &g_array_index(fit->outages, MpFitOutage, i);
        sum += log(outage->to_ms - outage->from_ms);
        n_holds += outage->type == MP_OUTAGE_HOLDS ? 1 : 0;
    }
    const double mean = n > 0 ? (sum - log(PRIOR_LENGTH_MS)) / n : sum;
    for (guint i = 0; i < n; i++) {
        const MpFitOutage *outage = &g_array_index(fit->outages, MpFitOutage, i);
        const double off = log(outage->to_ms - outage->from_ms) - mean;
        squares += off * off;
    }
    const double deviation = sqrt((squares + PRIOR_SPREAD * PRIOR_SPREAD) / (n + 1));
    found->length_ms = (MpGuess){exp(mean), fmax(deviation, LEAST_SPREAD)};
    found->type = 2 * n_holds >= n && n > 0 ? MP_OUTAGE_HOLDS : MP_OUTAGE_DROPS;
}

void mp_path_fit_outages(MpFit *fit)
{
    find_drops(fit);
    find_holds(fit);
    g_array_sort(fit->outages, by_begin);
    MpPathOutages *found = &fit->side->outages;
    summarise(fit, found);
    found->number = PRIOR_NUMBER + fit->outages->len;
    found->seconds = PRIOR_SECONDS + fit->span_ms / 1000;
}
