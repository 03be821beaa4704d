/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The figures that a profile may set limits on, by name.
 */
#pragma once

#include "model/result.h"

typedef struct {
    double value;          /* NAN: not measured */
    gboolean is_complete;  /* FALSE: not measured, or in one direction only, or cut short */
    const char *direction; /* "up" or "down", the worse of both; NULL: has none */
} MpMetric;

/* `path` is the way the judgement is about. A name nobody measures is a metric not measured. */
MpMetric mp_metric_read(const char *name, const MpResult *result, const MpPath *path);
/* Do simulated calls live through it, so that it needs no limit beside them? Delay they live
 * through and do not mind, the computer's figures they do not know. */
gboolean mp_metric_is_simulated(const char *name);
/* Is it of the computer, in a run that was to leave the computer out? */
gboolean mp_metric_is_left_out(const char *name, const MpResult *result);
/* Does retransmission below hide it: loss on a relay over TCP or TLS? */
gboolean mp_metric_is_hidden(const char *name, MpWay way);
