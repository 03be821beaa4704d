/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a site's proxy is: http://HOST:PORT or socks5://HOST:PORT.
 */
#pragma once

#include <glib.h>

typedef struct {
    gboolean is_socks; /* SOCKS 5; otherwise HTTP CONNECT */
    char *host;        /* name or IP literal without brackets */
    guint16 port;      /* 3128, or 1080 for SOCKS, unless given */
} MpProxyUri;

/* MP_ERROR_INPUT quotes the text and says what was expected; a user or password in it is refused
 * without being quoted, because URLs are shown. */
MpProxyUri *mp_proxy_uri_parse(const char *text, GError **error);
void mp_proxy_uri_free(MpProxyUri *uri);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpProxyUri, mp_proxy_uri_free)
