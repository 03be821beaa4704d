/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRV records by the system's name servers, RFC 2782: on which hosts and ports a service is.
 */
#pragma once

#include "net/dns.h"

/* MpDnsService in the order in which they are to be tried, of "_turn._udp.example.com". Empty where
 * the name has none. NULL with a status when no name server answered. `server` is who answered;
 * `is_cut`: it has more, and does not tell them over TCP either. Free with g_array_unref(). */
GArray *mp_net_find_services(const char *name, const MpNetLimit *limit, MpAddress *server,
                             gboolean *is_cut, MpNetStatus *status);
