/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jitter by the quantiles of a drifting Gaussian.
 */
#include "link/link_jitter.h"

#include <math.h>

/* A Pareto tail has no end; a packet's patience has. */
#define LONGEST MP_SEC(86400)
#define PARETO_SHAPE 3

/* The chance that a standard normal value is larger than `level`. */
static double chance_of_more(double level)
{
    return erfc(level / G_SQRT2) / 2;
}

static double uniform(double level)
{
    return 1 - 2 * chance_of_more(level);
}

static double normal(double level)
{
    return level;
}

static double exponential(double level)
{
    return -log(chance_of_more(level));
}

/* Pareto's second kind (Lomax), which begins at 0: its mean is 1 / (shape - 1) of its scale. */
static double pareto(double level)
{
    return (PARETO_SHAPE - 1) * (pow(chance_of_more(level), -1.0 / PARETO_SHAPE) - 1);
}

static double (*const quantiles[])(double) = {
    [MP_JITTER_UNIFORM] = uniform,
    [MP_JITTER_NORMAL] = normal,
    [MP_JITTER_EXPONENTIAL] = exponential,
    [MP_JITTER_PARETO] = pareto,
};

/* What is left of the process after a time is exp(-time / correlation time). */
static double next_level(const MpLinkJitterState *state, const MpLinkJitter *jitter, double fresh,
                         MpTime now)
{
    if (!state->has_begun || jitter->correlation_time <= 0)
        return fresh;
    double kept = exp(-(double)(now - state->at) / (double)jitter->correlation_time);
    return kept * state->level + sqrt(1 - kept * kept) * fresh;
}

MpTime mp_link_jitter_draw(MpLinkJitterState *state, const MpLinkJitter *jitter,
                           const MpLinkRandom *random, guint64 number, MpTime now)
{
    if (jitter->scale <= 0)
        return 0;
    if (!state->has_begun || state->number != number) {
        double level = next_level(state, jitter, mp_link_random_normal(random, number), now);
        *state = (MpLinkJitterState){
            .has_begun = TRUE, .number = number, .at = now, .level = level};
    }
    double span = (double)jitter->scale * quantiles[jitter->distribution](state->level);
    return (MpTime)lround(CLAMP(span, -(double)LONGEST, (double)LONGEST));
}
