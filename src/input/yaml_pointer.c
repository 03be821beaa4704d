/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a value stands, as a JSON pointer. Looked for from the root: it is asked only for errors.
 */
#include "input/yaml_tree.h"

/* RFC 6901 section 3: "~" and "/" inside a name are escaped. */
static void append_name(GString *pointer, const char *name)
{
    g_string_append_c(pointer, '/');
    for (; *name; name++) {
        const char *escaped = *name == '~' ? "~0" : *name == '/' ? "~1" : NULL;
        if (escaped)
            g_string_append(pointer, escaped);
        else
            g_string_append_c(pointer, *name);
    }
}

static void append_step(GString *pointer, MpYamlNode *parent, guint index)
{
    if (parent->keys)
        append_name(pointer, mp_yaml_key(parent, index));
    else
        g_string_append_printf(pointer, "/%u", index);
}

/* FALSE: `node` is not in `from`, and the pointer is as it was. */
static gboolean find(GString *pointer, MpYamlNode *from, const MpYamlNode *node)
{
    if (from == node)
        return TRUE;
    const gsize length = pointer->len;
    for (guint i = 0; i < mp_yaml_size(from); i++) {
        append_step(pointer, from, i);
        if ((from->keys && from->keys->pdata[i] == node) ||
            find(pointer, from->values->pdata[i], node))
            return TRUE;
        g_string_truncate(pointer, length);
    }
    return FALSE;
}

char *mp_yaml_pointer(const MpYaml *yaml, const MpYamlNode *node)
{
    GString *pointer = g_string_new(NULL);
    find(pointer, yaml->root, node);
    return g_string_free(pointer, FALSE);
}
