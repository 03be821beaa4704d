/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The maps of UDP ports of a result.
 */
#include "analysis/ports.h"

/* By what they prove: datagrams both ways, datagrams to some ports, datagrams that left. */
static const char *const kinds[] = {"ports", "ports-relay", "ports-walk"};

gboolean mp_ports_is_kind(const char *kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_str_equal(kind, kinds[i]))
            return TRUE;
    return FALSE;
}

static guint size_of(const MpPortMap *map)
{
    return map->last - map->first + 1U;
}

MpPortMap *mp_ports_read(const MpMeasurement *measurement)
{
    g_autoptr(MpPortMap)
        map = mp_ports_is_kind(measurement->kind) ? mp_port_map_read(measurement->facts) : NULL;
    return map && mp_port_map_count(map, MP_PORT_UNKNOWN) < size_of(map) ? g_steal_pointer(&map)
                                                                         : NULL;
}

guint mp_ports_count_closed(const MpPortMap *map)
{
    return size_of(map) - mp_port_map_count(map, MP_PORT_OPEN) -
           mp_port_map_count(map, MP_PORT_UNKNOWN);
}

gboolean mp_ports_is_mute(const MpPortMap *map)
{
    const guint n_known = mp_port_map_count(map, MP_PORT_OPEN) +
                          (map->method == MP_PORT_METHOD_RELAY
                               ? mp_port_map_count(map, MP_PORT_BLOCKED_OUT) +
                                     mp_port_map_count(map, MP_PORT_BLOCKED_IN)
                               : 0);
    return map->method != MP_PORT_METHOD_WALK && n_known == 0;
}

static gboolean is_all_open(const MpMeasurement *measurement)
{
    double unknown = 0;
    g_autoptr(MpPortMap) map = mp_ports_read(measurement);
    return map && mp_port_map_count(map, MP_PORT_OPEN) == size_of(map) &&
           !(mp_facts_number(measurement->facts, "prefixes.unknown", &unknown) && unknown > 0);
}

gboolean mp_ports_are_open(const MpResult *result)
{
    gboolean has_any = FALSE;
    for (guint i = 0; i < result->plan->len; i++) {
        const MpStep *step = result->plan->pdata[i];
        const MpMeasurement *measurement = mp_result_measurement(result, step->id);
        if (!mp_ports_is_kind(step->kind))
            continue;
        if (!measurement || !is_all_open(measurement))
            return FALSE;
        has_any = TRUE;
    }
    return has_any;
}

/* NULL: there is none. */
static MpPortMap *find_map(const MpResult *result, const char *kind, gboolean needs_open)
{
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        if (!g_str_equal(measurement->kind, kind))
            continue;
        g_autoptr(MpPortMap) map = mp_ports_read(measurement);
        if (map && (!needs_open || mp_port_map_count(map, MP_PORT_OPEN) > 0))
            return g_steal_pointer(&map);
    }
    return NULL;
}

void mp_analysis_ports(MpResult *result)
{
    g_clear_pointer(&result->ports, mp_port_map_free);
    for (gint needs_open = TRUE; needs_open >= FALSE && !result->ports; needs_open--)
        for (gsize i = 0; i < G_N_ELEMENTS(kinds) && !result->ports; i++)
            result->ports = find_map(result, kinds[i], needs_open);
}
