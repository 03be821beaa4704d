/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A site with a firewall, a link and a far end that answers on every port, in virtual time; and a
 * generator of firewalls.
 */
#pragma once

#include "link/link_line.h"
#include "session/port_sweep.h"

#define FIRST_PORT 1025
#define LAST_PORT 65535

/* MpSweptPort by port: what a map should say. */
typedef struct {
    guint8 states[G_MAXUINT16 + 1];
} PortWall;

/* All open; then ranges of another state. */
PortWall *port_wall_open(void);
void port_wall_set(PortWall *wall, guint first, guint last, MpSweptPort state);
/* 1 to 8 ranges that pass or are blocked, and holes of 1 to 5,000 ports, in either direction. */
PortWall *port_wall_random(guint32 seed);

typedef struct {
    const PortWall *wall;
    const MpLink *link;
    guint16 first, last;
    const guint16 *sample; /* NULL: every port of first..last */
    guint n_sample;
    guint rate;
    guint64 seed;
    gboolean cannot_tell;                /* nothing about blocks of ports */
    guint first_unserved, last_unserved; /* 1, 0: none */
    MpTime served_from;                  /* what it says of that before is lost */
    MpTime stop_at;                      /* MP_NEVER: it ends by itself */
    MpTime deaf_from, deaf_to;           /* answers overflow meanwhile, and this is noticed */
    guint most_flows;                    /* that the site's NAT keeps; 0: any number */
    MpTime gone_from;                    /* the far end is gone; MP_NEVER: it stays */
} PortSiteRun;

typedef struct {
    MpPortSweepFacts facts;
    MpTime took;
    guint n_wrong; /* states that are not the wall's, and not undecided */
    guint n_undecided;
    guint first_wrong;
    double greatest_bps; /* of what was sent, over a second */
} PortSiteResult;

PortSiteResult port_site_run(const PortSiteRun *run);
