/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The computer against the profile's tables of host and guest computers.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Replaces result->computer: one entry for each number, system and browser of each table.
 *
 * Tables of the other role, device or system are not applicable. The system and the browser are
 * judged only where the user named them: the tester's own machine need not be the caller's. Once a
 * system is named that is not this machine's, memory, processor and disk are unknown: they were
 * measured on another computer. A speed is met or failed by the capacity of the narrower direction,
 * where it was measured; else it is met when media carried it, and failed when the line carried
 * less than was offered. */
void mp_analysis_computer(MpResult *result, const MpProfile *profile);

/* Can the browser of the call do it, by the profile's list of features? TRUE where the browser is
 * not known, or the profile says nothing about the feature. */
gboolean mp_computer_browser_has(const MpResult *result, const MpProfile *profile,
                                 MpSessionType feature);

/* A number of the "computer" measurement, by its path in the facts; NAN: not measured. */
double mp_computer_number(const MpResult *result, const char *path);
/* Was the computer to be looked at? */
gboolean mp_computer_is_planned(const MpResult *result);
