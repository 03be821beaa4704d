/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines that take smaller packets than the others.
 */
#include "lab/path_mtu.h"

#include "lab/ipv6_plan.h"
#include "lab/site_place.h"

char *mp_path_mtu_words(const MpMtu *mtu)
{
    return mtu->bytes ? g_strdup_printf(" mtu lock %u", mtu->bytes) : g_strdup("");
}

MpMtu mp_path_mtu_narrower(const MpMtu *one, const MpMtu *other)
{
    if (!one->bytes || !other->bytes)
        return one->bytes ? *one : *other;
    return one->bytes <= other->bytes ? *one : *other;
}

static void append_table(GString *text, const char *part, const MpMtu *mtu, const char *family,
                         const char *match)
{
    g_string_append_printf(text,
                           "# %s: mtu\n"
                           "table %s silence {\n"
                           "\tchain output {\n"
                           "\t\ttype filter hook output priority filter; policy accept;\n"
                           "\t\t%s mtu %u counter drop\n"
                           "\t}\n"
                           "}\n",
                           part, family, match, mtu->bytes);
}

static void append_tables(GString *text, const char *part, const MpMtu *mtu, gboolean has_ipv6)
{
    if (!mtu->bytes || !mtu->is_black_hole)
        return;
    append_table(text, part, mtu, "ip",
                 "icmp type destination-unreachable icmp code frag-needed icmp");
    if (has_ipv6)
        append_table(text, part, mtu, "ip6", "icmpv6 type packet-too-big icmpv6");
}

/* A line has a gateway at each end: what comes down a site's meets the carrier first. */
void mp_path_mtu_append_silence(GString *text, const MpGateway *gateway, const MpNetwork *network)
{
    gboolean has_ipv6 = mp_network_has_ipv6(network);
    if (gateway->site) {
        append_tables(text, gateway->part, &gateway->site->mtu, has_ipv6);
        return;
    }
    append_tables(text, gateway->part, &network->carrier.mtu, has_ipv6);
    for (guint i = 0; i < MP_N_SITES; i++) {
        const MpSite *site = mp_site_at(network, i);
        if (site)
            append_tables(text, mp_site_place(i)->part, &site->mtu, site->ip == MP_SITE_IPV6_NAT64);
    }
}
