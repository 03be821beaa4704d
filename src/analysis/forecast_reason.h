/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a simulated session is what it is: by the same calls under other circumstances.
 */
#pragma once

#include "analysis/call_chances.h"
#include "model/forecast.h"
#include "model/result.h"

/* Sets the limiting factor, its value, margin and turning point, the counterfactuals and the
 * setting that would do. `question` is the one that `chances` answer; `figures` has the measured
 * values. */
void mp_forecast_reason(MpForecast *forecast, const MpCallQuestion *question,
                        const MpCallChances *chances, const MpResult *result,
                        const MpPath *figures);
