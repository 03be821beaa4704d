/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forecasts of a way as result.json has them.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/forecast.h"

/* By the session's name; one that is NULL is left out. NULL: all are. */
JsonObject *mp_json_forecasts(MpForecast *const forecasts[MP_N_SESSION_TYPES]);
