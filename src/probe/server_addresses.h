/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a server's URI leads: by SRV records where it names no port, by the name itself, and
 * through NAT64 where it is an IPv4 address and this network has IPv6 only.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "base/address.h"
#include "model/server_uri.h"
#include "net/wait.h"

/* Whether this computer has a route to the internet over IPv4 and over IPv6. */
gboolean mp_server_has_both_families(void);

/* MpAddress with ports in the order in which they are to be tried; RFC 8489 section 8 and RFC 5928.
 * Of `family`: MP_FAMILY_IPV4 puts IPv4 before IPv6, MP_FAMILY_IPV6 leaves IPv4 out,
 * which may leave none, and MP_FAMILY_NONE keeps the system's order. Facts: srv and nat64_prefix.
 * NULL with a status. Free with g_array_unref(). */
GArray *mp_server_addresses(const MpServerUri *server, MpFamily family, JsonObject *facts,
                            const MpNetLimit *limit, MpNetStatus *status);

/* One of them was reached: names its SRV record in the facts, where there is one. */
void mp_server_addresses_take(JsonObject *facts, const MpAddress *address);
