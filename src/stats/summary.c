/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Exact quantiles by sorting a copy: a check holds thousands of values, not millions.
 */
#include "stats/summary.h"

#include <math.h>
#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Copies the numbers, ascending, and says how many they are. */
static double *sorted_numbers(const double *values, gsize n, gsize *count)
{
    double *numbers = g_new(double, n);
    *count = 0;
    for (gsize i = 0; i < n; i++)
        if (!isnan(values[i]))
            numbers[(*count)++] = values[i];
    qsort(numbers, *count, sizeof(double), compare_doubles);
    return numbers;
}

MpSummary mp_summary(const double *values, gsize n)
{
    MpSummary summary = {0, NAN, NAN, NAN, NAN, NAN, NAN};
    if (n == 0)
        return summary;

    g_autofree double *ascending = sorted_numbers(values, n, &summary.count);
    if (summary.count == 0)
        return summary;

    double sum = 0;
    for (gsize i = 0; i < summary.count; i++)
        sum += ascending[i];
    summary.mean = sum / (double)summary.count;
    summary.min = ascending[0];
    summary.max = ascending[summary.count - 1];
    summary.p50 = mp_quantile(ascending, summary.count, 50);
    summary.p95 = mp_quantile(ascending, summary.count, 95);
    summary.p99 = mp_quantile(ascending, summary.count, 99);
    return summary;
}

double mp_quantile(const double *ascending, gsize n, double percent)
{
    if (n == 0)
        return NAN;

    /* percent * n is exact for whole percents, percent / 100 is not: 0.95 * 20 must not become 20.
     */
    const double rank = ceil(percent * (double)n / 100);
    return ascending[(gsize)CLAMP(rank, 1, (double)n) - 1];
}
