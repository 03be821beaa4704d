/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The STUN and TURN servers that a file names.
 */
#include "input/server_reader.h"

static gboolean read_server(const MpYaml *yaml, MpYamlNode *node, gboolean is_turn,
                            MpTargets *targets, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(MpServerUri) server = mp_server_uri_parse(mp_yaml_text(node), &reason);
    if (!server) {
        mp_yaml_error(yaml, node, error, "%s", reason->message);
        return FALSE;
    }
    if (server->is_turn != is_turn) {
        mp_yaml_error(yaml, node, error, "\"%s\" was found, expected a %s URI in this list",
                      mp_yaml_text(node), is_turn ? "turn: or turns:" : "stun: or stuns:");
        return FALSE;
    }
    g_ptr_array_add(targets->servers, g_steal_pointer(&server));
    return TRUE;
}

gboolean mp_servers_read(const MpYaml *yaml, MpYamlNode *mapping, MpTargets *targets,
                         GError **error)
{
    static const char *const keys[] = {"stun", "turn"};
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        MpYamlNode *list = mp_yaml_get(mapping, keys[i]);
        for (guint j = 0; list && j < mp_yaml_size(list); j++)
            if (!read_server(yaml, mp_yaml_at(list, j), i == 1, targets, error))
                return FALSE;
    }
    return TRUE;
}
