/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forecast by the published limits of the profile.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* The worst of the forecast's verdict (MP_VERDICT_STABLE to begin with) and each limit's, in the
 * order unstable, degraded, unknown, stable; the limiting factor is, among the limits of that
 * verdict, the one with the smallest margin. Where calls were simulated only those limits are
 * looked at that they know nothing of: the computer, and the delay that people talk across. Metrics
 * that were not measured go to `missing`. */
void mp_forecast_by_limits(MpForecast *forecast, const MpSessionRules *rules,
                           const MpResult *result, const MpPath *path);

/* Where a value lies: 1 far inside (0, or twice the limit where higher is better), 0 on the stable
 * limit, -1 at twice (or half) of it, down to -100. NAN for a value that was not measured. */
double mp_limit_margin(const MpLimit *limit, double value);
MpVerdict mp_limit_verdict(const MpLimit *limit, double value);
