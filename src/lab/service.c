/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The servers that a network needs: those of the internet, then each site's, then the carrier's.
 */
#include "lab/service.h"

#include <string.h>

#include "lab/coturn.h"
#include "lab/dnsmasq.h"
#include "lab/interception.h"
#include "lab/nat64.h"
#include "lab/nginx.h"
#include "lab/places.h"
#include "lab/site_place.h"
#include "lab/squid.h"
#include "lab/unbound.h"
#include "lab/web_names.h"

/* Helpers of a site's name server, on the router's own loopback. */
#define FAILING_PORT 5301
#define FAILING_SERVER "127.0.0.1#5301"
#define RULES_PORT 5302

typedef struct {
    GPtrArray *services;
    const MpFarEnds *far_ends;
    const MpNetwork *network;
    MpShowSecret show;
} List;

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

static void service_free(gpointer data)
{
    MpService *service = data;
    for (guint i = 0; service->argv[i]; i++)
        wipe(service->argv[i]);
    g_free(service->argv);
    g_free(service->log);
    g_free(service->config_name);
    wipe(service->config);
    g_free(service);
}

/* `stem` names its files in the lab's directory. */
static MpService *add(List *list, const char *name, const char *place, const char *stem,
                      MpServiceReady is_ready)
{
    MpService *service = g_new0(MpService, 1);
    service->name = name;
    service->place = mp_far_ends_is_loopback(list->far_ends) ? NULL : place;
    service->log = g_strconcat(stem, ".log", NULL);
    service->is_ready = is_ready;
    g_ptr_array_add(list->services, service);
    return service;
}

/* The server reads its configuration from the path that follows `before` on its command line. */
static void set_config(const List *list, MpService *service, const char *stem, char *config,
                       const char *const *before)
{
    service->config_name = g_strconcat(stem, ".conf", NULL);
    service->config = config;
    g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
    g_autofree char *path = mp_far_ends_path(list->far_ends, service->config_name);
    g_strv_builder_addv(argv, (const char **)before);
    g_strv_builder_add(argv, path);
    service->argv = g_strv_builder_end(argv);
}

static MpService *add_configured(List *list, const char *name, const char *place, const char *stem,
                                 MpServiceReady is_ready, char *config, const char *const *before)
{
    MpService *service = add(list, name, place, stem, is_ready);
    set_config(list, service, stem, config, before);
    return service;
}

static void add_dnsmasq(List *list, const char *name, const char *place, const char *stem,
                        const char *listen_address, guint16 port, char *config)
{
    static const char *const before[] = {"dnsmasq", "-C", NULL};
    add_configured(list, name, place, stem, mp_name_server_is_ready, config, before)->address =
        mp_address_literal(listen_address, port);
}

static void add_unbound(List *list, const char *name, const char *place, const char *stem,
                        const char *listen_address, guint16 port, char *config)
{
    static const char *const before[] = {"unbound", "-d", "-c", NULL};
    add_configured(list, name, place, stem, mp_name_server_is_ready, config, before)->address =
        mp_address_literal(listen_address, port);
}

static void add_turn(List *list)
{
    static const char *const before[] = {"turnserver", "-c", NULL};
    if (!list->network->turn.is_running)
        return;
    char *config = mp_coturn_config(list->far_ends, &list->network->turn,
                                    list->show(list->far_ends->turn_password));
    add_configured(list, "the TURN server (coturn)", MP_PLACE_INTERNET, "turnserver",
                   mp_turn_is_ready, config, before)
        ->address = list->far_ends->turn;
}

