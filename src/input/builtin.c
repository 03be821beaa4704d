/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The built-in files, as a GResource.
 */
#include "input/builtin.h"

#include <scenarios/scenario_resources.h>
#include <stdlib.h>
#include <string.h>

#define ROOT "/mediapath/scenarios/"

GBytes *mp_builtin_read(const char *path)
{
    g_autofree char *place = g_strconcat(ROOT, path, NULL);
    return g_resource_lookup_data(mp_scenarios_get_resource(), place, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  NULL);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **mp_builtin_names(const char *folder, const char *suffix)
{
    g_autofree char *place = g_strconcat(ROOT, folder, NULL);
    g_auto(GStrv) files = g_resource_enumerate_children(mp_scenarios_get_resource(), place,
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; files && files[i]; i++)
        if (g_str_has_suffix(files[i], suffix))
            g_ptr_array_add(names, g_strndup(files[i], strlen(files[i]) - strlen(suffix)));
    qsort(names->pdata, names->len, sizeof(char *), compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
