/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON Schema over a YAML document: one function a keyword, in the order in which mistakes are best
 * told. A misspelt key comes before the key that is missing because of it.
 */
#include "input/schema.h"

#include "input/builtin.h"
#include "input/nearest.h"
#include "input/schema_value.h"
#include "input/yaml_describe.h"

#define DEFINITIONS "#/$defs/"

static gboolean check_value(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema);

static gboolean is_mapping(MpYamlNode *node)
{
    return mp_yaml_type(node) == MP_YAML_MAPPING;
}

static gboolean is_list(MpYamlNode *node)
{
    return mp_yaml_type(node) == MP_YAML_SEQUENCE;
}

static gboolean refuse_size(const MpSchemaCheck *check, MpYamlNode *node, const char *bound,
                            JsonNode *value)
{
    mp_yaml_error(check->yaml, node, check->error,
                  "a list of %u entries was found, expected %s %" G_GINT64_FORMAT,
                  mp_yaml_size(node), bound, json_node_get_int(value));
    return FALSE;
}

static gboolean check_min_items(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                JsonNode *value)
{
    (void)schema;
    return !is_list(node) || mp_yaml_size(node) >= json_node_get_int(value) ||
           refuse_size(check, node, "at least", value);
}

static gboolean check_max_items(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                JsonNode *value)
{
    (void)schema;
    return !is_list(node) || mp_yaml_size(node) <= json_node_get_int(value) ||
           refuse_size(check, node, "at most", value);
}

static gboolean check_min_properties(const MpSchemaCheck *check, MpYamlNode *node,
                                     JsonObject *schema, JsonNode *value)
{
    (void)schema;
    if (!is_mapping(node) || mp_yaml_size(node) >= json_node_get_int(value))
        return TRUE;
    mp_yaml_error(check->yaml, node, check->error,
                  "a mapping of %u keys was found, expected at least %" G_GINT64_FORMAT,
                  mp_yaml_size(node), json_node_get_int(value));
    return FALSE;
}

/* Our schemas ask it of lists of text only. */
static gboolean check_unique_items(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                   JsonNode *value)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    guint size = is_list(node) && json_node_get_boolean(value) ? mp_yaml_size(node) : 0;
    for (guint i = 0; i < size; i++) {
        MpYamlNode *entry = mp_yaml_at(node, i);
        const char *text = mp_yaml_text(entry);
        if (text && !g_hash_table_add(seen, (gpointer)text))
            return mp_schema_refuse(check, entry, schema, "each entry once");
    }
    return TRUE;
}

static gboolean check_items(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                            JsonNode *value)
{
    (void)schema;
    for (guint i = 0; is_list(node) && i < mp_yaml_size(node); i++)
        if (!check_value(check, mp_yaml_at(node, i), json_node_get_object(value)))
            return FALSE;
    return TRUE;
}

static JsonObject *properties_of(JsonObject *schema)
{
    return json_object_has_member(schema, "properties")
               ? json_object_get_object_member(schema, "properties")
               : NULL;
}

static gboolean refuse_key(const MpSchemaCheck *check, MpYamlNode *key, JsonObject *properties)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autoptr(GList) members = properties ? json_object_get_members(properties) : NULL;
    for (GList *member = members; member; member = member->next)
        g_ptr_array_add(known, member->data);

    g_autofree char *found = mp_yaml_describe(key);
    g_autofree char *list = mp_schema_join(known);
    g_autofree char *text = g_strdup(mp_yaml_text(key));
    g_autofree char *hint = mp_nearest_hint(text ? text : "", known);
    mp_yaml_error(check->yaml, key, check->error, "key %s was found, expected one of %s%s", found,
                  list, hint);
    return FALSE;
}

/* FALSE: no other keys than those of `properties`; a schema: what their values must be. */
static gboolean check_additional(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                 JsonNode *value)
{
    JsonObject *properties = properties_of(schema);
    for (guint i = 0; is_mapping(node) && i < mp_yaml_size(node); i++) {
        if (properties && json_object_has_member(properties, mp_yaml_key(node, i)))
            continue;
        if (JSON_NODE_HOLDS_OBJECT(value)) {
            if (!check_value(check, mp_yaml_at(node, i), json_node_get_object(value)))
                return FALSE;
        } else if (!json_node_get_boolean(value)) {
            return refuse_key(check, mp_yaml_key_node(node, i), properties);
        }
    }
    return TRUE;
}

