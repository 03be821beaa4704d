/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who is where in a lab: namespaces and addresses. Those of the servers that media passes lie
 * inside the ranges that the product's requirements name in row 3-1; the others are for
 * documentation (RFC 5737, RFC 3849) or private.
 *
 *   client --- lan router wan ===(link)=== site carrier core --- eth0 internet
 *   10.10.0.2  .1   |                                   coturn, responder, name server, web
 *                  dmz
 *                   |                second-client, second-router: 10.20.0.0/24, the same way
 *              office (proxy, portal)
 *   10.10.1.2
 */
#pragma once

/* Namespaces. */
#define MP_PLACE_CLIENT "client"
#define MP_PLACE_ROUTER "router"
#define MP_PLACE_OFFICE "office" /* the site's own servers, only where it has some */
#define MP_PLACE_SECOND_CLIENT "second-client"
#define MP_PLACE_SECOND_ROUTER "second-router"
#define MP_PLACE_LINK "link" /* the emulator, only where a link is emulated */
#define MP_PLACE_CARRIER "carrier"
#define MP_PLACE_INTERNET "internet"
#define MP_PLACE_SLOW_DNS "slow-dns" /* a name server behind a slow link */

/* Site. The router is also its name server. */
#define MP_SITE_RANGE "10.10.0.0/16"
#define MP_SECOND_SITE_RANGE "10.20.0.0/16"
#define MP_CLIENT_ADDRESS "10.10.0.2"
#define MP_ROUTER_ADDRESS "10.10.0.1"
#define MP_OFFICE_ADDRESS "10.10.1.2"
#define MP_OFFICE_ROUTER_ADDRESS "10.10.1.1"
#define MP_SECOND_CLIENT_ADDRESS "10.20.0.2"
#define MP_SECOND_ROUTER_ADDRESS "10.20.0.1"
#define MP_SLOW_DNS_ADDRESS "10.10.2.2"
#define MP_SLOW_DNS_ROUTER_ADDRESS "10.10.2.1"

/* Site with IPv6; the prefix of NAT64 is RFC 6052's well-known one. */
#define MP_CLIENT_ADDRESS6 "2001:db8:10::2"
#define MP_ROUTER_ADDRESS6 "2001:db8:10::1"
#define MP_TURN_ADDRESS6 "2001:db8:100::10" /* only where a site has IPv6 beside IPv4 */
#define MP_NAT64_PREFIX "64:ff9b::/96"

/* What the internet sees of the sites: the router, or the carrier where that translates again. */
#define MP_ROUTER_PUBLIC_ADDRESS "203.0.113.2"
#define MP_SECOND_ROUTER_PUBLIC_ADDRESS "203.0.113.6"
#define MP_ROUTER_SHARED_ADDRESS "100.64.0.2" /* RFC 6598, behind a carrier's NAT */
#define MP_SECOND_ROUTER_SHARED_ADDRESS "100.64.0.6"
#define MP_CARRIER_PUBLIC_ADDRESS "203.0.113.65"
#define MP_NAT64_PUBLIC_ADDRESS "203.0.113.66"

/* The internet's servers, all on the interface eth0. */
#define MP_TURN_ADDRESS "168.100.64.10"
#define MP_TURN_SECOND_ADDRESS "168.100.64.11"
#define MP_TURN_OUTSIDE_ADDRESS "198.51.100.10" /* for relays outside of the 3-1 ranges */
#define MP_RESPONDER_ADDRESS "216.147.0.20"
#define MP_DNS_ADDRESS "192.0.2.53"
/* Global (RFC 7535), because NAT64 with the well-known prefix passes on no other: RFC 6052 section
 * 3.1. */
#define MP_WEB_ADDRESS "192.31.196.80"

/* Ports of the site's proxy and of the TLS interception at its router. */
#define MP_HTTP_PROXY_PORT 3128
#define MP_SOCKS_PROXY_PORT 1080
#define MP_INTERCEPTION_PORT 8443
