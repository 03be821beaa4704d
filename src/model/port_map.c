/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which UDP ports of a path get through, who keeps the others, and how sure that is.
 */
#include "model/port_map.h"

#include <math.h>
#include <string.h>

#include "model/measurement.h"

static const char *const state_names[MP_N_PORT_STATES] = {
    [MP_PORT_UNKNOWN] = "unknown",       [MP_PORT_OPEN] = "open",
    [MP_PORT_BLOCKED] = "blocked",       [MP_PORT_BLOCKED_OUT] = "blocked_out",
    [MP_PORT_BLOCKED_IN] = "blocked_in",
};

static const char *const method_names[MP_N_PORT_METHODS] = {
    [MP_PORT_METHOD_FAR_END] = "far_end",
    [MP_PORT_METHOD_RELAY] = "relay",
    [MP_PORT_METHOD_WALK] = "walk",
};

MpPortMap *mp_port_map_new(MpPortMethod method, guint16 first, guint16 last)
{
    g_return_val_if_fail(first <= last, NULL);
    MpPortMap *map = g_new0(MpPortMap, 1);
    map->method = method;
    map->first = first;
    map->last = last;
    map->wrong_bound = map->blocked_bound = map->loss_percent = NAN;
    return map;
}

void mp_port_map_free(MpPortMap *map)
{
    g_free(map);
}

/* It goes on with the last run. */
static gboolean lengthens_run(const MpPortMap *map, GArray *ranges, guint port)
{
    if (ranges->len == 0)
        return FALSE;
    MpPortRun *run = &g_array_index(ranges, MpPortRun, ranges->len - 1);
    if (run->state != map->states[port])
        return FALSE;
    run->last = (guint16)port;
    return TRUE;
}

/* Of a sample: what was not asked and lies between two runs that agree joins them. */
static gboolean joins_sample(const MpPortMap *map, GArray *ranges, guint port)
{
    const guint n = ranges->len;
    if (!map->is_sample || n < 2 || map->states[port] == MP_PORT_UNKNOWN)
        return FALSE;
    MpPortRun *before = &g_array_index(ranges, MpPortRun, n - 2);
    if (g_array_index(ranges, MpPortRun, n - 1).state != MP_PORT_UNKNOWN ||
        before->state != map->states[port])
        return FALSE;
    before->last = (guint16)port;
    g_array_set_size(ranges, n - 1);
    return TRUE;
}

GArray *mp_port_map_runs(const MpPortMap *map)
{
    GArray *ranges = g_array_new(FALSE, FALSE, sizeof(MpPortRun));
    for (guint port = map->first; port <= map->last; port++) {
        if (lengthens_run(map, ranges, port) || joins_sample(map, ranges, port))
            continue;
        const MpPortRun begun = {(guint16)port, (guint16)port, map->states[port]};
        g_array_append_val(ranges, begun);
    }
    return ranges;
}

guint mp_port_map_count(const MpPortMap *map, MpPortState state)
{
    guint count = 0;
    for (guint port = map->first; port <= map->last; port++)
        count += map->states[port] == state;
    return count;
}

/* The place of `name` among `n` names; `n` where it is none of them. */
static guint find(const char *const *names, guint n, const char *name)
{
    guint i = 0;
    while (i < n && g_strcmp0(names[i], name) != 0)
        i++;
    return i;
}

const char *mp_port_state_name(MpPortState state)
{
    return state_names[state];
}

gboolean mp_port_state_parse(MpPortState *state, const char *name)
{
    *state = find(state_names, MP_N_PORT_STATES, name);
    return *state < MP_N_PORT_STATES;
}

const char *mp_port_method_name(MpPortMethod method)
{
    return method_names[method];
}

gboolean mp_port_method_parse(MpPortMethod *method, const char *name)
{
    *method = find(method_names, MP_N_PORT_METHODS, name);
    return *method < MP_N_PORT_METHODS;
}

static JsonArray *ranges_to_json(const MpPortMap *map)
{
    JsonArray *array = json_array_new();
    g_autoptr(GArray) ranges = mp_port_map_runs(map);
    for (guint i = 0; i < ranges->len; i++) {
        const MpPortRun *range = &g_array_index(ranges, MpPortRun, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "first", range->first);
        json_object_set_int_member(object, "last", range->last);
        json_object_set_string_member(object, "state", mp_port_state_name(range->state));
        json_array_add_object_element(array, object);
    }
    return array;
}

static void set_known(JsonObject *facts, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(facts, name, value);
}

static void write_sample(const MpPortMap *map, JsonObject *facts)
{
    JsonArray *ports = json_array_new();
    for (guint port = map->first; port <= map->last; port++)
        if (map->states[port] != MP_PORT_UNKNOWN)
            json_array_add_int_element(ports, port);
    json_object_set_boolean_member(facts, "is_sample", TRUE);
    json_object_set_array_member(facts, "sampled_ports", ports);
}

