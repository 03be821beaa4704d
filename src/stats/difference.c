/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Student's t of paired differences, and Newcombe's interval of two shares.
 */
#include "stats/difference.h"

#include <math.h>

#include "stats/proportion.h"

/* The 97.5 % quantile of Student's t distribution by degrees of freedom, from 1; beyond the last
 * one the normal distribution is near enough on the safe side. */
static const double quantiles[] = {
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010,  2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
};

static double quantile(guint degrees)
{
    return quantiles[MIN(degrees, G_N_ELEMENTS(quantiles)) - 1];
}

MpDifference mp_difference_paired(const double *first, const double *second, gsize n)
{
    guint count = 0;
    double mean = 0;
    double squares = 0; /* Welford, "Note on a method for calculating corrected sums", 1962 */
    for (gsize i = 0; i < n; i++) {
        const double difference = first[i] - second[i];
        if (isnan(difference))
            continue;
        count++;
        const double step = difference - mean;
        mean += step / count;
        squares += step * (difference - mean);
    }
    if (count < 2)
        return (MpDifference){NAN, NAN, NAN};
    const double half = quantile(count - 1) * sqrt(squares / (count - 1) / count);
    return (MpDifference){mean, mean - half, mean + half};
}

MpDifference mp_difference_of_shares(guint hits, guint count, guint other_hits, guint other_count)
{
    const MpProportion a = mp_proportion(hits, count);
    const MpProportion b = mp_proportion(other_hits, other_count);
    const double value = a.share - b.share;
    return (MpDifference){.value = value,
                          .low = value - hypot(a.share - a.low, b.high - b.share),
                          .high = value + hypot(a.high - a.share, b.share - b.low)};
}

MpDifference mp_difference_wider(const MpDifference *a, const MpDifference *b)
{
    return (MpDifference){a->value, fmin(a->low, b->low), fmax(a->high, b->high)};
}

gboolean mp_difference_is_real(const MpDifference *difference, double least)
{
    return fabs(difference->value) >= least && (difference->low > 0 || difference->high < 0);
}
