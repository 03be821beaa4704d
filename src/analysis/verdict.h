/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One verdict out of several. The exit code that follows is mp_result_exit_code() of
 * <mediapath/result.h>.
 */
#pragma once

#include "model/result.h"

/* The worse of two: unstable, degraded, unknown, stable. What is known to be bad stays bad whatever
 * else was not measured. */
MpVerdict mp_verdict_worse(MpVerdict a, MpVerdict b);

/* Sets result->verdict to the worst of its forecasts. A function that the browser does not have is
 * no trouble of the call. */
void mp_analysis_verdict(MpResult *result);
