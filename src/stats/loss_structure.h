/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was lost of one direction, and how the losses lie in it: periods, bursts and gaps, windows.
 */
#pragma once

#include "stats/loss_bursts.h"
#include "stats/loss_runs.h"
#include "stats/loss_windows.h"
#include "stats/proportion.h"

typedef struct {
    MpLossRuns runs;
    MpProportion share; /* lost of sent, and where the path's own share lies, bursts considered */
    MpBurstFigures bursts;
    MpWindowFigures short_windows; /* of 200 ms: what a jitter buffer lives through */
    MpWindowFigures long_windows;  /* of 15 s: what people call a bad moment */
} MpLossStructure;

/* `points` in order of sending. */
MpLossStructure mp_loss_structure(const MpLossPoint *points, gsize n);
