/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From how many simulated calls were stable to how probable it is that a real one will be.
 */
#pragma once

#include "model/session_type.h"
#include "model/verdict.h"

/* Sums to 1. */
typedef struct {
    double stable;
    double degraded;
    double unstable;
} MpSimProbability;

/* `n_calls`: simulated calls of each verdict, of links drawn from one path model. The table between
 * was fitted to real calls (tests/truth/calibrate), of training cells only. */
MpSimProbability mp_sim_calibrated(MpSessionType session, const guint n_calls[MP_VERDICT_UNKNOWN]);
