/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The maps of UDP ports of a result, and the one that the report goes by.
 */
#pragma once

#include "model/result.h"

/* Is it a step of that kind, by any method? */
gboolean mp_ports_is_kind(const char *kind);
/* Its map; NULL: it has none, or one in which no port has a state. Free with mp_port_map_free(). */
MpPortMap *mp_ports_read(const MpMeasurement *measurement);

guint mp_ports_count_closed(const MpPortMap *map);
/* A far end whose every port is silent may as well not be there, or have another key; a relay may
 * have let another address in than ours. */
gboolean mp_ports_is_mute(const MpPortMap *map);
/* Are all maps that were planned there, with every port open and every part of the ranges let out?
 */
gboolean mp_ports_are_open(const MpResult *result);

/* Sets result->ports: a map with an open port before one without, a far end's before a relay's and
 * that before a walk's. */
void mp_analysis_ports(MpResult *result);
