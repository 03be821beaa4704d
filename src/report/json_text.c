/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A JSON tree as text.
 */
#include "report/json_text.h"

#include "model/json_number.h"

/* The printers of trees call each other, hence one line ahead of its story. */
static void print_node(GString *out, JsonNode *node, guint depth);

static void print_number(GString *out, double value)
{
    char text[MP_JSON_NUMBER_SIZE];
    g_string_append(out, mp_json_number(value, text));
}

static void new_line(GString *out, guint depth)
{
    g_string_append_c(out, '\n');
    for (guint i = 0; i < depth; i++)
        g_string_append(out, "  ");
}

static void print_text(GString *out, const char *text)
{
    g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);
    g_autofree char *quoted = json_to_string(node, FALSE);
    g_string_append(out, quoted);
}

static void print_object(GString *out, JsonObject *object, guint depth)
{
    const char *separator = "";
    JsonObjectIter iterator;
    const char *name;
    JsonNode *member;
    g_string_append_c(out, '{');
    json_object_iter_init_ordered(&iterator, object);
    while (json_object_iter_next_ordered(&iterator, &name, &member)) {
        if (mp_json_is_unmeasured(member))
            continue;
        g_string_append(out, separator);
        new_line(out, depth + 1);
        print_text(out, name);
        g_string_append(out, ": ");
        print_node(out, member, depth + 1);
        separator = ",";
    }
    if (*separator)
        new_line(out, depth);
    g_string_append_c(out, '}');
}

static void print_array(GString *out, JsonArray *array, guint depth)
{
    guint length = json_array_get_length(array);
    g_string_append_c(out, '[');
    for (guint i = 0; i < length; i++) {
        g_string_append(out, i ? "," : "");
        new_line(out, depth + 1);
        print_node(out, json_array_get_element(array, i), depth + 1);
    }
    if (length)
        new_line(out, depth);
    g_string_append_c(out, ']');
}

static void print_node(GString *out, JsonNode *node, guint depth)
{
    if (JSON_NODE_HOLDS_OBJECT(node)) {
        print_object(out, json_node_get_object(node), depth);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
        print_array(out, json_node_get_array(node), depth);
    } else if (mp_json_is_unmeasured(node)) {
        g_string_append(out, "null");
    } else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_DOUBLE) {
        print_number(out, json_node_get_double(node));
    } else {
        g_autofree char *text = json_to_string(node, FALSE);
        g_string_append(out, text);
    }
}

char *mp_json_text(JsonNode *root)
{
    GString *out = g_string_new(NULL);
    print_node(out, root, 0);
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}
