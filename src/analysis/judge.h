/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From measurements to paths, requirements, forecasts, findings and the verdict.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Reads role, environment, plan and measurements of `result` and replaces everything that follows
 * from them: an old result can be judged again by another profile. */
void mp_judge(MpResult *result, const MpProfile *profile);
