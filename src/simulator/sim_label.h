/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a call was worth, by the rules by which real calls are labelled (tests/truth/label.py).
 */
#pragma once

#include "model/verdict.h"
#include "simulator/sim_call.h"

typedef struct {
    MpVerdict verdict;  /* stable, degraded or unstable */
    const char *figure; /* the first that says so, by label.py's name; NULL: none, it is stable */
    gboolean is_up;     /* of the direction to the internet's side */
} MpSimLabel;

/* The worse of both directions. A figure that is NAN says nothing. */
MpSimLabel mp_sim_label(MpSessionType session, const MpSimOutcome *outcome);
