/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a site's proxy is.
 */
#include "model/proxy_uri.h"

#include "base/error.h"

#define EXPECTED "expected http://HOST:PORT or socks5://HOST:PORT"

static const struct {
    const char *name;
    gboolean is_socks;
    guint16 port;
} schemes[] = {
    {"http", FALSE, 3128},
    {"socks5", TRUE, 1080},
    /* The proxy resolves the names: what we ask of it anyway. */
    {"socks5h", TRUE, 1080},
};

static gboolean has_rest(GUri *uri)
{
    const char *path = g_uri_get_path(uri);
    return (*path && !g_str_equal(path, "/")) || g_uri_get_query(uri) || g_uri_get_fragment(uri);
}

MpProxyUri *mp_proxy_uri_parse(const char *text, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    if (uri && g_uri_get_userinfo(uri)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "a user or password was found in the proxy's URL, expected it apart");
        return NULL;
    }
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    for (gsize i = 0; host && *host && !has_rest(uri) && i < G_N_ELEMENTS(schemes); i++) {
        int port = g_uri_get_port(uri);
        if (!g_str_equal(g_uri_get_scheme(uri), schemes[i].name) || port == 0)
            continue;
        MpProxyUri *proxy = g_new0(MpProxyUri, 1);
        proxy->is_socks = schemes[i].is_socks;
        proxy->host = g_strdup(host);
        proxy->port = port < 0 ? schemes[i].port : (guint16)port;
        return proxy;
    }
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "proxy \"%s\": " EXPECTED, text);
    return NULL;
}

void mp_proxy_uri_free(MpProxyUri *uri)
{
    if (!uri)
        return;
    g_free(uri->host);
    g_free(uri);
}
