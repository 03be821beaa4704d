/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any number of delays in fixed memory: buckets whose width grows with the value, so that a
 * percentile is within 1.6 % of the true one.
 */
#pragma once

#include "base/time.h"

/* 32 buckets for every doubling, up to 2^41 ns (36 minutes); what is longer counts as that. */
#define MP_DELAY_BUCKETS (37 * 32)

/* All zero: empty. Holds no pointer, so it can lie in shared memory. */
typedef struct {
    guint64 n;
    MpTime max;
    guint64 buckets[MP_DELAY_BUCKETS];
} MpDelayHistogram;

/* A negative delay counts as 0. */
void mp_delay_histogram_add(MpDelayHistogram *histogram, MpTime delay);

/* `percent` 0 to 100; 0 when it is empty. */
MpTime mp_delay_histogram_percentile(const MpDelayHistogram *histogram, double percent);

/* The share, 0 to 1, of delays above `limit`, to the width of a bucket. */
double mp_delay_histogram_share_above(const MpDelayHistogram *histogram, MpTime limit);
