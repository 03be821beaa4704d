/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A client's site: its router with NAT and firewall, its name server, its proxy.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "lab/firewall_rule.h"

/* RFC 4787 section 4.1 (mapping) and 5 (filtering). */
typedef enum {
    MP_NAT_ENDPOINT_INDEPENDENT,
    MP_NAT_ADDRESS_DEPENDENT,
    MP_NAT_ADDRESS_AND_PORT_DEPENDENT,
} MpNatDependence;

typedef struct {
    MpNatDependence mapping;
    MpNatDependence filtering;
    gboolean has_random_ports; /* otherwise the inner port is kept where it is free */
    gboolean hairpins;         /* RFC 4787 section 6 */
    guint udp_timeout_s;       /* of a mapping; 0: the kernel's own */
} MpNat;

/* What a router's name server does; a name also stands for all below it, "*" for every name. */
typedef struct {
    gboolean is_running;
    char **failing; /* names that get SERVFAIL; NULL: none */
    char **refused; /* names that do not exist (NXDOMAIN) */
    char **lies;    /* "name=address" */
    char **slow;    /* names that are answered after slow_delay */
    MpTime slow_delay;
} MpSiteDns;

typedef enum { MP_PROXY_NONE, MP_PROXY_HTTP, MP_PROXY_SOCKS } MpProxyType;

typedef struct {
    MpProxyType type;
    gboolean asks_login;        /* Basic (HTTP) or user name and password (SOCKS, RFC 1929) */
    gboolean asks_domain_login; /* NTLM and Negotiate only, RFC 4559: the client has none */
} MpSiteProxy;

typedef struct {
    guint bytes;            /* 0: 1500 */
    gboolean is_black_hole; /* too large packets vanish without ICMP */
} MpMtu;

typedef enum { MP_SITE_IPV4, MP_SITE_IPV6_NAT64 } MpSiteIp;

/* Beside IPv4. */
typedef enum {
    MP_SITE_IPV6_NONE,
    MP_SITE_IPV6_WORKS,
    MP_SITE_IPV6_BLACK_HOLE, /* there is an address and a route, and no packet arrives */
} MpSiteIpv6;

typedef struct {
    MpSiteIp ip;     /* IPv6 only means: DNS64 at the site, NAT64 at the carrier (RFC 6146, 6147) */
    MpSiteIpv6 ipv6; /* beside MP_SITE_IPV4; the firewall's rules are about IPv4 */
    gboolean has_nat;
    MpNat nat;
    GPtrArray *firewall; /* MpFirewallRule*, in order */
    MpSiteDns dns;
    MpSiteProxy proxy;
    GArray *intercepted_ports; /* guint16: TCP ports whose TLS is opened and signed again */
    gboolean has_portal;       /* captive: web goes to a login page, all else is dropped */
    int dscp;                  /* what its router rewrites every packet's DSCP to; -1: leaves it */
    MpMtu mtu;                 /* of the router's line to the carrier */
} MpSite;

/* Without NAT, rules and proxy; its name server runs. */
MpSite *mp_site_new(void);
void mp_site_free(MpSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSite, mp_site_free)

/* Nothing in the way but its NAT, if any. */
gboolean mp_site_is_open(const MpSite *site);
