/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wilson's score interval, and an exact upper bound.
 */
#include "stats/proportion.h"

#include <math.h>

/* The normal distribution's 97.5 % quantile. */
#define Z 1.959964

/* `share` of `n` independent draws. */
static MpProportion wilson(double share, double n)
{
    const double center = share + Z * Z / (2 * n);
    const double half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
    const double scale = 1 + Z * Z / n;
    return (MpProportion){.share = share,
                          .low = share == 0 ? 0 : fmax((center - half) / scale, 0),
                          .high = share == 1 ? 1 : fmin((center + half) / scale, 1)};
}

MpProportion mp_proportion(guint hits, guint count)
{
    return count == 0 ? (MpProportion){NAN, NAN, NAN} : wilson((double)hits / count, count);
}

MpProportion mp_proportion_in_runs(guint hits, guint runs, guint count)
{
    if (hits == 0 || hits == count || runs == 0)
        return mp_proportion(hits, count);
    /* A step leads from hit to miss, from miss to hit; what is left over is the correlation of
     * neighbours. Fewer neighbours than by chance add nothing. */
    const double to_miss = (double)runs / hits;
    const double to_hit = (double)runs / (count - hits);
    const double correlation = CLAMP(1 - to_miss - to_hit, 0, 1);
    const double draws = count * (1 - correlation) / (1 + correlation);
    return wilson((double)hits / count, fmax(draws, 1));
}

/* What is left of the probability when the bound is believed. */
#define DOUBT 0.05
/* Halvings of 0..1: beyond a double's digits. */
#define HALVINGS 60

static double log_choose(guint count, guint hits)
{
    return lgamma(count + 1.0) - lgamma(hits + 1.0) - lgamma(count - hits + 1.0);
}

/* Probability of at most `hits` of `count` where each has `share`, which is within 0..1. */
static double at_most(guint hits, guint count, double share)
{
    double sum = 0;
    for (guint i = 0; i <= hits; i++)
        sum += exp(log_choose(count, i) + i * log(share) + (count - i) * log1p(-share));
    return sum;
}

double mp_proportion_upper(guint hits, guint count)
{
    if (count == 0)
        return NAN;
    if (hits >= count)
        return 1;
    if (hits == 0)
        return 1 - pow(DOUBT, 1.0 / count);
    double low = (double)hits / count;
    double high = 1;
    for (guint i = 0; i < HALVINGS; i++) {
        const double middle = (low + high) / 2;
        if (at_most(hits, count, middle) > DOUBT)
            low = middle;
        else
            high = middle;
    }
    return high;
}
