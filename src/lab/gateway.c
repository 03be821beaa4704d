/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The gateways of a network as values.
 */
#include "lab/gateway.h"

#include "lab/nat64.h"
#include "lab/places.h"
#include "lab/site_place.h"

/* RFC 6146 section 3: a NAT64 maps endpoints independently; most of them filter by session. */
static const MpNat nat64 = {
    .mapping = MP_NAT_ENDPOINT_INDEPENDENT,
    .filtering = MP_NAT_ADDRESS_AND_PORT_DEPENDENT,
};

MpGateway mp_gateway_of_site(const MpNetwork *network, guint i)
{
    const MpSite *site = mp_site_at(network, i);
    const MpSitePlace *place = mp_site_place(i);
    return (MpGateway){
        .part = place->part,
        .place = place->router,
        .family = site->ip == MP_SITE_IPV4 ? MP_FAMILY_IPV4 : MP_FAMILY_IPV6,
        .outside = "wan",
        .from_lan = "iifname \"lan\"",
        .to_nat = "iifname { \"lan\", \"dmz\" }",
        .address = mp_site_line(network, i)->router,
        .nat = site->has_nat ? &site->nat : NULL,
        .site = site,
        .firewall = site->firewall,
        .dscp = site->dscp,
    };
}

/* The NAT64 daemon turns IPv6 into private IPv4; what is left is an ordinary translation. */
MpGateway mp_gateway_of_carrier(const MpNetwork *network)
{
    const MpCarrier *carrier = &network->carrier;
    gboolean has_nat64 = network->site->ip == MP_SITE_IPV6_NAT64;
    MpGateway gateway = {
        .part = "carrier",
        .place = MP_PLACE_CARRIER,
        .family = MP_FAMILY_IPV4,
        .outside = "core",
        .from_lan = "iifname != \"core\"",
        .to_nat = "iifname != \"core\"",
        .address = MP_CARRIER_PUBLIC_ADDRESS,
        .nat = carrier->has_nat ? &carrier->nat : NULL,
        .firewall = carrier->firewall,
        .dscp = carrier->dscp,
    };
    if (has_nat64)
        gateway.address = MP_NAT64_PUBLIC_ADDRESS;
    if (has_nat64 && !carrier->has_nat) {
        gateway.nat = &nat64;
        gateway.to_nat = "iifname \"" MP_NAT64_DEVICE "\"";
    }
    return gateway;
}

gboolean mp_gateway_is_closed(const MpGateway *gateway)
{
    return gateway->site || gateway->nat;
}

const char *mp_gateway_family_word(const MpGateway *gateway)
{
    return gateway->family == MP_FAMILY_IPV6 ? "ip6" : "ip";
}
