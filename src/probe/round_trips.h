/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fact rtt_ms {min, p50, p95, max}.
 */
#pragma once

#include <json-glib/json-glib.h>

/* From an array of MpTime; leaves the fact out when that is empty. */
void mp_facts_set_round_trips(JsonObject *facts, const GArray *round_trips);
