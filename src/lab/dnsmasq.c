/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Configuration files of dnsmasq, which drops no privileges here: a lab's user namespace knows no
 * user but root.
 */
#include "lab/dnsmasq.h"

#include <string.h>

#include "lab/far_ends.h"
#include "lab/places.h"

#define ZONE_TTL_S 60

static GString *start_config(const char *listen_address, guint16 port)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text,
                           "keep-in-foreground\n"
                           "user=root\n"
                           "group=\n"
                           "pid-file=\n"
                           "log-facility=-\n"
                           "bind-interfaces\n"
                           "listen-address=%s\n"
                           "port=%u\n"
                           "no-resolv\n"
                           "no-hosts\n"
                           "cache-size=0\n",
                           listen_address, port);
    return text;
}

char *mp_dnsmasq_zone(const char *listen_address, const char *const *web_domains)
{
    GString *text = start_config(listen_address, 53);
    g_string_append_printf(text,
                           "local-ttl=%d\n"
                           "local=/#/\n"
                           "host-record=" MP_TURN_HOST "," MP_TURN_ADDRESS "\n"
                           "host-record=" MP_RESPONDER_HOST "," MP_RESPONDER_ADDRESS "\n",
                           ZONE_TTL_S);
    /* "local" beside "address": other types of record are known not to be there (RFC 2308 section
     * 2.2), instead of the whole name. */
    for (guint i = 0; web_domains[i]; i++)
        g_string_append_printf(text, "local=/%s/\naddress=/%s/" MP_WEB_ADDRESS "\n", web_domains[i],
                               web_domains[i]);
    return g_string_free(text, FALSE);
}

/* A name also stands for all below it; '#' is dnsmasq's word for every name. */
static const char *to_domain(const char *name)
{
    if (g_str_equal(name, "*"))
        return "#";
    return g_str_has_prefix(name, "*.") ? name + strlen("*.") : name;
}

static void append_servers(GString *text, char *const *names, const char *server)
{
    for (guint i = 0; names && names[i]; i++)
        g_string_append_printf(text, "server=/%s/%s\n", to_domain(names[i]), server);
}

static void append_lies(GString *text, char *const *lies)
{
    for (guint i = 0; lies && lies[i]; i++) {
        g_auto(GStrv) pair = g_strsplit(lies[i], "=", 2);
        const char *domain = to_domain(pair[0]);
        g_string_append_printf(text, "local=/%s/\naddress=/%s/%s\n", domain, domain, pair[1]);
    }
}

char *mp_dnsmasq_site(const MpDnsmasqSite *site, const MpSiteDns *dns, gboolean has_portal)
{
    GString *text = start_config(site->listen_address, site->listen_port);
    g_string_append_printf(text, "server=%s\n", site->forwarder);
    append_servers(text, dns->slow, site->slow);
    append_servers(text, dns->failing, site->failing);
    for (guint i = 0; dns->refused && dns->refused[i]; i++)
        g_string_append_printf(text, "local=/%s/\n", to_domain(dns->refused[i]));
    append_lies(text, dns->lies);
    if (has_portal)
        g_string_append(text, "host-record=" MP_PORTAL_HOST "," MP_OFFICE_ADDRESS "\n");
    return g_string_free(text, FALSE);
}
