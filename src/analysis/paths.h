/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folds the measurements into the ways that a call could go.
 */
#pragma once

#include "model/result.h"

/* Replaces result->paths: one for each way that a step was planned for, in browser order. A way is
 * usable when protected media flowed both ways on it, not usable when the network broke it, and
 * unknown otherwise: not run, rejected credentials, or a far end that could not be asked. */
void mp_analysis_paths(MpResult *result);

/* The way a browser would take: the first usable one; NULL: there is none. */
const MpPath *mp_analysis_preferred_path(const MpResult *result);
