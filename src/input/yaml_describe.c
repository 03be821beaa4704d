/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was found, in words.
 */
#include "input/yaml_describe.h"

#define MAX_CHARACTERS 60

static char *quote(const char *text)
{
    gboolean is_long = g_utf8_strlen(text, -1) > MAX_CHARACTERS;
    g_autofree char *start = is_long ? g_utf8_substring(text, 0, MAX_CHARACTERS) : g_strdup(text);
    g_strdelimit(start, "\n\t", ' ');
    return g_strdup_printf("\"%s%s\"", start, is_long ? "..." : "");
}

char *mp_yaml_describe(MpYamlNode *node)
{
    if (mp_yaml_type(node) != MP_YAML_SCALAR)
        return g_strdup(mp_yaml_type(node) == MP_YAML_MAPPING ? "a mapping" : "a list");

    const char *text = mp_yaml_text(node);
    double number = 0;
    gboolean boolean = FALSE;
    if (!text)
        return g_strdup("nothing");
    if (mp_yaml_number(node, &number))
        return g_strdup_printf("number %.*s", MAX_CHARACTERS, text);
    if (mp_yaml_boolean(node, &boolean))
        return g_strdup(text);
    return quote(text);
}
