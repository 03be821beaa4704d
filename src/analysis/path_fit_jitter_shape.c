/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a row of delays looks like, and delays as a link makes them.
 */
#include <math.h>

#include "analysis/path_fit_jitter.h"
#include "link/link_jitter.h"
#include "stats/summary.h"

/* Values are looked at this far apart: one a slot, so that bursts of packets do not weigh more. */
#define SLOT_MS 5
/* Timestamps are no better; it keeps logarithms of nothing finite. */
#define LEAST_MS 0.005
/* Steps within 5 ms of what they would be if each packet were for itself, and more. */
#define INDEPENDENT 0.8
/* What independent values differ by on average, of the width: 2 / sqrt(pi) deviations. */
#define INDEPENDENT_STEP 0.564
/* Of no link. */
#define STREAM 99

static int ascending(gconstpointer a, gconstpointer b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The latest value of each slot; NAN: none in it. */
static double *by_slot(const MpJitterTrace *trace, const double *rest_ms, guint *n_slots)
{
    const double start = trace->left_ms[0];
    *n_slots = (guint)((trace->left_ms[trace->n - 1] - start) / SLOT_MS) + 1;
    double *slots = g_new(double, *n_slots);
    for (guint i = 0; i < *n_slots; i++)
        slots[i] = NAN;
    for (guint i = 0; i < trace->n; i++)
        slots[(guint)((trace->left_ms[i] - start) / SLOT_MS)] = rest_ms[i];
    return slots;
}

static double mean_step(const double *slots, guint n_slots, guint lag)
{
    double sum = 0;
    guint n = 0;
    for (guint i = lag; i < n_slots; i++) {
        const double step = fabs(slots[i] - slots[i - lag]);
        if (isnan(step))
            continue;
        sum += step;
        n++;
    }
    return n > 0 ? sum / n : 0;
}

static double ratio(double part, double whole)
{
    return log((fmax(part, 0) + LEAST_MS) / (whole + LEAST_MS));
}

static void look_at_quantiles(MpShape *shape, const double *sorted, guint n)
{
    shape->least_ms = sorted[0];
    shape->median_ms = mp_quantile(sorted, n, 50);
    const double width = mp_quantile(sorted, n, 84) - mp_quantile(sorted, n, 16);
    shape->columns[MP_SHAPE_WIDTH] = log(width + LEAST_MS);
    shape->columns[MP_SHAPE_UPPER] = ratio(mp_quantile(sorted, n, 95) - shape->median_ms, width);
    shape->columns[MP_SHAPE_UPPER_TAIL] = ratio(mp_quantile(sorted, n, 99) - shape->median_ms,
                                                width);
    shape->columns[MP_SHAPE_LOWER] = ratio(shape->median_ms - mp_quantile(sorted, n, 5), width);
}

MpShape mp_jitter_shape(const MpJitterTrace *trace, const double *rest_ms)
{
    static const guint lags[] = {1, 4, 12, 32};
    MpShape shape;
    guint n_slots = 0;
    g_autofree double *slots = by_slot(trace, rest_ms, &n_slots);
    g_autofree double *sorted = g_new(double, n_slots);
    guint n = 0;
    for (guint i = 0; i < n_slots; i++)
        if (!isnan(slots[i]))
            sorted[n++] = slots[i];
    qsort(sorted, n, sizeof *sorted, ascending);
    look_at_quantiles(&shape, sorted, n);
    const double width = exp(shape.columns[MP_SHAPE_WIDTH]) - LEAST_MS;
    for (guint i = 0; i < G_N_ELEMENTS(lags); i++)
        shape.columns[MP_SHAPE_STEP_1 + i] = ratio(mean_step(slots, n_slots, lags[i]), width);
    return shape;
}

gboolean mp_jitter_is_independent(const MpShape *shape)
{
    return exp(shape->columns[MP_SHAPE_STEP_1]) > INDEPENDENT * INDEPENDENT_STEP;
}

void mp_jitter_play(const MpJitterTrace *trace, const MpLinkJitter *jitter, guint64 seed,
                    double *rest_ms)
{
    const MpLinkRandom random = mp_link_random(seed, STREAM, MP_LINK_DRAW_JITTER);
    MpLinkJitterState state = {.has_begun = FALSE};
    double last_ms = -INFINITY;
    for (guint i = 0; i < trace->n; i++) {
        const MpTime now = (MpTime)(trace->left_ms[i] * 1e6);
        const double drawn = mp_time_to_ms(mp_link_jitter_draw(&state, jitter, &random, i, now));
        double arrival_ms = trace->left_ms[i] + drawn;
        if (trace->keeps_order)
            arrival_ms = last_ms = fmax(arrival_ms, last_ms);
        rest_ms[i] = arrival_ms - trace->left_ms[i];
    }
}
