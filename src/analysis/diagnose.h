/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is wrong, where, and who must act: the table of rules over the evidence.
 */
#pragma once

#include "model/profile.h"
#include "model/result.h"

/* Replaces result->findings, gravest first. Reads result->paths. A measurement that one rule has
 * explained is no evidence for the rules below it: causes come before their consequences. */
void mp_analysis_diagnose(MpResult *result, const MpProfile *profile);
