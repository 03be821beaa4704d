/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A client's site as a value.
 */
#include "lab/site.h"

MpSite *mp_site_new(void)
{
    MpSite *site = g_new0(MpSite, 1);
    site->firewall = mp_firewall_rules_new();
    site->intercepted_ports = g_array_new(FALSE, FALSE, sizeof(guint16));
    site->dns.is_running = TRUE;
    site->dscp = -1;
    return site;
}

void mp_site_free(MpSite *site)
{
    if (!site)
        return;
    g_ptr_array_unref(site->firewall);
    g_strfreev(site->dns.failing);
    g_strfreev(site->dns.refused);
    g_strfreev(site->dns.lies);
    g_strfreev(site->dns.slow);
    g_array_unref(site->intercepted_ports);
    g_free(site);
}

gboolean mp_site_is_open(const MpSite *site)
{
    return site->ip == MP_SITE_IPV4 && site->ipv6 == MP_SITE_IPV6_NONE &&
           site->firewall->len == 0 && site->dns.is_running && !site->dns.failing &&
           !site->dns.refused && !site->dns.lies && !site->dns.slow &&
           site->proxy.type == MP_PROXY_NONE && site->intercepted_ports->len == 0 &&
           !site->has_portal && site->mtu.bytes == 0 && site->dscp < 0;
}
