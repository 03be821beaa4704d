/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a measurement proves about the services of a row of the requirements.
 */
#include "analysis/row_evidence.h"

#include <math.h>

#include "analysis/ports.h"

/* A Binding answer, RFC 8489: from a STUN server, or from a TURN server before it allocates. */
gboolean mp_row_evidence_stun(const MpResult *result, const MpMeasurement *measurement,
                              const MpRowQuestion *question, MpRowEvidence *evidence)
{
    (void)question;
    if (measurement->transport != MP_TRANSPORT_UDP ||
        (!g_str_equal(measurement->kind, "stun") && !g_str_equal(measurement->kind, "turn")))
        return FALSE;
    evidence->reach = mp_stage_reach(mp_measurement_stage(measurement, "binding"));
    return mp_evidence_server(result, measurement, &evidence->server);
}

/* An Allocate answer, RFC 8656. One that answers Binding only is no TURN server. */
gboolean mp_row_evidence_turn(const MpResult *result, const MpMeasurement *measurement,
                              const MpRowQuestion *question, MpRowEvidence *evidence)
{
    (void)question;
    if (!g_str_equal(measurement->kind, "turn"))
        return FALSE;
    JsonObject *allocate = mp_measurement_stage(measurement, "allocate");
    const MpReach port = mp_port_reach(measurement);
    evidence->reach = allocate                    ? mp_stage_reach(allocate)
                      : port == MP_REACH_ANSWERED ? MP_REACH_UNASKED
                                                  : port;
    mp_facts_address(measurement->facts, "relayed_address", &evidence->relay);
    return mp_evidence_server(result, measurement, &evidence->server);
}

/* What a stage of media says about the ports. */
static MpReach media_reach(const MpMeasurement *media, const char *stage)
{
    const MpReach reach = mp_stage_reach(mp_measurement_stage(media, stage));
    double sent;
    /* Somebody answered who was not announced: the ports are open to him. */
    if (reach == MP_REACH_INTERCEPTED)
        return MP_REACH_STRANGE;
    /* The far end has the keys and sends nothing. */
    if (reach == MP_REACH_LOST && mp_facts_number(media->facts, "srtp.down.packets_sent", &sent) &&
        sent == 0)
        return MP_REACH_STRANGE;
    return reach;
}

/* Straight to the far end's UDP port. What broke before ICE says nothing about it. */
static gboolean read_media(const MpResult *result, const MpMeasurement *measurement,
                           MpRowEvidence *evidence)
{
    const MpStep *step = mp_evidence_step(result, measurement);
    if (!step || !g_str_equal(step->kind, "media") || step->way != MP_WAY_UDP ||
        !mp_evidence_families_meet(measurement))
        return FALSE;

    static const char *const stages[] = {"ice", "dtls", "srtp"};
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
        const MpReach reach = media_reach(measurement, stages[i]);
        evidence->reach = reach;
        if (reach != MP_REACH_ANSWERED)
            break;
    }
    return mp_evidence_media_peer(measurement, &evidence->server);
}

static guint count(const MpPortMap *map, const MpPortRange *ports, MpPortState state)
{
    guint n = 0;
    for (guint port = ports->first; port <= ports->last; port++)
        n += map->states[port] == state;
    return n;
}

static MpReach reach_of_map(const MpPortMap *map, const MpPortRange *ports)
{
    const guint n_ports = (guint)ports->last - ports->first + 1;
    const guint n_open = count(map, ports, MP_PORT_OPEN);
    const guint n_unknown = count(map, ports, MP_PORT_UNKNOWN);
    return n_open == n_ports               ? MP_REACH_ANSWERED
           : n_open + n_unknown == n_ports ? MP_REACH_UNASKED
                                           : MP_REACH_LOST;
}

/* The datagrams of a far end, or to and fro over a relay, prove both directions. */
static gboolean read_map(const MpMeasurement *measurement, const char *server,
                         const MpPortRange *ports, MpRowEvidence *evidence)
{
    g_autoptr(MpPortMap) map = mp_ports_read(measurement);
    if (!map || mp_ports_is_mute(map) ||
        !mp_facts_address(measurement->facts, server, &evidence->server))
        return FALSE;
    evidence->server.port = ports->first;
    evidence->is_whole = TRUE;
    evidence->reach = reach_of_map(map, ports);
    const guint n_ports = (guint)ports->last - ports->first + 1;
    evidence->n_sampled = map->is_sample ? n_ports - count(map, ports, MP_PORT_UNKNOWN) : 0;
    /* What was drawn stands for what it was drawn from: all these ports, not those a server lends.
     */
    evidence->blocked_bound = map->method == MP_PORT_METHOD_FAR_END && map->first == ports->first &&
                                      map->last == ports->last
                                  ? map->blocked_bound
                                  : NAN;
    return TRUE;
}

/* A row without ranges of its own is about those of the profile. */
static gboolean is_covered(const MpRowQuestion *question, const MpAddress *address)
{
    const GArray *ranges = question->row->ranges;
    for (guint i = 0; i < ranges->len; i++)
        if (mp_cidr_contains(&g_array_index(ranges, MpCidr, i), address))
            return TRUE;
    return ranges->len == 0 && mp_profile_covers(question->profile, address);
}

/* The first blocked part that the row is about. */
static gboolean find_blocked_part(const MpMeasurement *walk, const MpRowQuestion *question,
                                  MpAddress *address)
{
    JsonArray *blocked = mp_facts_array(walk->facts, "prefixes.blocked");
    for (guint i = 0; blocked && i < json_array_get_length(blocked); i++) {
        MpCidr part;
        const char *text = mp_facts_string_at(blocked, i);
        if (!text || !mp_cidr_parse(&part, text) || !is_covered(question, &part.base))
            continue;
        *address = part.base;
        return TRUE;
    }
    return FALSE;
}

/* What does not leave cannot arrive; what leaves may yet not arrive. */
static gboolean read_walk(const MpMeasurement *measurement, const MpRowQuestion *question,
                          MpRowEvidence *evidence)
{
    g_autoptr(MpPortMap) map = mp_port_map_read(measurement->facts);
    const gboolean is_lost = map && reach_of_map(map, &question->ports) == MP_REACH_LOST &&
                             mp_facts_address(measurement->facts, "walk_target", &evidence->server);
    if (!is_lost && (!map || !find_blocked_part(measurement, question, &evidence->server)))
        return FALSE;
    evidence->server.port = question->ports.first;
    evidence->is_whole = TRUE;
    evidence->reach = MP_REACH_LOST;
    return TRUE;
}

gboolean mp_row_evidence_media_ports(const MpResult *result, const MpMeasurement *measurement,
                                     const MpRowQuestion *question, MpRowEvidence *evidence)
{
    if (g_str_equal(measurement->kind, "ports"))
        return read_map(measurement, "server_address", &question->ports, evidence);
    if (g_str_equal(measurement->kind, "ports-relay"))
        return read_map(measurement, "relay_address", &question->ports, evidence);
    if (g_str_equal(measurement->kind, "ports-walk"))
        return read_walk(measurement, question, evidence);
    return read_media(result, measurement, evidence);
}
