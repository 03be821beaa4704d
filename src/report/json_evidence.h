/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The part of result.json that was measured: all the rest can be judged again from it.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/result.h"

/* Makes of every number that was measured the one that is written, so that a judgement can be made
 * again from what is written. */
void mp_result_settle(MpResult *result);

/* The caller owns them. */
JsonObject *mp_environment_json(const MpResult *result);
/* Of an MpStep. */
JsonObject *mp_step_json(gconstpointer item, const MpResult *result);
/* Of an MpMeasurement. */
JsonObject *mp_measurement_json(gconstpointer item, const MpResult *unused);
