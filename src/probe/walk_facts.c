/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a TTL walk tells.
 */
#include "probe/walk_facts.h"

void mp_walk_facts_add_stages(MpMeasurement *measurement, const MpTtlFacts *found, MpTime took)
{
    const gboolean has_edge = found->floor > 0;
    mp_measurement_add_stage(measurement, "trace",
                             has_edge ? MP_OUTCOME_ANSWERED : MP_OUTCOME_SILENT, MP_NEVER, 0,
                             has_edge ? NULL : "no hop behind the edge answered for any port");
    if (has_edge)
        mp_measurement_add_stage(measurement, "ports",
                                 found->n_asked > 0 ? MP_OUTCOME_ANSWERED : MP_OUTCOME_SILENT, took,
                                 0, NULL);
}

static void set_ip(JsonObject *object, const char *name, const MpAddress *address)
{
    if (address->family == MP_FAMILY_NONE)
        return;
    g_autofree char *text = mp_address_to_ip_string(address);
    json_object_set_string_member(object, name, text);
}

static JsonArray *hops_to_json(const MpTtlFacts *found)
{
    JsonArray *array = json_array_new();
    for (guint ttl = 1; ttl <= found->deepest; ttl++) {
        const MpTtlHop *hop = &found->hops[ttl];
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "ttl", ttl);
        set_ip(object, "address", &hop->address);
        if (hop->round_trip != MP_NEVER)
            json_object_set_double_member(object, "rtt_ms", mp_time_to_ms(hop->round_trip));
        json_object_set_int_member(object, "asked", hop->asked);
        json_object_set_int_member(object, "answered", hop->answered);
        json_array_add_object_element(array, object);
    }
    return array;
}

/* A silent port ends at the last hop that answered for it or on the way to the next one that
 * answers for others; a refusal names the hop alone. */
static void set_place(JsonObject *object, const MpTtlFacts *found, const MpTtlBlock *block)
{
    json_object_set_int_member(object, "hop_ttl", block->last_passed);
    if (block->last_passed > 0)
        set_ip(object, "hop", &found->hops[block->last_passed].address);
    if (block->verdict == MP_TTL_PORT_REFUSED)
        return;
    for (guint ttl = block->last_passed + 1; ttl <= found->deepest; ttl++)
        if (found->hops[ttl].address.family != MP_FAMILY_NONE) {
            json_object_set_int_member(object, "next_ttl", ttl);
            set_ip(object, "next_hop", &found->hops[ttl].address);
            return;
        }
}

static JsonArray *blocks_to_json(const MpTtlFacts *found)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < found->blocks->len; i++) {
        const MpTtlBlock *block = &g_array_index(found->blocks, MpTtlBlock, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "first", block->first);
        json_object_set_int_member(object, "last", block->last);
        json_object_set_string_member(object, "how",
                                      block->verdict == MP_TTL_PORT_REFUSED ? "refused" : "silent");
        if (block->is_located)
            set_place(object, found, block);
        json_array_add_object_element(array, object);
    }
    return array;
}

static JsonArray *sampled_ports(const MpTtlWalk *walk)
{
    JsonArray *array = json_array_new();
    for (guint port = 1; port <= G_MAXUINT16; port++)
        if (mp_ttl_walk_asked(walk, (guint16)port) != MP_TTL_PORT_UNKNOWN)
            json_array_add_int_element(array, port);
    return array;
}

void mp_walk_facts_set(JsonObject *facts, MpTtlWalk *walk)
{
    const MpTtlFacts *found = mp_ttl_walk_facts(walk);
    set_ip(facts, "walk_target", &found->target);
    json_object_set_array_member(facts, "hops", hops_to_json(found));
    if (found->control > 0) {
        json_object_set_int_member(facts, "edge_ttl", found->floor);
        json_object_set_boolean_member(facts, "edge_is_public", found->is_public);
        json_object_set_int_member(facts, "control_port", found->control);
        json_object_set_string_member(facts, "control_transport",
                                      found->control_is_tcp ? "tcp" : "udp");
    }
    json_object_set_array_member(facts, "sampled_ports", sampled_ports(walk));
    json_object_set_array_member(facts, "blocks", blocks_to_json(found));
}
