/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forecast by simulated calls.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"
#include "simulator/sim_setup.h"

/* What a simulated call needs is known: the path in both directions and, for a virtual background,
 * what one of its frames costs, unless the computer is left out. */
gboolean mp_forecast_can_simulate(MpSessionType session, const MpResult *result,
                                  const MpPath *path);

/* Sets the verdict and all that a forecast says of simulated calls, which can be. `explains`:
 * also why, by calls under other circumstances; it takes ten times as long. */
void mp_forecast_by_calls(MpForecast *forecast, const MpPath *path, const MpProfile *profile,
                          const MpResult *result, gboolean explains);

/* The call that a session of the profile is: its best tier, its screen, what a frame of background
 * costs on this computer, beside the call where that was measured. */
MpSimSetup mp_forecast_setup(MpSessionType session, const MpProfile *profile,
                             const MpResult *result, const MpPath *path);
