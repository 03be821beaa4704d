/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The map of UDP ports that the requirements, the findings and the report go by.
 */
#pragma once

#include "model/result.h"

/* Does it ask for a map of ports, by any method? */
gboolean mp_ports_is(const MpMeasurement *measurement);

/* The measurement with the map that proves most: a far end's, else a relay's, else that of a walk.
 * NULL: no map was made. */
const MpMeasurement *mp_ports_best(const MpResult *result);

/* Sets result->ports from it. */
void mp_analysis_ports(MpResult *result);
