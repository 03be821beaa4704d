/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which jitter looks like what was seen: jitters drawn from a prior play the trace, and a linear
 * function of their looks tells their scale and correlation (Beaumont, Zhang and Balding, Genetics
 * 162, 2002: approximate Bayesian computation with regression). What it leaves is what the trace
 * leaves open.
 */
#include <math.h>
#include <string.h>

#include "analysis/path_fit_jitter.h"
#include "stats/least_squares.h"
#include "stats/variate.h"

#define FIRST_PLAYS 60
#define SECOND_PLAYS 240
/* Of the last round those that look most alike: near them its function is linear. */
#define NEAREST 100
/* The prior of scale and correlation time is even in the logarithm, so far to each side. */
#define FIRST_SCALE_REACH 0.8
#define LEAST_CORRELATION_MS 2
#define LONGEST_CORRELATION_MS 2000
/* Then as far as the first round leaves open. */
#define SECOND_DEVIATIONS 2.5
#define LEAST_REACH 0.15
#define LEAST_SPREAD 0.02
/* The function itself is known from few plays only: intervals without it held 80 % instead of 90.
 */
#define WIDER 1.25
/* Three tails are so far off, in squares of deviations, in one trace of a hundred (chi-squared). */
#define USUAL 11.3
/* Plays that all look the same have none. */
#define LEAST_VARIANCE 1e-12
/* What another distribution must look more alike by, as minus two log likelihoods: a short trace of
 * jitter that drifts says little of it. */
#define UNUSUAL 6

typedef struct {
    double low;
    double high;
} Span;

typedef struct {
    MpJitterDistribution distribution;
    gboolean is_independent;
    Span scale; /* logarithms of ms */
    Span correlation;
} Prior;

/* Plays that were made, a row each. */
typedef struct {
    guint n;
    double shapes[SECOND_PLAYS][MP_N_SHAPES];
    double scales[SECOND_PLAYS];
    double correlations[SECOND_PLAYS];
    double middles[SECOND_PLAYS]; /* median, in scales */
} Plays;

static double within(MpVariate *variate, Span span)
{
    return span.low + (span.high - span.low) * mp_variate_unit(variate);
}

static void play(Plays *plays, const MpJitterTrace *trace, const Prior *prior, guint n)
{
    g_autofree double *rest_ms = g_new(double, trace->n);
    MpVariate variate = {n};
    plays->n = n;
    for (guint i = 0; i < n; i++) {
        plays->scales[i] = within(&variate, prior->scale);
        plays->correlations[i] = within(&variate, prior->correlation);
        const double correlation_ms = prior->is_independent ? 0 : exp(plays->correlations[i]);
        const MpLinkJitter jitter = {
            .distribution = prior->distribution,
            .scale = (MpTime)(exp(plays->scales[i]) * 1e6),
            .correlation_time = (MpTime)(correlation_ms * 1e6),
        };
        mp_jitter_play(trace, &jitter, i, rest_ms);
        const MpShape shape = mp_jitter_shape(trace, rest_ms);
        memcpy(plays->shapes[i], shape.columns, sizeof shape.columns);
        plays->middles[i] = shape.median_ms / exp(plays->scales[i]);
    }
}

typedef struct {
    double scale, scale_spread; /* logarithms */
    double correlation, correlation_spread;
    double middle, middle_spread;
} Answer;

/* Squares of deviations, all columns. */
static double strangeness(const double *shape, const MpShape *seen, const double *variances)
{
    double sum = 0;
    for (guint c = 0; c < MP_N_SHAPES; c++)
        sum += pow(shape[c] - seen->columns[c], 2) / variances[c];
    return sum;
}

static void set_variances(const Plays *plays, double *variances)
{
    for (guint c = 0; c < MP_N_SHAPES; c++) {
        double mean = 0;
        variances[c] = LEAST_VARIANCE;
        for (guint i = 0; i < plays->n; i++)
            mean += plays->shapes[i][c] / plays->n;
        for (guint i = 0; i < plays->n; i++)
            variances[c] += pow(plays->shapes[i][c] - mean, 2) / plays->n;
    }
}

static void exchange(double *values, guint a, guint b)
{
    const double value = values[a];
    values[a] = values[b];
    values[b] = value;
}

static void exchange_plays(Plays *plays, guint a, guint b)
{
    for (guint c = 0; c < MP_N_SHAPES; c++) {
        const double value = plays->shapes[a][c];
        plays->shapes[a][c] = plays->shapes[b][c];
        plays->shapes[b][c] = value;
    }
    exchange(plays->scales, a, b);
    exchange(plays->correlations, a, b);
    exchange(plays->middles, a, b);
}

/* Only these are left. */
static void keep_nearest(Plays *plays, const MpShape *seen, guint n)
{
    double variances[MP_N_SHAPES] = {0};
    double far[SECOND_PLAYS] = {0};
    set_variances(plays, variances);
    for (guint i = 0; i < plays->n; i++)
        far[i] = strangeness(plays->shapes[i], seen, variances);
    for (guint i = 0; i < n; i++) {
        guint nearest = i;
        for (guint j = i + 1; j < plays->n; j++)
            nearest = far[j] < far[nearest] ? j : nearest;
        exchange(far, i, nearest);
        exchange_plays(plays, i, nearest);
    }
    plays->n = n;
}

