/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files of unbound, for what dnsmasq cannot do. Pure text.
 */
#pragma once

#include <glib.h>

/* On 127.0.0.1: SERVFAIL (RFC 1035 section 4.1.1) to every question. Free with g_free(). */
char *mp_unbound_failing(const char *directory, guint16 port);

/* DNS64 (RFC 6147): asks the name server at `port` of 127.0.0.1, and makes an IPv6 address out of
 * an IPv4 address where there is no other. Free with g_free(). */
char *mp_unbound_dns64(const char *directory, const char *listen_address, guint16 port);
