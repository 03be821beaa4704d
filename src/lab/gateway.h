/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands between an inside and an outside and judges packets: a site's router, the carrier.
 */
#pragma once

#include "lab/network.h"

typedef struct {
    const char *part;     /* the key of the network file: "site", "second_site", "carrier" */
    const char *place;    /* its namespace */
    MpFamily family;      /* of what it passes on */
    const char *outside;  /* the interface to the outside */
    const char *from_lan; /* nftables' words for a packet from the inside, "iifname \"lan\"" */
    const char *to_nat;   /* the same, of a packet that is to be translated */
    const char *address;  /* what the outside sees where it translates */
    const MpNat *nat;     /* NULL: does not translate */
    const MpSite *site;   /* with its portal and the like; NULL: it is the carrier */
    const GPtrArray *firewall;
    int dscp; /* -1: leaves it alone */
} MpGateway;

/* Of the site at place `i` (site_place.h), which must be there. */
MpGateway mp_gateway_of_site(const MpNetwork *network, guint i);
MpGateway mp_gateway_of_carrier(const MpNetwork *network);

/* Lets nothing in that was not asked for; the carrier only where it translates. */
gboolean mp_gateway_is_closed(const MpGateway *gateway);

/* "ip" or "ip6", as nftables and `ip` call it. */
const char *mp_gateway_family_word(const MpGateway *gateway);
