/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which streams a media step sends and asks for.
 */
#pragma once

#include "model/profile.h"

/* Fills the step's `up` and `down` with the session's streams as one set more. Of a session
 * without a description: audio, and a camera at its best tier. */
void mp_plan_streams(MpStep *step, const MpSessionRules *session, guint set);
