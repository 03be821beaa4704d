/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host names of the product's requirements.
 */
#include "lab/web_names.h"

#include <string.h>

#include "input/profile_reader.h"

/* Each name once, in the order of the profile. */
typedef struct {
    GPtrArray *names;
    GHashTable *known; /* the same strings */
} NameSet;

static NameSet name_set_new(void)
{
    return (NameSet){g_ptr_array_new(), g_hash_table_new(g_str_hash, g_str_equal)};
}

static void name_set_add(NameSet *set, const char *name)
{
    if (g_hash_table_contains(set->known, name))
        return;
    char *copy = g_strdup(name);
    g_ptr_array_add(set->names, copy);
    g_hash_table_add(set->known, copy);
}

static char **name_set_steal(NameSet *set)
{
    g_hash_table_unref(set->known);
    g_ptr_array_add(set->names, NULL);
    return (char **)g_ptr_array_free(set->names, FALSE);
}

static void add_host(const MpHostPattern *host, NameSet *domains, NameSet *patterns)
{
    name_set_add(domains, host->is_wildcard ? host->name + strlen("*.") : host->name);
    name_set_add(patterns, host->name);
    /* RFC 6125 section 6.4.3: a wildcard of a certificate stands for one label only. */
    for (guint i = 0; i < host->probe_names->len; i++)
        name_set_add(patterns, g_ptr_array_index(host->probe_names, i));
}

MpWebNames *mp_web_names_new(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpProfile) profile = mp_profile_load("bellface", &error);
    g_assert_no_error(error);

    NameSet domains = name_set_new();
    NameSet patterns = name_set_new();
    for (guint i = 0; i < profile->rows->len; i++) {
        const MpRequirementRow *row = g_ptr_array_index(profile->rows, i);
        for (guint j = 0; j < row->hosts->len; j++)
            add_host(g_ptr_array_index(row->hosts, j), &domains, &patterns);
    }
    MpWebNames *names = g_new0(MpWebNames, 1);
    names->domains = name_set_steal(&domains);
    names->patterns = name_set_steal(&patterns);
    return names;
}

void mp_web_names_free(MpWebNames *names)
{
    if (!names)
        return;
    g_strfreev(names->domains);
    g_strfreev(names->patterns);
    g_free(names);
}
