/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Delays in logarithmic buckets.
 */
#include "lab/delay_histogram.h"

#define STEPS_BITS 5
#define STEPS (1 << STEPS_BITS)
#define LONGEST ((G_GINT64_CONSTANT(1) << 41) - 1)

/* Below STEPS a bucket a nanosecond; then STEPS buckets from each power of two to the next. */
static guint bucket_of(MpTime delay)
{
    guint64 value = (guint64)CLAMP(delay, 0, LONGEST);
    if (value < STEPS)
        return (guint)value;
    guint power = 63 - (guint)__builtin_clzll(value);
    guint shift = power - STEPS_BITS;
    return (shift + 1) * STEPS + (guint)((value >> shift) & (STEPS - 1));
}

static MpTime middle_of(guint bucket)
{
    if (bucket < STEPS)
        return bucket;
    guint shift = bucket / STEPS - 1;
    MpTime start = (MpTime)(STEPS + bucket % STEPS) << shift;
    return start + ((G_GINT64_CONSTANT(1) << shift) >> 1);
}

void mp_delay_histogram_add(MpDelayHistogram *histogram, MpTime delay)
{
    histogram->n++;
    histogram->max = MAX(histogram->max, delay);
    histogram->buckets[bucket_of(delay)]++;
}

MpTime mp_delay_histogram_percentile(const MpDelayHistogram *histogram, double percent)
{
    double wanted = percent / 100 * (double)histogram->n;
    guint64 seen = 0;
    for (guint i = 0; i < MP_DELAY_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (histogram->buckets[i] > 0 && (double)seen >= wanted)
            return MIN(middle_of(i), histogram->max);
    }
    return histogram->max;
}

double mp_delay_histogram_share_above(const MpDelayHistogram *histogram, MpTime limit)
{
    guint64 above = 0;
    for (guint i = bucket_of(limit) + 1; i < MP_DELAY_BUCKETS; i++)
        above += histogram->buckets[i];
    return histogram->n > 0 ? (double)above / (double)histogram->n : 0;
}
