/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON Schema over a YAML document: one function a keyword, in the order in which mistakes are best
 * told. A misspelt key comes before the key that is missing because of it.
 */
#include "input/schema.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "input/builtin.h"
#include "input/nearest.h"
#include "input/yaml_describe.h"

#define DEFINITIONS "#/$defs/"

typedef struct {
    const MpYaml *yaml;
    JsonObject *definitions; /* NULL when the schema has none */
    GError **error;
} Check;

/* `value` is the keyword's own, `schema` the object that it stands in. */
typedef gboolean (*KeywordCheck)(const Check *check, MpYamlNode *node, JsonObject *schema,
                                 JsonNode *value);

typedef struct {
    const char *name;
    KeywordCheck check; /* NULL: says something to people only */
} Keyword;

static gboolean check_value(const Check *check, MpYamlNode *node, JsonObject *schema);

/* A value that the schema calls writeOnly is a secret. */
static gboolean refuse(const Check *check, MpYamlNode *node, JsonObject *schema,
                       const char *expected)
{
    gboolean is_secret = json_object_get_boolean_member_with_default(schema, "writeOnly", FALSE);
    g_autofree char *found = is_secret ? g_strdup("a secret") : mp_yaml_describe(node);
    mp_yaml_error(check->yaml, node, check->error, "%s was found, expected %s", found, expected);
    return FALSE;
}

/* The schema's own words for what it wants, where it has some. */
static const char *describe_expected(JsonObject *schema, const char *otherwise)
{
    return json_object_get_string_member_with_default(schema, "description", otherwise);
}

static gboolean is_string(MpYamlNode *node)
{
    double number = 0;
    gboolean boolean = FALSE;
    return mp_yaml_text(node) && !mp_yaml_number(node, &number) && !mp_yaml_boolean(node, &boolean);
}

static gboolean is_number(MpYamlNode *node)
{
    double number = 0;
    return mp_yaml_number(node, &number);
}

static gboolean is_integer(MpYamlNode *node)
{
    double number = 0;
    return mp_yaml_number(node, &number) && trunc(number) == number;
}

static gboolean is_boolean(MpYamlNode *node)
{
    gboolean boolean = FALSE;
    return mp_yaml_boolean(node, &boolean);
}

static gboolean is_mapping(MpYamlNode *node)
{
    return mp_yaml_type(node) == MP_YAML_MAPPING;
}

static gboolean is_list(MpYamlNode *node)
{
    return mp_yaml_type(node) == MP_YAML_SEQUENCE;
}

static const struct {
    const char *name;
    gboolean (*matches)(MpYamlNode *node);
    const char *words;
} types[] = {
    {"object", is_mapping, "a mapping"},
    {"array", is_list, "a list"},
    {"string", is_string, "text"},
    {"number", is_number, "a number"},
    {"integer", is_integer, "a whole number"},
    {"boolean", is_boolean, "true or false"},
};

static gboolean check_type(const Check *check, MpYamlNode *node, JsonObject *schema,
                           JsonNode *value)
{
    guint i = 0;
    while (i < G_N_ELEMENTS(types) && !g_str_equal(types[i].name, json_node_get_string(value)))
        i++;
    g_assert(i < G_N_ELEMENTS(types));
    if (types[i].matches(node))
        return TRUE;

    /* YAML reads 1.10 or true as something else than text. */
    gboolean lacks_quotes = types[i].matches == is_string && mp_yaml_text(node);
    g_autofree char *words = g_strconcat(describe_expected(schema, types[i].words),
                                         lacks_quotes ? " (in quotes)" : "", NULL);
    return refuse(check, node, schema, words);
}

static gboolean check_const(const Check *check, MpYamlNode *node, JsonObject *schema,
                            JsonNode *value)
{
    const char *wanted = json_node_get_string(value);
    if (g_strcmp0(mp_yaml_text(node), wanted) == 0)
        return TRUE;
    g_autofree char *words = g_strdup_printf("\"%s\"", wanted);
    return refuse(check, node, schema, words);
}

static GPtrArray *strings_of(JsonArray *array)
{
    GPtrArray *strings = g_ptr_array_new();
    for (guint i = 0; i < json_array_get_length(array); i++)
        g_ptr_array_add(strings, (gpointer)json_array_get_string_element(array, i));
    return strings;
}

