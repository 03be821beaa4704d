/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The configuration file of the carrier's translator from IPv6 to IPv4. Pure text.
 */
#pragma once

/* Its device, and the private addresses that it gives to the sites' hosts, one each; the carrier's
 * NAT stands behind it. */
#define MP_NAT64_DEVICE "nat64"
#define MP_NAT64_POOL "192.168.255.0/24"

/* tayga's. Free with g_free(). */
char *mp_nat64_config(const char *directory);
