/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A YAML value as JSON. The depth is bounded by the parser's.
 */
#include "input/yaml_json.h"

#include <math.h>

/* Above 2^53 a double skips whole numbers. */
#define LARGEST_WHOLE 9007199254740992.0

static JsonNode *convert_mapping(MpYamlNode *node)
{
    JsonObject *object = json_object_new();
    for (guint i = 0; i < mp_yaml_size(node); i++)
        json_object_set_member(object, mp_yaml_key(node, i), mp_yaml_to_json(mp_yaml_at(node, i)));
    JsonNode *json = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(json, object);
    return json;
}

static JsonNode *convert_list(MpYamlNode *node)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < mp_yaml_size(node); i++)
        json_array_add_element(array, mp_yaml_to_json(mp_yaml_at(node, i)));
    JsonNode *json = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(json, array);
    return json;
}

/* JSON tells 3478 from 3478.0, and so does who reads the text: a port is no fraction. */
static JsonNode *convert_number(double number)
{
    gboolean is_whole = fabs(number) <= LARGEST_WHOLE && number == floor(number);
    return is_whole ? json_node_init_int(json_node_alloc(), (gint64)number)
                    : json_node_init_double(json_node_alloc(), number);
}

static JsonNode *convert_scalar(MpYamlNode *node)
{
    double number = 0;
    gboolean boolean = FALSE;
    if (!mp_yaml_text(node))
        return json_node_new(JSON_NODE_NULL);
    if (mp_yaml_number(node, &number))
        return convert_number(number);
    if (mp_yaml_boolean(node, &boolean))
        return json_node_init_boolean(json_node_alloc(), boolean);
    return json_node_init_string(json_node_alloc(), mp_yaml_text(node));
}

JsonNode *mp_yaml_to_json(MpYamlNode *node)
{
    static JsonNode *(*const converters[])(MpYamlNode *) = {
        [MP_YAML_SCALAR] = convert_scalar,
        [MP_YAML_SEQUENCE] = convert_list,
        [MP_YAML_MAPPING] = convert_mapping,
    };
    return converters[mp_yaml_type(node)](node);
}
