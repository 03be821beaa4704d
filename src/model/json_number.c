/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers as result.json has them.
 */
#include "model/json_number.h"

#include <math.h>
#include <string.h>

const char *mp_json_number(double value, char text[static MP_JSON_NUMBER_SIZE])
{
    g_ascii_formatd(text, MP_JSON_NUMBER_SIZE, fabs(value) < 1 ? "%.6f" : "%.3f", value);
    char *end = text + strlen(text);
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    return g_str_equal(text, "-0") ? "0" : text;
}

double mp_json_rounded(double value)
{
    char text[MP_JSON_NUMBER_SIZE];
    return isfinite(value) ? g_ascii_strtod(mp_json_number(value, text), NULL) : value;
}

static void round_node(JsonNode *node)
{
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        mp_json_round(json_node_get_object(node));
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        for (guint i = 0; i < json_array_get_length(array); i++)
            round_node(json_array_get_element(array, i));
    } else if (mp_json_is_unmeasured(node)) {
        json_node_init_null(node);
    } else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_DOUBLE) {
        json_node_set_double(node, mp_json_rounded(json_node_get_double(node)));
    }
}

void mp_json_round(JsonObject *object)
{
    g_autoptr(GList) names = json_object_get_members(object);
    for (GList *name = names; name; name = name->next) {
        JsonNode *node = json_object_get_member(object, name->data);
        if (mp_json_is_unmeasured(node))
            json_object_remove_member(object, name->data);
        else
            round_node(node);
    }
}

gboolean mp_json_is_unmeasured(JsonNode *node)
{
    return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_DOUBLE &&
           !isfinite(json_node_get_double(node));
}
