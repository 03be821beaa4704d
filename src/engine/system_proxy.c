/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The desktop's proxy settings or the environment's, by GIO.
 */
#include "engine/system_proxy.h"

#include "model/proxy_uri.h"

char *mp_system_proxy(const char *url, GCancellable *cancellable)
{
    GProxyResolver *resolver = g_proxy_resolver_get_default();
    g_auto(GStrv) found = g_proxy_resolver_lookup(resolver, url, cancellable, NULL);
    for (guint i = 0; found && found[i]; i++) {
        g_autoptr(MpProxyUri) uri = mp_proxy_uri_parse(found[i], NULL);
        if (uri)
            return g_strdup(found[i]);
        if (g_str_has_prefix(found[i], "direct://"))
            return NULL;
    }
    return NULL;
}
