/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * HTTP CONNECT, RFC 9110 section 9.3.6. For proxy.c.
 */
#pragma once

#include "net/proxy.h"

gboolean mp_net_http_connect(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                             guint16 port, const MpNetLimit *limit, MpNetProxyReport *report,
                             MpNetStatus *status);

/* The answer's head, ending in an empty line, into `report`. FALSE when it is not HTTP. */
gboolean mp_net_http_connect_parse(const char *head, gsize length, MpNetProxyReport *report);
