/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A step and what came of it, each in one line, in the language of mp_i18n_use().
 */
#pragma once

#include "model/measurement.h"
#include "model/step.h"

/* "TURN over TLS to turn.example:443". Free with g_free(). */
char *mp_step_title(const MpStep *step);

/* "relay 168.100.64.9:50123, RTT 12.1 ms", or what broke: "login: 401 Unauthorized". NULL when
 * there is nothing to say. Free with g_free(). */
char *mp_measurement_line(const MpMeasurement *measurement);
