/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jitter is fitted by playing it: links of many kinds of jitter play the same packets, and those
 * that look like what was seen tell which kind it was. So the order that a link keeps, the packets'
 * own pattern and a short test are all accounted for.
 */
#pragma once

#include "analysis/path_fit.h"

/* Logarithms of what a row of delays looks like; all but the first are ratios to its width. */
typedef enum {
    MP_SHAPE_WIDTH,      /* ms between the quantiles 0.16 and 0.84 */
    MP_SHAPE_UPPER,      /* from the median to 0.95 */
    MP_SHAPE_UPPER_TAIL, /* to 0.99 */
    MP_SHAPE_LOWER,      /* from 0.05 to the median */
    MP_SHAPE_STEP_1,     /* mean difference between values 5 ms apart */
    MP_SHAPE_STEP_4,     /* 20 ms */
    MP_SHAPE_STEP_12,
    MP_SHAPE_STEP_32,
    MP_N_SHAPES
} MpShapeColumn;

typedef struct {
    double columns[MP_N_SHAPES];
    double median_ms;
    double least_ms;
} MpShape;

/* Packets whose delay is the path's own. */
typedef struct {
    guint n;
    double *left_ms; /* the bottleneck, ascending */
    double *rest_ms; /* of the delay since then */
    gboolean keeps_order;
} MpJitterTrace;

/* `rest_ms`: as many as the trace has. */
MpShape mp_jitter_shape(const MpJitterTrace *trace, const double *rest_ms);

/* Each value is for itself, as far as that shows. */
gboolean mp_jitter_is_independent(const MpShape *shape);

/* How the same packets are delayed by a link of delay 0 with this jitter. `rest_ms`: out. */
void mp_jitter_play(const MpJitterTrace *trace, const MpLinkJitter *jitter, guint64 seed,
                    double *rest_ms);

/* The kind of jitter that looks like it, with what the trace leaves open. */
MpPathJitter mp_jitter_guess(const MpJitterTrace *trace);
