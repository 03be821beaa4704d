/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file of tayga, which translates without state (RFC 7915). With the carrier's
 * NAT behind it this is NAT64 as a client sees it (RFC 6146).
 */
#include "lab/nat64.h"

#include <glib.h>

#include "lab/places.h"

char *mp_nat64_config(const char *directory)
{
    /* What it says of itself in ICMP: of the pool, and for documentation (RFC 3849). */
    return g_strdup_printf("tun-device " MP_NAT64_DEVICE "\n"
                           "ipv4-addr 192.168.255.1\n"
                           "ipv6-addr 2001:db8:64::1\n"
                           "prefix " MP_NAT64_PREFIX "\n"
                           "dynamic-pool " MP_NAT64_POOL "\n"
                           "data-dir %s\n",
                           directory);
}
