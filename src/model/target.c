/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far ends of a check.
 */
#include "model/target.h"

MpTargets *mp_targets_new(void)
{
    MpTargets *targets = g_new0(MpTargets, 1);
    targets->servers = g_ptr_array_new_with_free_func((GDestroyNotify)mp_server_uri_free);
    targets->walk_targets = g_ptr_array_new_with_free_func(g_free);
    targets->resolvers = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    return targets;
}

void mp_targets_free(MpTargets *targets)
{
    if (!targets)
        return;
    g_ptr_array_unref(targets->servers);
    g_free(targets->turn_user);
    mp_secret_free(targets->turn_password);
    mp_secret_free(targets->turn_secret);
    g_free(targets->responder_url);
    mp_secret_free(targets->token);
    g_free(targets->stamp_host);
    mp_secret_free(targets->stamp_key);
    g_ptr_array_unref(targets->walk_targets);
    g_free(targets->proxy_url);
    g_free(targets->proxy_user);
    mp_secret_free(targets->proxy_password);
    g_free(targets->ca_file);
    g_free(targets->label);
    g_array_unref(targets->resolvers);
    g_free(targets);
}
