/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The values of a YAML document, read the way YAML 1.2's core schema and JSON agree on.
 */
#include "input/yaml.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "input/yaml_tree.h"

void mp_yaml_node_free(MpYamlNode *node)
{
    if (!node)
        return;
    if (node->index)
        g_hash_table_unref(node->index);
    if (node->keys)
        g_ptr_array_unref(node->keys);
    if (node->values)
        g_ptr_array_unref(node->values);
    g_free(node->text);
    g_free(node);
}

MpYaml *mp_yaml_new(const char *name)
{
    MpYaml *yaml = g_new0(MpYaml, 1);
    yaml->name = g_strdup(name);
    return yaml;
}

void mp_yaml_free(MpYaml *yaml)
{
    if (!yaml)
        return;
    mp_yaml_node_free(yaml->root);
    g_free(yaml->name);
    g_free(yaml);
}

const char *mp_yaml_name(const MpYaml *yaml)
{
    return yaml->name;
}

MpYamlNode *mp_yaml_root(const MpYaml *yaml)
{
    return yaml->root;
}

MpYamlType mp_yaml_type(MpYamlNode *node)
{
    return node->type;
}

MpYamlNode *mp_yaml_get(MpYamlNode *mapping, const char *key)
{
    return mapping && mapping->index ? g_hash_table_lookup(mapping->index, key) : NULL;
}

guint mp_yaml_size(MpYamlNode *node)
{
    return node->values ? node->values->len : 0;
}

MpYamlNode *mp_yaml_at(MpYamlNode *node, guint index)
{
    g_assert(index < mp_yaml_size(node));
    return g_ptr_array_index(node->values, index);
}

MpYamlNode *mp_yaml_key_node(MpYamlNode *mapping, guint index)
{
    g_assert(mapping->keys && index < mapping->keys->len);
    return g_ptr_array_index(mapping->keys, index);
}

const char *mp_yaml_key(MpYamlNode *mapping, guint index)
{
    return mp_yaml_key_node(mapping, index)->text;
}

const char *mp_yaml_text(MpYamlNode *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    if (node->type != MP_YAML_SCALAR || (node->is_plain && g_strv_contains(nulls, node->text)))
        return NULL;
    return node->text;
}

gboolean mp_yaml_number(MpYamlNode *node, double *value)
{
    /* JSON's numbers: g_ascii_strtod() alone would also take hexadecimal, "inf" and "nan". */
    if (node->type != MP_YAML_SCALAR || !node->is_plain || node->text[0] == '\0' ||
        node->text[strspn(node->text, "+-.0123456789eE")] != '\0')
        return FALSE;
    char *end = NULL;
    double number = g_ascii_strtod(node->text, &end);
    if (*end != '\0' || end == node->text || !isfinite(number))
        return FALSE;
    *value = number;
    return TRUE;
}

gboolean mp_yaml_boolean(MpYamlNode *node, gboolean *value)
{
    if (node->type != MP_YAML_SCALAR || !node->is_plain)
        return FALSE;
    gboolean is_true = g_str_equal(node->text, "true");
    if (!is_true && !g_str_equal(node->text, "false"))
        return FALSE;
    *value = is_true;
    return TRUE;
}

const char *mp_yaml_get_text(MpYamlNode *mapping, const char *key, const char *fallback)
{
    MpYamlNode *node = mp_yaml_get(mapping, key);
    const char *text = node ? mp_yaml_text(node) : NULL;
    return text ? text : fallback;
}

double mp_yaml_get_number(MpYamlNode *mapping, const char *key, double fallback)
{
    MpYamlNode *node = mp_yaml_get(mapping, key);
    double value = fallback;
    return node && mp_yaml_number(node, &value) ? value : fallback;
}

gboolean mp_yaml_get_boolean(MpYamlNode *mapping, const char *key, gboolean fallback)
{
    MpYamlNode *node = mp_yaml_get(mapping, key);
    gboolean value = fallback;
    return node && mp_yaml_boolean(node, &value) ? value : fallback;
}

gboolean mp_yaml_says(MpYamlNode *mapping, const char *key, const char *word)
{
    return g_strcmp0(mp_yaml_get_text(mapping, key, NULL), word) == 0;
}

guint mp_yaml_get_choice(MpYamlNode *mapping, const char *key, const char *const *words,
                         guint n_words, guint fallback)
{
    const char *text = mp_yaml_get_text(mapping, key, NULL);
    guint i = 0;
    while (text && i < n_words && !g_str_equal(text, words[i]))
        i++;
    g_assert(i < n_words);
    return text ? i : fallback;
}

char **mp_yaml_texts(MpYamlNode *list)
{
    if (!list)
        return NULL;
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    for (guint i = 0; i < mp_yaml_size(list); i++)
        g_strv_builder_add(texts, mp_yaml_text(mp_yaml_at(list, i)));
    return g_strv_builder_end(texts);
}

char *mp_yaml_resolve(const MpYaml *yaml, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(yaml->name);
    /* g_canonicalize_filename() would make it absolute, and messages harder to read. */
    return !path || g_path_is_absolute(path) || g_str_equal(folder, ".")
               ? g_strdup(path)
               : g_build_filename(folder, path, NULL);
}

void mp_yaml_tell_pointers(MpYaml *yaml)
{
    yaml->tells_pointers = TRUE;
}

void mp_yaml_error(const MpYaml *yaml, MpYamlNode *node, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *pointer = yaml->tells_pointers ? mp_yaml_pointer(yaml, node) : NULL;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s:%u:%u: %s%s%s", yaml->name, node->line,
                node->column, pointer ? pointer : "", pointer && *pointer ? ": " : "", message);
}
