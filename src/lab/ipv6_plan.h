/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IPv6 drawn into a network: at a site, and on the way from it to the internet's servers.
 */
#pragma once

#include "lab/blueprint.h"
#include "lab/network.h"

/* Whether anything of the network speaks IPv6. */
gboolean mp_network_has_ipv6(const MpNetwork *network);

/* Addresses and routes of a site with IPv6 only, or with IPv6 beside IPv4; nothing for another. */
void mp_ipv6_plan_draw_site(MpBlueprint *blueprint, const MpNetwork *network);
/* Beside IPv4: what is behind the carrier, or the hole at its edge. */
void mp_ipv6_plan_draw_internet(MpBlueprint *blueprint, const MpNetwork *network);
