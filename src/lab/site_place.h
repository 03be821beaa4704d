/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the sites of a network are (places.h), and what is theirs in it: each has the same under
 * names of its own.
 */
#pragma once

#include "lab/network.h"

/* The client's own comes first. */
#define MP_N_SITES 2

/* Addresses of the ends of a line. */
typedef struct {
    const char *router;
    const char *carrier;
} MpSiteLine;

typedef struct {
    const char *part;   /* the key of the network file */
    const char *stem;   /* starts the names of its files; its link's name */
    const char *client; /* namespaces */
    const char *router;
    const char *client_address;
    const char *router_address;
    const char *router_address6; /* NULL: it cannot be a site with IPv6 only */
    const char *range;           /* all of its own */
    const char *carrier_interface;
    const char *up_interface; /* the emulator's ends of its line */
    const char *down_interface;
    MpSiteLine public_line;
    MpSiteLine shared_line; /* where the carrier translates */
} MpSitePlace;

const MpSitePlace *mp_site_place(guint i);

/* The site at that place; NULL: the network has none there. */
const MpSite *mp_site_at(const MpNetwork *network, guint i);

/* The line that the network has there. */
const MpSiteLine *mp_site_line(const MpNetwork *network, guint i);
