/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The router's NAT and firewall as an nftables ruleset. Pure text.
 */
#pragma once

#include "lab/network.h"

/* What `nft -f -` reads in the router's namespace. Free with g_free(). */
char *mp_firewall_ruleset(const MpNetwork *network);
