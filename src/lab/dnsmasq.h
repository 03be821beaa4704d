/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files of the lab's name servers. Pure text.
 */
#pragma once

#include "lab/site.h"

/* The names of the internet: the lab's own servers, and `web_domains` with all below them at the
 * web server. No other name exists. The TURN server has an IPv6 address besides where `has_ipv6`.
 * Free with g_free(). */
char *mp_dnsmasq_zone(const char *listen_address, const char *const *web_domains,
                      gboolean has_ipv6);

/* Where a site's name server listens and asks. */
typedef struct {
    const char *listen_address;
    guint16 listen_port;
    const char *forwarder; /* for what the site says nothing about; "address" or "address#port" */
    const char *failing;   /* answers SERVFAIL to everything, written the same way */
    const char *slow;      /* answers late */
} MpDnsmasqSite;

/* Forwards, except for what `dns` says. Without a cache, so that what is slow stays slow. Free with
 * g_free(). */
char *mp_dnsmasq_site(const MpDnsmasqSite *site, const MpSiteDns *dns, gboolean has_portal);
