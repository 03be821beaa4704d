/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A TTL walk as facts: the hops, the edge, and which hop keeps which ports.
 */
#pragma once

#include "model/measurement.h"
#include "session/ttl_walk.h"

/* "trace": a hop behind the edge answered. "ports": some port was told open or blocked. */
void mp_walk_facts_add_stages(MpMeasurement *measurement, const MpTtlFacts *found, MpTime took);

/* walk_target, hops [{ttl, address?, rtt_ms?, asked, answered}], edge_ttl, edge_is_public,
 * control_port, control_transport, sampled_ports [..], blocks [{first, last, how,
 * hop_ttl?, hop?, next_ttl?, next_hop?}]. */
void mp_walk_facts_set(JsonObject *facts, MpTtlWalk *walk);