static void add_responder(List *list)
{
    const MpFarEnds *far_ends = list->far_ends;
    if (!list->network->responder_is_running)
        return;
    MpService *service = add(list, "the responder", MP_PLACE_INTERNET, "responder",
                             mp_responder_is_ready);
    g_autofree char *listen = mp_address_to_string(&far_ends->responder);
    g_autofree char *certificate = mp_far_ends_path(far_ends, "responder.pem");
    g_autofree char *key = mp_far_ends_path(far_ends, "responder-key.pem");
    g_autofree char *token = mp_far_ends_path(far_ends, "token");
    g_autofree char *ports = g_strdup_printf("%u-%u", far_ends->media_first, far_ends->media_last);
    g_autofree char *stamp_keys = mp_far_ends_path(far_ends, "stamp-keys");
    g_autofree char *reflected = g_strdup_printf("%u-%u", far_ends->stamp_first,
                                                 far_ends->stamp_last);
    /* Without a STAMP key the list ends early. */
    const char *reflect = far_ends->stamp_key ? "--stamp-key-file" : NULL;
    const char *const argv[] = {"/proc/self/exe",  "responder", "--listen", listen,
                                "--cert",          certificate, "--key",    key,
                                "--token-file",    token,       "--ports",  ports,
                                "--stun-port",     "0",         reflect,    stamp_keys,
                                "--reflect-ports", reflected,   NULL};
    service->argv = g_strdupv((char **)argv);
}

static void add_zone(List *list, const char *name, const char *place, const char *stem,
                     const char *listen_address)
{
    g_autoptr(MpWebNames) names = mp_web_names_new();
    add_dnsmasq(list, name, place, stem, listen_address, 53,
                mp_dnsmasq_zone(listen_address, (const char *const *)names->domains,
                                list->far_ends->turn_ipv6.family != MP_FAMILY_NONE));
}

static void add_web(List *list)
{
    static const char *const before[] = {"nginx", "-e", "stderr", "-c", NULL};
    if (!list->network->web_is_running)
        return;
    MpService *service = add_configured(
        list, "the web server (nginx)", MP_PLACE_INTERNET, "web", mp_port_is_open,
        mp_nginx_web(list->far_ends->directory, list->network->web_drops_websockets), before);
    service->address = mp_address_literal(MP_WEB_ADDRESS, 443);
    service->scratch = MP_NGINX_SCRATCH;
}

static void add_failing_dns(List *list, const MpSite *site, const MpSitePlace *place)
{
    if (!site->dns.failing)
        return;
    g_autofree char *stem = g_strconcat(place->stem, "-dns-failing", NULL);
    add_unbound(list, "the failing name server (unbound)", place->router, stem, "127.0.0.1",
                FAILING_PORT, mp_unbound_failing(list->far_ends->directory, FAILING_PORT));
}

/* With IPv6 only, DNS64 stands before the server with the site's rules. */
static void add_site_dns(List *list, const MpSite *site, const MpSitePlace *place)
{
    gboolean is_ipv6 = site->ip == MP_SITE_IPV6_NAT64;
    if (!site->dns.is_running)
        return;
    g_autofree char *stem = g_strconcat(place->stem, "-dns", NULL);
    MpDnsmasqSite config = {
        .listen_address = is_ipv6 ? "127.0.0.1" : place->router_address,
        .listen_port = is_ipv6 ? RULES_PORT : 53,
        .forwarder = MP_DNS_ADDRESS,
        .failing = FAILING_SERVER,
        .slow = MP_SLOW_DNS_ADDRESS,
    };
    add_failing_dns(list, site, place);
    add_dnsmasq(list, "the site's name server (dnsmasq)", place->router, stem,
                config.listen_address, config.listen_port,
                mp_dnsmasq_site(&config, &site->dns, site->has_portal));
    if (!is_ipv6)
        return;
    g_autofree char *stem64 = g_strconcat(place->stem, "-dns64", NULL);
    add_unbound(list, "the site's DNS64 (unbound)", place->router, stem64, place->router_address6,
                53,
                mp_unbound_dns64(list->far_ends->directory, place->router_address6, RULES_PORT));
}

static void add_interception(List *list, const MpSite *site, const MpSitePlace *place)
{
    static const char *const before[] = {"sslsplit", "-f", NULL};
    if (site->intercepted_ports->len == 0)
        return;
    g_autofree char *stem = g_strconcat(place->stem, "-interception", NULL);
    add_configured(list, "the TLS interception (sslsplit)", place->router, stem, mp_port_is_open,
                   mp_interception_config(list->far_ends->directory, place->router_address), before)
        ->address = mp_address_literal(place->router_address, MP_INTERCEPTION_PORT);
}

