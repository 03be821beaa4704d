/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Built-in YAML files beside the user's own.
 */
#include "input/builtin_yaml.h"

#include <string.h>

#include "input/builtin.h"
#include "input/nearest.h"

static char *path_of(const char *folder, const char *name)
{
    return g_strdup_printf("%s/%s.yaml", folder, name);
}

gboolean mp_builtin_yaml_is_path(const char *name_or_path)
{
    static const char *const endings[] = {".yaml", ".yml", ".json"};
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(name_or_path, endings[i]))
            return TRUE;
    return strchr(name_or_path, '/') != NULL;
}

gboolean mp_builtin_yaml_exists(const char *folder, const char *name)
{
    g_autofree char *path = path_of(folder, name);
    g_autoptr(GBytes) bytes = mp_builtin_read(path);
    return bytes != NULL;
}

char *mp_builtin_yaml_hint(const char *folder, const char *name)
{
    g_auto(GStrv) names = mp_builtin_names(folder, ".yaml");
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (guint i = 0; names[i]; i++)
        g_ptr_array_add(known, names[i]);
    return mp_nearest_hint(name, known);
}

MpYaml *mp_builtin_yaml_load(const char *folder, const char *name_or_path, GError **error)
{
    if (mp_builtin_yaml_is_path(name_or_path))
        return mp_yaml_read_file(name_or_path, error);
    g_autofree char *path = path_of(folder, name_or_path);
    g_autoptr(GBytes) bytes = mp_builtin_read(path);
    g_return_val_if_fail(bytes, NULL);
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    return mp_yaml_parse(path, text, length, error);
}