static gboolean check_required(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                               JsonNode *value)
{
    (void)schema;
    g_autoptr(GPtrArray) keys = mp_schema_strings(json_node_get_array(value));
    for (guint i = 0; is_mapping(node) && i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        if (mp_yaml_get(node, key))
            continue;
        g_autofree char *list = mp_schema_join(keys);
        mp_yaml_error(check->yaml, node, check->error,
                      "no \"%s\" was found in this mapping, expected %s", key, list);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_properties(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                 JsonNode *value)
{
    (void)schema;
    JsonObject *properties = json_node_get_object(value);
    for (guint i = 0; is_mapping(node) && i < mp_yaml_size(node); i++) {
        const char *key = mp_yaml_key(node, i);
        if (json_object_has_member(properties, key) &&
            !check_value(check, mp_yaml_at(node, i),
                         json_object_get_object_member(properties, key)))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_reference(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                JsonNode *value)
{
    (void)schema;
    const char *reference = json_node_get_string(value);
    g_assert(check->definitions && g_str_has_prefix(reference, DEFINITIONS));
    const char *name = reference + sizeof DEFINITIONS - 1;
    return check_value(check, node, json_object_get_object_member(check->definitions, name));
}

/* Exactly one of the schemas. */
static gboolean check_one_of(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                             JsonNode *value)
{
    JsonArray *choices = json_node_get_array(value);
    MpSchemaCheck quiet = *check;
    quiet.error = NULL;
    guint n_fitting = 0;
    for (guint i = 0; i < json_array_get_length(choices); i++)
        n_fitting += check_value(&quiet, node, json_array_get_object_element(choices, i));
    g_autofree char *words = g_strdup_printf("one of %u forms", json_array_get_length(choices));
    return n_fitting == 1 || mp_schema_refuse(check, node, schema, words);
}

static const MpKeyword notes[] = {
    {"$schema", NULL},     {"$id", NULL},       {"$defs", NULL},    {"title", NULL},
    {"description", NULL}, {"writeOnly", NULL}, {"readOnly", NULL}, {"$ref", check_reference},
    {NULL, NULL},
};

static const MpKeyword inner_keywords[] = {
    {"minProperties", check_min_properties},
    {"minItems", check_min_items},
    {"maxItems", check_max_items},
    {"uniqueItems", check_unique_items},
    {"additionalProperties", check_additional},
    {"required", check_required},
    {"properties", check_properties},
    {"items", check_items},
    {"oneOf", check_one_of},
    {NULL, NULL},
};

static gboolean check_value(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema)
{
    const MpKeyword *const tables[] = {notes, mp_schema_value_keywords, inner_keywords};
    guint n_known = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const MpKeyword *keyword = tables[i]; keyword->name; keyword++) {
            JsonNode *value = json_object_get_member(schema, keyword->name);
            n_known += value != NULL;
            if (value && keyword->check && !keyword->check(check, node, schema, value))
                return FALSE;
        }
    g_assert(n_known == json_object_get_size(schema));
    return TRUE;
}

gboolean mp_schema_check(const MpYaml *yaml, const char *schema_name, GError **error)
{
    g_autofree char *path = g_strconcat("schema/", schema_name, NULL);
    g_autoptr(GBytes) bytes = mp_builtin_read(path);
    g_assert(bytes);
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    gboolean is_json = json_parser_load_from_data(parser, text, (gssize)length, NULL);
    g_assert(is_json);

    JsonObject *schema = json_node_get_object(json_parser_get_root(parser));
    const MpSchemaCheck check = {
        .yaml = yaml,
        .definitions = json_object_has_member(schema, "$defs")
                           ? json_object_get_object_member(schema, "$defs")
                           : NULL,
        .is_read_only = json_object_get_boolean_member_with_default(schema, "readOnly", FALSE),
        .error = error,
    };
    return check_value(&check, mp_yaml_root(yaml), schema);
}
