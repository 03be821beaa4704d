/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The keywords of a JSON Schema that ask about a value: its type, its text, its number.
 */
#include "input/schema_value.h"

#include <math.h>

#include "input/nearest.h"
#include "input/yaml_describe.h"

/* A value that the schema calls writeOnly is a secret. */
gboolean mp_schema_refuse(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                          const char *expected)
{
    gboolean is_secret = json_object_get_boolean_member_with_default(schema, "writeOnly", FALSE);
    g_autofree char *found = is_secret ? g_strdup("a secret") : mp_yaml_describe(node);
    mp_yaml_error(check->yaml, node, check->error, "%s was found, expected %s", found, expected);
    return FALSE;
}

/* The schema's own words for what it wants, where it has some. */
static const char *describe_expected(const MpSchemaCheck *check, JsonObject *schema,
                                     const char *otherwise)
{
    return check->is_read_only
               ? otherwise
               : json_object_get_string_member_with_default(schema, "description", otherwise);
}

GPtrArray *mp_schema_strings(JsonArray *array)
{
    GPtrArray *strings = g_ptr_array_new();
    for (guint i = 0; i < json_array_get_length(array); i++)
        g_ptr_array_add(strings, (gpointer)json_array_get_string_element(array, i));
    return strings;
}

char *mp_schema_join(GPtrArray *strings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < strings->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(strings, i));
    return g_string_free(g_steal_pointer(&text), FALSE);
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

static gboolean is_null(MpYamlNode *node)
{
    return mp_yaml_type(node) == MP_YAML_SCALAR && !mp_yaml_text(node);
}

typedef struct {
    const char *name;
    gboolean (*matches)(MpYamlNode *node);
    const char *words;
} Type;

static const Type types[] = {
    {"object", is_mapping, "a mapping"},
    {"array", is_list, "a list"},
    {"string", is_string, "text"},
    {"number", is_number, "a number"},
    {"integer", is_integer, "a whole number"},
    {"boolean", is_boolean, "true or false"},
    {"null", is_null, "null"},
};

static const Type *type_named(const char *name)
{
    guint i = 0;
    while (i < G_N_ELEMENTS(types) && !g_str_equal(types[i].name, name))
        i++;
    g_assert(i < G_N_ELEMENTS(types));
    return &types[i];
}

static gboolean check_one_type(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                               const Type *type)
{
    if (type->matches(node))
        return TRUE;

    /* YAML reads 1.10 or true as something else than text. */
    gboolean lacks_quotes = type->matches == is_string && mp_yaml_text(node);
    g_autofree char *words = g_strconcat(describe_expected(check, schema, type->words),
                                         lacks_quotes ? " (in quotes)" : "", NULL);
    return mp_schema_refuse(check, node, schema, words);
}

static gboolean check_type(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                           JsonNode *value)
{
    if (!JSON_NODE_HOLDS_ARRAY(value))
        return check_one_type(check, node, schema, type_named(json_node_get_string(value)));

    g_autoptr(GString) words = g_string_new(NULL);
    JsonArray *names = json_node_get_array(value);
    for (guint i = 0; i < json_array_get_length(names); i++) {
        const Type *type = type_named(json_array_get_string_element(names, i));
        if (type->matches(node))
            return TRUE;
        g_string_append_printf(words, "%s%s", i ? " or " : "", type->words);
    }
    return mp_schema_refuse(check, node, schema, describe_expected(check, schema, words->str));
}

static gboolean check_const(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                            JsonNode *value)
{
    gboolean found = FALSE;
    const gboolean is_text = json_node_get_value_type(value) == G_TYPE_STRING;
    if (is_text ? g_strcmp0(mp_yaml_text(node), json_node_get_string(value)) == 0
                : mp_yaml_boolean(node, &found) && found == json_node_get_boolean(value))
        return TRUE;
    g_autofree char *words = json_to_string(value, FALSE);
    return mp_schema_refuse(check, node, schema, words);
}

static gboolean check_enum(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                           JsonNode *value)
{
    const char *text = mp_yaml_text(node);
    g_autoptr(GPtrArray) allowed = mp_schema_strings(json_node_get_array(value));
    if (text && g_ptr_array_find_with_equal_func(allowed, text, g_str_equal, NULL))
        return TRUE;
    g_autofree char *list = mp_schema_join(allowed);
    g_autofree char *hint = mp_nearest_hint(text ? text : "", allowed);
    g_autofree char *words = g_strdup_printf("one of %s%s", list, hint);
    return mp_schema_refuse(check, node, schema, words);
}

static gboolean check_pattern(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
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
    return mp_schema_refuse(check, node, schema, describe_expected(check, schema, pattern));
}

static gboolean check_minimum(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                              JsonNode *value)
{
    double number = 0;
    if (!mp_yaml_number(node, &number) || number >= json_node_get_double(value))
        return TRUE;
    g_autofree char *words = g_strdup_printf("at least %g", json_node_get_double(value));
    return mp_schema_refuse(check, node, schema, words);
}

static gboolean check_maximum(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                              JsonNode *value)
{
    double number = 0;
    if (!mp_yaml_number(node, &number) || number <= json_node_get_double(value))
        return TRUE;
    g_autofree char *words = g_strdup_printf("at most %g", json_node_get_double(value));
    return mp_schema_refuse(check, node, schema, words);
}

static gboolean check_exclusive_minimum(const MpSchemaCheck *check, MpYamlNode *node,
                                        JsonObject *schema, JsonNode *value)
{
    double number = 0;
    if (!mp_yaml_number(node, &number) || number > json_node_get_double(value))
        return TRUE;
    g_autofree char *words = g_strdup_printf("more than %g", json_node_get_double(value));
    return mp_schema_refuse(check, node, schema, words);
}

static gboolean check_min_length(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                 JsonNode *value)
{
    const char *text = mp_yaml_text(node);
    if (!text || g_utf8_strlen(text, -1) >= json_node_get_int(value))
        return TRUE;
    return mp_schema_refuse(check, node, schema, describe_expected(check, schema, "longer text"));
}

const MpKeyword mp_schema_value_keywords[] = {
    {"type", check_type},
    {"const", check_const},
    {"enum", check_enum},
    {"minLength", check_min_length},
    {"pattern", check_pattern},
    {"minimum", check_minimum},
    {"exclusiveMinimum", check_exclusive_minimum},
    {"maximum", check_maximum},
    {NULL, NULL},
};
