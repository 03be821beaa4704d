/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The places of sites.
 */
#include "lab/site_place.h"

#include "lab/places.h"

static const MpSitePlace places[MP_N_SITES] = {
    {
        .part = "site",
        .stem = "site",
        .client = MP_PLACE_CLIENT,
        .router = MP_PLACE_ROUTER,
        .client_address = MP_CLIENT_ADDRESS,
        .router_address = MP_ROUTER_ADDRESS,
        .router_address6 = MP_ROUTER_ADDRESS6,
        .range = MP_SITE_RANGE,
        .carrier_interface = "site",
        .up_interface = "up0",
        .down_interface = "down0",
        .public_line = {MP_ROUTER_PUBLIC_ADDRESS, "203.0.113.1"},
        .shared_line = {MP_ROUTER_SHARED_ADDRESS, "100.64.0.1"},
    },
    {
        .part = "second_site",
        .stem = "second-site",
        .client = MP_PLACE_SECOND_CLIENT,
        .router = MP_PLACE_SECOND_ROUTER,
        .client_address = MP_SECOND_CLIENT_ADDRESS,
        .router_address = MP_SECOND_ROUTER_ADDRESS,
        .range = MP_SECOND_SITE_RANGE,
        .carrier_interface = "site2",
        .up_interface = "up1",
        .down_interface = "down1",
        .public_line = {MP_SECOND_ROUTER_PUBLIC_ADDRESS, "203.0.113.5"},
        .shared_line = {MP_SECOND_ROUTER_SHARED_ADDRESS, "100.64.0.5"},
    },
};

const MpSitePlace *mp_site_place(guint i)
{
    g_assert(i < MP_N_SITES);
    return &places[i];
}

const MpSite *mp_site_at(const MpNetwork *network, guint i)
{
    const MpSite *const sites[MP_N_SITES] = {network->site, network->second_site};
    g_assert(i < MP_N_SITES);
    return sites[i];
}

const MpSiteLine *mp_site_line(const MpNetwork *network, guint i)
{
    const MpSitePlace *place = mp_site_place(i);
    return network->carrier.has_nat ? &place->shared_line : &place->public_line;
}