static void add_http_proxy(List *list, const MpSiteProxy *proxy)
{
    static const char *const before[] = {"squid", "-N", "-C", "-f", NULL};
    MpService *service = add_configured(list, "the HTTP proxy (squid)", MP_PLACE_OFFICE, "squid",
                                        mp_port_is_open,
                                        mp_squid_config(list->far_ends->directory, proxy), before);
    service->address = mp_address_literal(MP_OFFICE_ADDRESS, MP_HTTP_PROXY_PORT);
    service->scratch = MP_SQUID_SCRATCH;
    service->is_not_root = TRUE;
}

/* microsocks takes its password from nowhere but its arguments, which it overwrites at once. */
static void add_socks_proxy(List *list, gboolean asks_login)
{
    g_autofree char *port = g_strdup_printf("%d", MP_SOCKS_PROXY_PORT);
    MpService *service = add(list, "the SOCKS proxy (microsocks)", MP_PLACE_OFFICE, "microsocks",
                             mp_port_is_open);
    const char *argv[] = {"microsocks", "-i", MP_OFFICE_ADDRESS, "-p", port, NULL, NULL, NULL,
                          NULL,         NULL};
    if (asks_login) {
        argv[5] = "-u";
        argv[6] = list->far_ends->proxy_user;
        argv[7] = "-P";
        argv[8] = list->show(list->far_ends->proxy_password);
    }
    service->argv = g_strdupv((char **)argv);
    service->address = mp_address_literal(MP_OFFICE_ADDRESS, MP_SOCKS_PROXY_PORT);
    service->resolves_apart = TRUE;
}

/* Only the client's site has an office. */
static void add_office(List *list, const MpSite *site)
{
    static const char *const before[] = {"nginx", "-e", "stderr", "-c", NULL};
    if (site->proxy.type == MP_PROXY_HTTP)
        add_http_proxy(list, &site->proxy);
    else if (site->proxy.type == MP_PROXY_SOCKS)
        add_socks_proxy(list, site->proxy.asks_login);
    if (!site->has_portal)
        return;
    MpService *service = add_configured(list, "the captive portal (nginx)", MP_PLACE_OFFICE,
                                        "portal", mp_port_is_open,
                                        mp_nginx_portal(list->far_ends->directory), before);
    service->address = mp_address_literal(MP_OFFICE_ADDRESS, 443);
    service->scratch = MP_NGINX_SCRATCH;
}

static void add_site(List *list, const MpSite *site, const MpSitePlace *place)
{
    add_site_dns(list, site, place);
    add_interception(list, site, place);
}

static void add_slow_dns(List *list, const MpSiteDns *dns)
{
    if (dns->is_running && dns->slow)
        add_zone(list, "the slow name server (dnsmasq)", MP_PLACE_SLOW_DNS, "slow-dns",
                 MP_SLOW_DNS_ADDRESS);
}

static void add_sites(List *list)
{
    const MpNetwork *network = list->network;
    for (guint i = 0; i < MP_N_SITES; i++)
        if (mp_site_at(network, i))
            add_site(list, mp_site_at(network, i), mp_site_place(i));
    add_office(list, network->site);
    add_slow_dns(list, &network->site->dns);
}

static void add_nat64(List *list)
{
    static const char *const before[] = {"tayga", "-d", "-c", NULL};
    if (list->network->site->ip == MP_SITE_IPV6_NAT64)
        add_configured(list, "the carrier's NAT64 (tayga)", MP_PLACE_CARRIER, "nat64",
                       mp_nat64_is_ready, mp_nat64_config(list->far_ends->directory), before);
}

GPtrArray *mp_service_list(const MpFarEnds *far_ends, const MpNetwork *network, MpShowSecret show)
{
    List list = {g_ptr_array_new_with_free_func(service_free), far_ends, network, show};
    /* The slowest to start comes first. */
    add_turn(&list);
    add_responder(&list);
    if (mp_far_ends_is_loopback(far_ends))
        return list.services;
    add_zone(&list, "the internet's name server (dnsmasq)", MP_PLACE_INTERNET, "internet-dns",
             MP_DNS_ADDRESS);
    add_web(&list);
    add_sites(&list);
    add_nat64(&list);
    return list.services;
}
