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
#define WITHOUT_HOST "without-turn.lab.mediapath.test"
#define NOBODY_HOST "nobody.lab.mediapath.test"

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

char *mp_dnsmasq_zone(const char *listen_address, const char *const *web_domains, gboolean has_ipv6)
{
    GString *text = start_config(listen_address, 53);
    g_string_append_printf(text,
                           "local-ttl=%d\n"
                           "local=/#/\n"
                           "host-record=" MP_TURN_HOST "," MP_TURN_ADDRESS "%s\n"
                           "host-record=" MP_RESPONDER_HOST "," MP_RESPONDER_ADDRESS "\n",
                           ZONE_TTL_S, has_ipv6 ? "," MP_TURN_ADDRESS6 : "");
    /* Of UDP the second is a host that no packet comes back from (RFC 5737), of TCP the first one
     * that refuses. */
    g_string_append(text, "srv-host=_stun._udp." MP_SERVICE_HOST "," MP_TURN_HOST ",3478,0,0\n"
                          "srv-host=_turn._udp." MP_SERVICE_HOST "," MP_TURN_HOST ",3478,10,1\n"
                          "srv-host=_turn._udp." MP_SERVICE_HOST "," NOBODY_HOST ",3478,20,1\n"
                          "srv-host=_turn._tcp." MP_SERVICE_HOST "," MP_RESPONDER_HOST ",3478,0,0\n"
                          "srv-host=_turn._tcp." MP_SERVICE_HOST "," MP_TURN_HOST ",3478,1,0\n"
                          "srv-host=_turns._tcp." MP_SERVICE_HOST "," MP_TURN_HOST ",443,0,0\n"
                          "srv-host=_turns._udp." MP_SERVICE_HOST "," MP_TURN_HOST ",443,0,0\n"
                          "srv-host=_turn._udp." WITHOUT_HOST "\n"
                          "host-record=" WITHOUT_HOST "," MP_TURN_ADDRESS "\n"
                          "host-record=" NOBODY_HOST ",192.0.2.99\n");
    /* RFC 7050 section 8.2: by this name a client finds out about NAT64. */
    g_string_append(text, "host-record=ipv4only.arpa,192.0.0.170\n"
                          "host-record=ipv4only.arpa,192.0.0.171\n");
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

static gboolean is_for_all(char *const *names)
{
    return names && g_strv_contains((const char *const *)names, "*");
}

static gboolean lies_about_all(const MpSiteDns *dns)
{
    for (guint i = 0; dns->lies && dns->lies[i]; i++)
        if (g_str_has_prefix(dns->lies[i], "*="))
            return TRUE;
    return FALSE;
}

/* Where nothing else is said about a name; dnsmasq would ask it before it heeds a rule for every
 * name. NULL: nowhere. */
static const char *forwarder_of(const MpDnsmasqSite *site, const MpSiteDns *dns)
{
    if (is_for_all(dns->refused) || lies_about_all(dns))
        return NULL;
    if (is_for_all(dns->failing))
        return site->failing;
    return is_for_all(dns->slow) ? site->slow : site->forwarder;
}

static void append_servers(GString *text, char *const *names, const char *server)
{
    for (guint i = 0; names && names[i]; i++)
        if (!g_str_equal(names[i], "*"))
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
    const char *forwarder = forwarder_of(site, dns);
    if (forwarder)
        g_string_append_printf(text, "server=%s\n", forwarder);
    append_servers(text, dns->slow, site->slow);
    append_servers(text, dns->failing, site->failing);
    for (guint i = 0; dns->refused && dns->refused[i]; i++)
        g_string_append_printf(text, "local=/%s/\n", to_domain(dns->refused[i]));
    append_lies(text, dns->lies);
    if (has_portal)
        g_string_append(text, "host-record=" MP_PORTAL_HOST "," MP_OFFICE_ADDRESS "\n");
    return g_string_free(text, FALSE);
}