void mp_port_map_write(const MpPortMap *map, JsonObject *facts)
{
    json_object_set_string_member(facts, "method", mp_port_method_name(map->method));
    json_object_set_int_member(facts, "first", map->first);
    json_object_set_int_member(facts, "last", map->last);
    json_object_set_array_member(facts, "ranges", ranges_to_json(map));
    json_object_set_int_member(facts, "ports_asked", map->n_asked);
    json_object_set_int_member(facts, "probes_sent", (gint64)map->n_sent);
    json_object_set_int_member(facts, "sent_bytes", (gint64)map->sent_bytes);
    json_object_set_double_member(facts, "seconds", mp_time_to_ms(map->took) / 1000);
    set_known(facts, "wrong_bound_percent", map->wrong_bound * 100);
    set_known(facts, "blocked_bound_percent", map->blocked_bound * 100);
    if (map->widest_gap)
        json_object_set_int_member(facts, "widest_gap", map->widest_gap);
    set_known(facts, "loss_percent", map->loss_percent);
    if (map->is_cut_short)
        json_object_set_boolean_member(facts, "is_cut_short", TRUE);
    if (map->is_sample)
        write_sample(map, facts);
}

static double known_or_nan(JsonObject *facts, const char *name, double scale)
{
    double value;
    return mp_facts_number(facts, name, &value) ? value * scale : NAN;
}

static gboolean read_port(JsonObject *object, const char *name, guint16 *port)
{
    double value;
    if (!mp_facts_number(object, name, &value) || !(value >= 0 && value <= G_MAXUINT16))
        return FALSE;
    *port = (guint16)value;
    return TRUE;
}

/* FALSE: no range inside the map. */
static gboolean read_range(MpPortMap *map, JsonNode *node)
{
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    guint16 first;
    guint16 last;
    MpPortState state;
    if (!object || !read_port(object, "first", &first) || !read_port(object, "last", &last) ||
        first < map->first || last > map->last || first > last ||
        !mp_port_state_parse(&state, mp_facts_string(object, "state")))
        return FALSE;
    memset(map->states + first, (int)state, (gsize)(last - first) + 1);
    return TRUE;
}

/* What its ranges join over is unknown again. */
static void read_sample(MpPortMap *map, JsonObject *facts)
{
    g_autofree guint8 *joined = g_memdup2(map->states, sizeof map->states);
    JsonArray *ports = mp_facts_array(facts, "sampled_ports");
    map->is_sample = TRUE;
    memset(map->states, MP_PORT_UNKNOWN, sizeof map->states);
    for (guint i = 0; ports && i < json_array_get_length(ports); i++) {
        double port;
        if (mp_facts_number_at(ports, i, &port) && port >= map->first && port <= map->last)
            map->states[(guint)port] = joined[(guint)port];
    }
}

MpPortMap *mp_port_map_read(JsonObject *facts)
{
    MpPortMethod method;
    guint16 first;
    guint16 last;
    JsonArray *ranges = mp_facts_array(facts, "ranges");
    if (!ranges || !mp_port_method_parse(&method, mp_facts_string(facts, "method")) ||
        !read_port(facts, "first", &first) || !read_port(facts, "last", &last) || first > last)
        return NULL;
    g_autoptr(MpPortMap) map = mp_port_map_new(method, first, last);
    for (guint i = 0; i < json_array_get_length(ranges); i++)
        if (!read_range(map, json_array_get_element(ranges, i)))
            return NULL;
    if (json_object_get_boolean_member_with_default(facts, "is_sample", FALSE))
        read_sample(map, facts);
    double number = 0;
    if (mp_facts_number(facts, "ports_asked", &number))
        map->n_asked = (guint)number;
    if (mp_facts_number(facts, "probes_sent", &number))
        map->n_sent = (guint64)number;
    if (mp_facts_number(facts, "sent_bytes", &number))
        map->sent_bytes = (guint64)number;
    if (mp_facts_number(facts, "widest_gap", &number))
        map->widest_gap = (guint)number;
    if (mp_facts_number(facts, "seconds", &number))
        map->took = (MpTime)(number * (double)MP_SEC(1));
    map->wrong_bound = known_or_nan(facts, "wrong_bound_percent", 0.01);
    map->blocked_bound = known_or_nan(facts, "blocked_bound_percent", 0.01);
    map->loss_percent = known_or_nan(facts, "loss_percent", 1);
    map->is_cut_short = json_object_get_boolean_member_with_default(facts, "is_cut_short", FALSE);
    return g_steal_pointer(&map);
}
