/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which streams a media step sends and asks for.
 */
#pragma once

#include "model/profile.h"

/* Fills the step's `up`, `down` and `tiers` with the streams of live video, and behind them one set
 * more for each other kind of session that is wanted: names, NULL-terminated; NULL: none. Of a
 * session without a description: audio, and a camera at its best tier. */
void mp_plan_sessions(MpStep *step, const MpProfile *profile, const char *const *wanted);
