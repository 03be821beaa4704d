/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How two clocks drift apart, from one-way delays between them: the line under all delays, of which
 * the lower convex hull has the right edge. Queues only ever lift a delay above that line.
 */
#pragma once

#include "base/time.h"

typedef struct {
    MpTime sent;  /* any clock */
    MpTime delay; /* arrival on the one clock less departure on the other */
} MpDelayPoint;

typedef struct {
    double slope; /* of the delays, ns per ns; NAN: too few points or too short */
    double bound; /* the true slope is within this, with 95 % confidence; a queue that grows all
                   * the time looks the same and is not in it */
} MpDrift;

/* `points` in order of sending. The hull's edge below the mean of the times is the line (Zhang, Liu
 * and Xia 2002); how well it is known shows the scatter of the least delays of equal spans. */
MpDrift mp_clock_drift(const MpDelayPoint *points, gsize n);
