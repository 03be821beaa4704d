/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IPv6 as commands.
 */
#include "lab/ipv6_plan.h"

#include "lab/path_mtu.h"
#include "lab/places.h"

/* The site's line to the carrier, and the carrier's to the internet. */
#define WAN_ADDRESS6 "2001:db8:1::2"
#define CARRIER_ADDRESS6 "2001:db8:1::1"
#define CORE_ADDRESS6 "2001:db8:2::1"
#define INTERNET_ADDRESS6 "2001:db8:2::2"
#define SITE_RANGE6 "2001:db8:10::/64"

gboolean mp_network_has_ipv6(const MpNetwork *network)
{
    return network->site->ip == MP_SITE_IPV6_NAT64 || network->site->ipv6 != MP_SITE_IPV6_NONE;
}

/* Routers find their neighbours from link-local addresses (RFC 4861 section 4.3); these are given,
 * not generated, and none waits for duplicate address detection. */
void mp_ipv6_plan_draw_site(MpBlueprint *blueprint, const MpNetwork *network)
{
    if (!mp_network_has_ipv6(network))
        return;
    const char *key = network->site->ip == MP_SITE_IPV6_NAT64 ? "ip" : "ipv6";
    g_autofree char *mtu = mp_path_mtu_words(&network->site->mtu);
    mp_blueprint_add(blueprint, MP_PLACE_CLIENT,
                     "# site: %s\n"
                     "address add fe80::2/64 dev eth0 nodad\n"
                     "address add " MP_CLIENT_ADDRESS6 "/64 dev eth0 nodad\n"
                     "route add default via " MP_ROUTER_ADDRESS6 "\n",
                     key);
    mp_blueprint_add(blueprint, MP_PLACE_ROUTER,
                     "# site: %s\n"
                     "address add fe80::1/64 dev lan nodad\n"
                     "address add " MP_ROUTER_ADDRESS6 "/64 dev lan nodad\n"
                     "address add fe80::2/64 dev wan nodad\n"
                     "address add " WAN_ADDRESS6 "/64 dev wan nodad\n"
                     "# site: mtu\n"
                     "route add default via " CARRIER_ADDRESS6 "%s\n",
                     key, mtu);
    mp_blueprint_add(blueprint, MP_PLACE_CARRIER,
                     "# site: %s\n"
                     "address add fe80::1/64 dev site nodad\n"
                     "address add " CARRIER_ADDRESS6 "/64 dev site nodad\n"
                     "route add " SITE_RANGE6 " via " WAN_ADDRESS6 "%s\n",
                     key, mtu);
}

/* A route that is announced and leads nowhere, without a word: the commonest broken IPv6. */
void mp_ipv6_plan_draw_internet(MpBlueprint *blueprint, const MpNetwork *network)
{
    if (network->site->ipv6 == MP_SITE_IPV6_NONE)
        return;
    mp_blueprint_add(blueprint, MP_PLACE_CARRIER,
                     "# site: ipv6\n"
                     "address add fe80::1/64 dev core nodad\n"
                     "address add " CORE_ADDRESS6 "/64 dev core nodad\n"
                     "route add %s\n",
                     network->site->ipv6 == MP_SITE_IPV6_BLACK_HOLE
                         ? "blackhole ::/0"
                         : "::/0 via " INTERNET_ADDRESS6);
    mp_blueprint_add(blueprint, MP_PLACE_INTERNET,
                     "# site: ipv6\n"
                     "address add fe80::2/64 dev eth0 nodad\n"
                     "address add " INTERNET_ADDRESS6 "/64 dev eth0 nodad\n"
                     "address add " MP_TURN_ADDRESS6 "/128 dev eth0 nodad\n"
                     "route add " SITE_RANGE6 " via " CORE_ADDRESS6 "\n");
}
