/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one step saw.
 */
#include "model/measurement.h"

MpMeasurement *mp_measurement_new(const char *id, const char *kind, const char *target,
                                  MpTransport transport)
{
    MpMeasurement *measurement = g_new0(MpMeasurement, 1);
    measurement->id = g_strdup(id);
    measurement->kind = g_strdup(kind);
    measurement->target = g_strdup(target);
    measurement->transport = transport;
    measurement->outcome = MP_OUTCOME_ANSWERED;
    measurement->facts = json_object_new();
    json_object_set_array_member(measurement->facts, "stages", json_array_new());
    return measurement;
}

void mp_measurement_free(MpMeasurement *measurement)
{
    if (!measurement)
        return;
    g_free(measurement->id);
    g_free(measurement->kind);
    g_free(measurement->target);
    json_object_unref(measurement->facts);
    g_clear_pointer(&measurement->packets_up, g_array_unref);
    g_clear_pointer(&measurement->packets_down, g_array_unref);
    g_free(measurement);
}

void mp_measurement_add_stage(MpMeasurement *measurement, const char *name, MpOutcome outcome,
                              MpTime took, guint code, const char *detail)
{
    JsonObject *stage = json_object_new();
    json_object_set_string_member(stage, "name", name);
    json_object_set_string_member(stage, "outcome", mp_outcome_name(outcome));
    if (took != MP_NEVER)
        json_object_set_double_member(stage, "ms", mp_time_to_ms(took));
    if (code != 0)
        json_object_set_int_member(stage, "code", code);
    if (detail)
        json_object_set_string_member(stage, "detail", detail);
    json_array_add_object_element(json_object_get_array_member(measurement->facts, "stages"),
                                  stage);
    if (measurement->outcome == MP_OUTCOME_ANSWERED)
        measurement->outcome = outcome;
}

static JsonNode *find(JsonObject *facts, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);
    JsonNode *node = NULL;
    for (guint i = 0; names[i]; i++) {
        node = facts ? json_object_get_member(facts, names[i]) : NULL;
        if (!node)
            return NULL;
        facts = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    }
    return node;
}

static gboolean number_of(JsonNode *node, double *value)
{
    if (!node || !JSON_NODE_HOLDS_VALUE(node))
        return FALSE;
    GType type = json_node_get_value_type(node);
    if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
        return FALSE;
    *value = json_node_get_double(node);
    return TRUE;
}

static const char *string_of(JsonNode *node)
{
    if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
        return NULL;
    return json_node_get_string(node);
}

static JsonObject *object_of(JsonNode *node)
{
    return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

gboolean mp_facts_number(JsonObject *facts, const char *path, double *value)
{
    return number_of(find(facts, path), value);
}

const char *mp_facts_string(JsonObject *facts, const char *path)
{
    return string_of(find(facts, path));
}

JsonObject *mp_facts_object(JsonObject *facts, const char *path)
{
    return object_of(find(facts, path));
}

JsonArray *mp_facts_array(JsonObject *facts, const char *path)
{
    JsonNode *node = find(facts, path);
    return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

gboolean mp_facts_number_at(JsonArray *list, guint index, double *value)
{
    return number_of(json_array_get_element(list, index), value);
}

const char *mp_facts_string_at(JsonArray *list, guint index)
{
    return string_of(json_array_get_element(list, index));
}

JsonObject *mp_facts_object_at(JsonArray *list, guint index)
{
    return object_of(json_array_get_element(list, index));
}

static JsonObject *find_stage(const MpMeasurement *measurement, const char *name)
{
    JsonArray *stages = mp_facts_array(measurement->facts, "stages");
    for (guint i = 0; stages && i < json_array_get_length(stages); i++) {
        JsonObject *stage = mp_facts_object_at(stages, i);
        const char *value = mp_facts_string(stage, name ? "name" : "outcome");
        if (name ? g_strcmp0(value, name) == 0 : g_strcmp0(value, "answered") != 0)
            return stage;
    }
    return NULL;
}

JsonObject *mp_measurement_stage(const MpMeasurement *measurement, const char *name)
{
    return find_stage(measurement, name);
}

JsonObject *mp_measurement_broken_stage(const MpMeasurement *measurement)
{
    return find_stage(measurement, NULL);
}