static char *join(GPtrArray *strings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < strings->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(strings, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean check_enum(const Check *check, MpYamlNode *node, JsonObject *schema,
                           JsonNode *value)
{
    const char *text = mp_yaml_text(node);
    g_autoptr(GPtrArray) allowed = strings_of(json_node_get_array(value));
    if (text && g_ptr_array_find_with_equal_func(allowed, text, g_str_equal, NULL))
        return TRUE;
    g_autofree char *list = join(allowed);
    g_autofree char *hint = mp_nearest_hint(text ? text : "", allowed);
    g_autofree char *words = g_strdup_printf("one of %s%s", list, hint);
    return refuse(check, node, schema, words);
}

static gboolean check_pattern(const Check *check, MpYamlNode *node, JsonObject *schema,
                              JsonNode *value)
{
    const char *text = mp_yaml_text(node);
    if (!text)
        return TRUE;
    g_autoptr(GRegex)
        regex = g_regex_new(json_node_get_string(value), G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    g_assert(regex);
    if (g_regex_match(regex, text, 0, NULL))
        return TRUE;
    g_autofree char *pattern = g_strdup_printf("text like %s", json_node_get_string(value));
    return refuse(check, node, schema, describe_expected(schema, pattern));
}

static gboolean check_minimum(const Check *check, MpYamlNode *node, JsonObject *schema,
                              JsonNode *value)
{
    double number = 0;
    if (!mp_yaml_number(node, &number) || number >= json_node_get_double(value))
        return TRUE;
    g_autofree char *words = g_strdup_printf("at least %g", json_node_get_double(value));
    return refuse(check, node, schema, words);
}

static gboolean check_maximum(const Check *check, MpYamlNode *node, JsonObject *schema,
                              JsonNode *value)
{
    double number = 0;
    if (!mp_yaml_number(node, &number) || number <= json_node_get_double(value))
        return TRUE;
    g_autofree char *words = g_strdup_printf("at most %g", json_node_get_double(value));
    return refuse(check, node, schema, words);
}

static gboolean check_min_length(const Check *check, MpYamlNode *node, JsonObject *schema,
                                 JsonNode *value)
{
    const char *text = mp_yaml_text(node);
    if (!text || g_utf8_strlen(text, -1) >= json_node_get_int(value))
        return TRUE;
    return refuse(check, node, schema, describe_expected(schema, "longer text"));
}

static gboolean check_min_items(const Check *check, MpYamlNode *node, JsonObject *schema,
                                JsonNode *value)
{
    (void)schema;
    if (!is_list(node) || mp_yaml_size(node) >= json_node_get_int(value))
        return TRUE;
    mp_yaml_error(check->yaml, node, check->error,
                  "a list of %u entries was found, expected at least %" G_GINT64_FORMAT,
                  mp_yaml_size(node), json_node_get_int(value));
    return FALSE;
}

/* Our schemas ask it of lists of text only. */
static gboolean check_unique_items(const Check *check, MpYamlNode *node, JsonObject *schema,
                                   JsonNode *value)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    guint size = is_list(node) && json_node_get_boolean(value) ? mp_yaml_size(node) : 0;
    for (guint i = 0; i < size; i++) {
        MpYamlNode *entry = mp_yaml_at(node, i);
        const char *text = mp_yaml_text(entry);
        if (text && !g_hash_table_add(seen, (gpointer)text))
            return refuse(check, entry, schema, "each entry once");
    }
    return TRUE;
}

static gboolean check_items(const Check *check, MpYamlNode *node, JsonObject *schema,
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

static gboolean refuse_key(const Check *check, MpYamlNode *key, JsonObject *properties)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autoptr(GList) members = properties ? json_object_get_members(properties) : NULL;
    for (GList *member = members; member; member = member->next)
        g_ptr_array_add(known, member->data);

    g_autofree char *found = mp_yaml_describe(key);
    g_autofree char *list = join(known);
    g_autofree char *text = g_strdup(mp_yaml_text(key));
    g_autofree char *hint = mp_nearest_hint(text ? text : "", known);
    mp_yaml_error(check->yaml, key, check->error, "key %s was found, expected one of %s%s", found,
                  list, hint);
    return FALSE;
}

/* FALSE: no other keys than those of `properties`; a schema: what their values must be. */
static gboolean check_additional(const Check *check, MpYamlNode *node, JsonObject *schema,
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

static gboolean check_required(const Check *check, MpYamlNode *node, JsonObject *schema,
                               JsonNode *value)
{
    (void)schema;
    g_autoptr(GPtrArray) keys = strings_of(json_node_get_array(value));
    for (guint i = 0; is_mapping(node) && i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        if (mp_yaml_get(node, key))
            continue;
        g_autofree char *list = join(keys);
        mp_yaml_error(check->yaml, node, check->error,
                      "no \"%s\" was found in this mapping, expected %s", key, list);
        return FALSE;
    }
    return TRUE;
}

static gboolean check_properties(const Check *check, MpYamlNode *node, JsonObject *schema,
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

static gboolean check_reference(const Check *check, MpYamlNode *node, JsonObject *schema,
                                JsonNode *value)
{
    (void)schema;
    const char *reference = json_node_get_string(value);
    g_assert(check->definitions && g_str_has_prefix(reference, DEFINITIONS));
    const char *name = reference + sizeof DEFINITIONS - 1;
    return check_value(check, node, json_object_get_object_member(check->definitions, name));
}

static const Keyword keywords[] = {
    {"$schema", NULL},
    {"$id", NULL},
    {"$defs", NULL},
    {"title", NULL},
    {"description", NULL},
    {"writeOnly", NULL},
    {"$ref", check_reference},
    {"type", check_type},
    {"const", check_const},
    {"enum", check_enum},
    {"minLength", check_min_length},
    {"pattern", check_pattern},
    {"minimum", check_minimum},
    {"maximum", check_maximum},
    {"minItems", check_min_items},
    {"uniqueItems", check_unique_items},
    {"additionalProperties", check_additional},
    {"required", check_required},
    {"properties", check_properties},
    {"items", check_items},
};

static gboolean check_value(const Check *check, MpYamlNode *node, JsonObject *schema)
{
    guint n_known = 0;
    for (guint i = 0; i < G_N_ELEMENTS(keywords); i++) {
        JsonNode *value = json_object_get_member(schema, keywords[i].name);
        n_known += value != NULL;
        if (value && keywords[i].check && !keywords[i].check(check, node, schema, value))
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
    Check check = {
        .yaml = yaml,
        .definitions = json_object_has_member(schema, "$defs")
                           ? json_object_get_object_member(schema, "$defs")
                           : NULL,
        .error = error,
    };
    return check_value(&check, mp_yaml_root(yaml), schema);
}
