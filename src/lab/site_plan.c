/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A site drawn into a network.
 */
#include "lab/site_plan.h"

#include "lab/ipv6_plan.h"
#include "lab/path_mtu.h"
#include "lab/places.h"
#include "lab/site_place.h"

static void draw_wires(MpBlueprint *blueprint, const MpNetwork *network, const MpSitePlace *place)
{
    mp_blueprint_add_wire(blueprint, place->client, "eth0", place->router, "lan");
    if (!network->link || network->link->backend != MP_LINK_EMULATOR) {
        mp_blueprint_add_wire(blueprint, place->router, "wan", MP_PLACE_CARRIER,
                              place->carrier_interface);
        return;
    }
    mp_blueprint_add_wire(blueprint, place->router, "wan", MP_PLACE_LINK, place->up_interface);
    mp_blueprint_add_wire(blueprint, MP_PLACE_LINK, place->down_interface, MP_PLACE_CARRIER,
                          place->carrier_interface);
}

static void draw_lan(MpBlueprint *blueprint, const MpSitePlace *place)
{
    mp_blueprint_add(blueprint, place->client,
                     "address add %s/24 dev eth0\n"
                     "route add default via %s\n",
                     place->client_address, place->router_address);
    mp_blueprint_add(blueprint, place->router, "address add %s/24 dev lan\n",
                     place->router_address);
}

/* Packets for hosts that are not there go nowhere, rather than back and forth. */
static void draw_line(MpBlueprint *blueprint, const MpNetwork *network, guint i)
{
    const MpSite *site = mp_site_at(network, i);
    const MpSitePlace *place = mp_site_place(i);
    const MpSiteLine *line = mp_site_line(network, i);
    g_autofree char *mtu = mp_path_mtu_words(&site->mtu);
    MpMtu narrower = mp_path_mtu_narrower(&site->mtu, &network->carrier.mtu);
    g_autofree char *mtu_down = mp_path_mtu_words(&narrower);
    mp_blueprint_add(blueprint, place->router,
                     "address add %s/30 dev wan\n"
                     "route add unreachable %s\n"
                     "# %s: mtu\n"
                     "route add default via %s%s\n",
                     line->router, place->range, place->part, line->carrier, mtu);
    mp_blueprint_add(blueprint, MP_PLACE_CARRIER,
                     "address add %s/30 dev %s\n"
                     "# %s: mtu\n"
                     "route add %s dev %s%s\n",
                     line->carrier, place->carrier_interface, place->part, line->router,
                     place->carrier_interface, mtu_down);
    if (!site->has_nat && site->ip == MP_SITE_IPV4)
        mp_blueprint_add(blueprint, MP_PLACE_CARRIER, "route add %s via %s%s\n", place->range,
                         line->router, mtu_down);
}

static void draw_office(MpBlueprint *blueprint)
{
    mp_blueprint_add_wire(blueprint, MP_PLACE_OFFICE, "eth0", MP_PLACE_ROUTER, "dmz");
    mp_blueprint_add(blueprint, MP_PLACE_OFFICE,
                     "address add " MP_OFFICE_ADDRESS "/24 dev eth0\n"
                     "route add default via " MP_OFFICE_ROUTER_ADDRESS "\n");
    mp_blueprint_add(blueprint, MP_PLACE_ROUTER,
                     "address add " MP_OFFICE_ROUTER_ADDRESS "/24 dev dmz\n");
}

static void draw_slow_dns(MpBlueprint *blueprint)
{
    mp_blueprint_add_wire(blueprint, MP_PLACE_ROUTER, "slow", MP_PLACE_LINK, "up2");
    mp_blueprint_add_wire(blueprint, MP_PLACE_LINK, "down2", MP_PLACE_SLOW_DNS, "eth0");
    mp_blueprint_add(blueprint, MP_PLACE_SLOW_DNS,
                     "address add " MP_SLOW_DNS_ADDRESS "/24 dev eth0\n"
                     "route add default via " MP_SLOW_DNS_ROUTER_ADDRESS "\n");
    mp_blueprint_add(blueprint, MP_PLACE_ROUTER,
                     "address add " MP_SLOW_DNS_ROUTER_ADDRESS "/24 dev slow\n");
}

void mp_site_plan_draw(MpBlueprint *blueprint, const MpNetwork *network, guint i)
{
    const MpSite *site = mp_site_at(network, i);
    const MpSitePlace *place = mp_site_place(i);
    draw_wires(blueprint, network, place);
    if (site->ip == MP_SITE_IPV4)
        draw_lan(blueprint, place);
    draw_line(blueprint, network, i);
    if (site == network->site)
        mp_ipv6_plan_draw_site(blueprint, network);
    if (site->has_portal || site->proxy.type != MP_PROXY_NONE)
        draw_office(blueprint);
    if (site->dns.slow)
        draw_slow_dns(blueprint);
}
