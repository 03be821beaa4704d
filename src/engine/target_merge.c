/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Far ends laid over far ends.
 */
#include "engine/target_merge.h"

static gboolean has_servers(const MpTargets *targets, gboolean is_turn)
{
    for (guint i = 0; i < targets->servers->len; i++)
        if (((const MpServerUri *)targets->servers->pdata[i])->is_turn == is_turn)
            return TRUE;
    return FALSE;
}

static void drop_servers(MpTargets *targets, gboolean is_turn)
{
    for (guint i = targets->servers->len; i-- > 0;)
        if (((const MpServerUri *)targets->servers->pdata[i])->is_turn == is_turn)
            g_ptr_array_remove_index(targets->servers, i);
}

static void merge_servers(MpTargets *targets, const MpTargets *over)
{
    for (gboolean is_turn = FALSE; is_turn <= TRUE; is_turn++)
        if (has_servers(over, is_turn))
            drop_servers(targets, is_turn);
    for (guint i = 0; i < over->servers->len; i++)
        g_ptr_array_add(targets->servers, mp_server_uri_copy(over->servers->pdata[i]));
}

static void take_text(char **text, char **over)
{
    if (!*over)
        return;
    g_free(*text);
    *text = g_steal_pointer(over);
}

static void take_secret(MpSecret **secret, MpSecret **over)
{
    mp_secret_free(*secret);
    *secret = g_steal_pointer(over);
}

void mp_targets_merge(MpTargets *targets, MpTargets *over)
{
    merge_servers(targets, over);
    if (over->turn_password || over->turn_secret) {
        take_secret(&targets->turn_password, &over->turn_password);
        take_secret(&targets->turn_secret, &over->turn_secret);
    }
    if (over->responder_url || over->token)
        take_secret(&targets->token, &over->token);
    if (over->proxy_url) {
        take_text(&targets->proxy_url, &over->proxy_url);
        g_clear_pointer(&targets->proxy_user, g_free);
        take_secret(&targets->proxy_password, &over->proxy_password);
    }
    if (over->resolvers->len > 0) {
        g_array_set_size(targets->resolvers, 0);
        g_array_append_vals(targets->resolvers, over->resolvers->data, over->resolvers->len);
    }
    if (over->stamp_host || over->stamp_key) {
        take_secret(&targets->stamp_key, &over->stamp_key);
        targets->stamp_key_id = over->stamp_key_id;
    }
    take_text(&targets->stamp_host, &over->stamp_host);
    for (guint i = 0; i < over->walk_targets->len; i++)
        g_ptr_array_add(targets->walk_targets, g_strdup(over->walk_targets->pdata[i]));
    take_text(&targets->proxy_user, &over->proxy_user);
    take_text(&targets->turn_user, &over->turn_user);
    take_text(&targets->responder_url, &over->responder_url);
    take_text(&targets->ca_file, &over->ca_file);
    take_text(&targets->label, &over->label);
}
