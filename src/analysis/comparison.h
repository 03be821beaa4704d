/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ways compared round by round.
 */
#pragma once

#include "model/result.h"

/* Sets the comparison of every usable path with the one that a browser takes. Two ways are compared
 * by the rounds in which both had a turn at the same tier: what the network did to both in them is
 * no difference. Reads result->paths. */
void mp_analysis_compare(MpResult *result);

/* The way that is better than the one a browser takes; NULL: none is. */
const MpPath *mp_analysis_better_path(const MpResult *result);
