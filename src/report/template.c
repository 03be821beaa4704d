/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fills sentences with gaps.
 */
#include "report/template.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#define UNKNOWN "?"

char *mp_template_number(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    const char *format = fabs(value) < 0.01 ? "%.3f" : fabs(value) < 10 ? "%.2f" : "%.1f";
    g_ascii_formatd(text, sizeof text, format, value);
    char *end = text + strlen(text);
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    return g_strdup(g_str_equal(text, "-0") ? "0" : text);
}

/* NULL: nothing that can be read aloud. */
static char *value_text(JsonNode *node)
{
    if (!node || JSON_NODE_HOLDS_NULL(node) || JSON_NODE_HOLDS_OBJECT(node))
        return NULL;
    if (JSON_NODE_HOLDS_ARRAY(node)) {
        JsonArray *array = json_node_get_array(node);
        g_autoptr(GString) joined = g_string_new(NULL);
        for (guint i = 0; i < json_array_get_length(array); i++) {
            g_autofree char *item = value_text(json_array_get_element(array, i));
            g_string_append_printf(joined, "%s%s", i ? ", " : "", item ? item : UNKNOWN);
        }
        return joined->len ? g_string_free(g_steal_pointer(&joined), FALSE) : NULL;
    }
    GType type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING)
        return g_strdup(json_node_get_string(node));
    if (type == G_TYPE_INT64)
        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
    if (type == G_TYPE_DOUBLE && isfinite(json_node_get_double(node)))
        return mp_template_number(json_node_get_double(node));
    return NULL;
}

/* Appends `text` up to `end` with its gaps filled. FALSE: a value was not known. */
static gboolean fill_part(GString *out, const char *text, const char *end, JsonObject *values)
{
    gboolean is_complete = TRUE;
    while (text < end) {
        const char *close = *text == '{' ? memchr(text, '}', (gsize)(end - text)) : NULL;
        if (!close) {
            g_string_append_c(out, *text++);
            continue;
        }
        g_autofree char *name = g_strndup(text + 1, (gsize)(close - text - 1));
        g_autofree char *value = value_text(values ? json_object_get_member(values, name) : NULL);
        g_string_append(out, value ? value : UNKNOWN);
        is_complete = is_complete && value;
        text = close + 1;
    }
    return is_complete;
}

char *mp_template_fill(const char *text, JsonObject *values)
{
    g_autoptr(GString) out = g_string_new(NULL);
    while (*text) {
        const char *open = strchrnul(text, '[');
        fill_part(out, text, open, values);
        const char *close = *open ? strchr(open, ']') : NULL;
        if (!close) {
            g_string_append(out, open);
            break;
        }
        gsize before = out->len;
        if (!fill_part(out, open + 1, close, values))
            g_string_truncate(out, before);
        text = close + 1;
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

char *mp_template_fill_pairs(const char *text, ...)
{
    g_autoptr(JsonObject) values = json_object_new();
    va_list pairs;
    va_start(pairs, text);
    for (const char *name = va_arg(pairs, const char *); name; name = va_arg(pairs, const char *)) {
        const char *value = va_arg(pairs, const char *);
        if (value)
            json_object_set_string_member(values, name, value);
    }
    va_end(pairs);
    return mp_template_fill(text, values);
}

char *mp_template_measured(double value, double error)
{
    if (!(value < error))
        return mp_template_number(value);
    g_autofree char *bound = mp_template_number(error);
    return g_strconcat("<", bound, NULL);
}
