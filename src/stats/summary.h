/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Least, greatest, mean and exact quantiles of a set of values, in the unit of the values.
 */
#pragma once

#include <glib.h>

typedef struct {
    gsize count; /* values that were numbers; 0: everything below is NAN */
    double min, p50, p95, p99, max, mean;
} MpSummary;

/* A NAN among `values` was not measured and is left out. */
MpSummary mp_summary(const double *values, gsize n);

/* The nearest rank: the smallest of `n` ascending values that at least `percent` (0..100] of them
 * do not exceed. RFC 2330 section 11.3 (empirical distribution function). NAN when n is 0. */
double mp_quantile(const double *ascending, gsize n, double percent);
