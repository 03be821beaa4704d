/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The map of UDP ports that the requirements, the findings and the report go by.
 */
#include "analysis/ports.h"

/* By what they prove: datagrams both ways, datagrams to some ports, datagrams that left. */
static const char *const kinds[] = {"ports", "ports-relay", "ports-walk"};

gboolean mp_ports_is(const MpMeasurement *measurement)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(measurement->kind, kinds[i]))
            return TRUE;
    return FALSE;
}

/* A map in which no port has a state says nothing. */
static MpPortMap *read_map(const MpMeasurement *measurement)
{
    g_autoptr(MpPortMap) map = mp_port_map_read(measurement->facts);
    const guint n_ports = map ? (guint)map->last - map->first + 1 : 0;
    return map && mp_port_map_count(map, MP_PORT_UNKNOWN) < n_ports ? g_steal_pointer(&map) : NULL;
}

const MpMeasurement *mp_ports_best(const MpResult *result)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        for (guint j = 0; j < result->measurements->len; j++) {
            const MpMeasurement *measurement = result->measurements->pdata[j];
            if (!g_str_equal(measurement->kind, kinds[i]))
                continue;
            g_autoptr(MpPortMap) map = read_map(measurement);
            if (map)
                return measurement;
        }
    return NULL;
}

void mp_analysis_ports(MpResult *result)
{
    const MpMeasurement *best = mp_ports_best(result);
    g_clear_pointer(&result->ports, mp_port_map_free);
    if (best)
        result->ports = read_map(best);
}
