/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The built-in networks for people to choose from.
 */
#include "input/builtin.h"
#include "lab/network.h"

char *mp_network_list(const char *lang, GError **error)
{
    gboolean is_japanese = g_str_equal(lang, "ja");
    g_auto(GStrv) names = mp_builtin_names("networks", ".yaml");
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; names[i]; i++) {
        g_autoptr(MpNetwork) network = mp_network_load(names[i], error);
        if (!network)
            return NULL;
        g_string_append_printf(text, "%-34s %s\n", names[i],
                               is_japanese ? network->sentence_ja : network->sentence_en);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
