/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a path does to packets, as facts. What was not learned is left out.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "session/path_properties.h"

/* round_trip_ms, largest_packet_bytes {asked, up, down, larger_sent}, dscp [{sent, up?, down?}],
 * ecn_kept {up, down?}?, fragments_pass {up, down?}?. */
void mp_path_facts(JsonObject *facts, const MpPathProperties *properties);