static Answer answer_of(const Plays *plays, const MpShape *seen)
{
    const double *rows = &plays->shapes[0][0];
    const MpLeastSquares scale = mp_least_squares(rows, MP_N_SHAPES, plays->scales, plays->n);
    const MpLeastSquares correlation = mp_least_squares(rows, MP_N_SHAPES, plays->correlations,
                                                        plays->n);
    const MpLeastSquares middle = mp_least_squares(rows, MP_N_SHAPES, plays->middles, plays->n);
    return (Answer){.scale = mp_least_squares_at(&scale, seen->columns),
                    .scale_spread = WIDER * scale.deviation,
                    .correlation = mp_least_squares_at(&correlation, seen->columns),
                    .correlation_spread = WIDER * correlation.deviation,
                    .middle = mp_least_squares_at(&middle, seen->columns),
                    .middle_spread = WIDER * middle.deviation};
}

typedef struct {
    double squares; /* of how many deviations of the plays what was seen is off */
    double unlike;  /* minus two log likelihoods, but for a constant */
} Distance;

/* The width and the steps can be had by every distribution: the tails tell it. */
static Distance distance(const Plays *plays, const MpShape *seen)
{
    static const MpShapeColumn columns[] = {MP_SHAPE_UPPER, MP_SHAPE_UPPER_TAIL, MP_SHAPE_LOWER};
    Distance sum = {0, 0};
    for (gsize c = 0; c < G_N_ELEMENTS(columns); c++) {
        double mean = 0;
        double variance = LEAST_VARIANCE;
        for (guint i = 0; i < plays->n; i++)
            mean += plays->shapes[i][columns[c]] / plays->n;
        for (guint i = 0; i < plays->n; i++)
            variance += pow(plays->shapes[i][columns[c]] - mean, 2) / plays->n;
        const double square = pow(seen->columns[columns[c]] - mean, 2) / variance;
        sum.squares += square;
        sum.unlike += square + log(variance);
    }
    return sum;
}

/* Between the quantiles 0.16 and 0.84, in scales. */
static const double widths[] = {
    [MP_JITTER_UNIFORM] = 1.36,
    [MP_JITTER_NORMAL] = 1.99,
    [MP_JITTER_EXPONENTIAL] = 1.66,
    [MP_JITTER_PARETO] = 1.57,
};

static Span around(double middle, double reach)
{
    return (Span){middle - reach, middle + reach};
}

static Prior first_prior(const MpShape *seen, MpJitterDistribution distribution)
{
    const double scale = seen->columns[MP_SHAPE_WIDTH] - log(widths[distribution]);
    return (Prior){.distribution = distribution,
                   .is_independent = mp_jitter_is_independent(seen),
                   .scale = around(scale, FIRST_SCALE_REACH),
                   .correlation = {log(LEAST_CORRELATION_MS), log(LONGEST_CORRELATION_MS)}};
}

static Prior second_prior(const Prior *first, const Answer *answer)
{
    Prior prior = *first;
    prior.scale = around(answer->scale,
                         fmax(SECOND_DEVIATIONS * answer->scale_spread, LEAST_REACH));
    prior.correlation = around(
        CLAMP(answer->correlation, first->correlation.low, first->correlation.high),
        fmax(SECOND_DEVIATIONS * answer->correlation_spread, LEAST_REACH));
    return prior;
}

/* By two rounds; `plays` are then those of the second. */
static Prior narrowed_prior(Plays *plays, const MpJitterTrace *trace, const MpShape *seen,
                            MpJitterDistribution distribution)
{
    const Prior first = first_prior(seen, distribution);
    play(plays, trace, &first, FIRST_PLAYS);
    const Answer answer = answer_of(plays, seen);
    const Prior second = second_prior(&first, &answer);
    play(plays, trace, &second, FIRST_PLAYS);
    return second;
}

/* One that looks as it should is taken before the next is tried. */
static const MpJitterDistribution by_usual[] = {MP_JITTER_NORMAL, MP_JITTER_UNIFORM,
                                                MP_JITTER_EXPONENTIAL, MP_JITTER_PARETO};

MpPathJitter mp_jitter_guess(const MpJitterTrace *trace)
{
    const MpShape seen = mp_jitter_shape(trace, trace->rest_ms);
    g_autofree Plays *plays = g_new(Plays, 1);
    Prior best = {0};
    double least = INFINITY;
    for (gsize i = 0; i < G_N_ELEMENTS(by_usual); i++) {
        const Prior prior = narrowed_prior(plays, trace, &seen, by_usual[i]);
        const Distance far = distance(plays, &seen);
        if (far.unlike >= least)
            continue;
        best = prior;
        if (far.squares < USUAL)
            break;
        least = fmin(least, far.unlike - UNUSUAL);
    }
    play(plays, trace, &best, SECOND_PLAYS);
    keep_nearest(plays, &seen, NEAREST);
    const Answer answer = answer_of(plays, &seen);
    return (MpPathJitter){
        .distribution = best.distribution,
        .scale_ms = {exp(answer.scale), fmax(answer.scale_spread, LEAST_SPREAD)},
        .correlation_ms = {best.is_independent ? 0 : exp(answer.correlation),
                           best.is_independent ? 0 : answer.correlation_spread},
        .middle = answer.middle,
        .middle_spread = answer.middle_spread,
        .reorders = !trace->keeps_order,
    };
}
