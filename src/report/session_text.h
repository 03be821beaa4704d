/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a session is what its forecast says, in a sentence.
 */
#pragma once

#include "model/forecast.h"

/* NULL: there is nothing to say. Free with g_free(). */
char *mp_session_explanation(const MpForecast *forecast);
