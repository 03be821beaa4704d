/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SOCKS 5, RFC 1928, with user name and password, RFC 1929. For proxy.c.
 */
#pragma once

#include "net/proxy.h"

gboolean mp_net_socks_connect(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                              guint16 port, const MpNetLimit *limit, MpNetProxyReport *report,
                              MpNetStatus *status);
