/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A gateway's NAT and firewall, and all else it does to packets, as an nftables ruleset. Pure text.
 */
#pragma once

#include "lab/gateway.h"

/* What `nft -f -` reads in the gateway's namespace; NULL: it needs none. `gateway` is the carrier
 * or one of the sites of `network`. Free with g_free(). */
char *mp_firewall_ruleset(const MpGateway *gateway, const MpNetwork *network);
