/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which servers a network starts, where, and with which secrets on their command lines.
 */
#include "lab/service.h"

#include <string.h>

#include "lab/nginx.h"
#include "lab/services.h"
#include "lab/squid.h"
#include "lab/web_names.h"

static MpNetwork *new_network(void)
{
    MpNetwork *network = mp_network_load("clean", NULL);
    g_assert_nonnull(network);
    network->web_is_running = FALSE;
    return network;
}

static const char *peek(const MpSecret *secret)
{
    return mp_secret_peek(secret);
}

/* "place program", one a line. */
static char *started(const MpNetwork *network)
{
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
    g_autoptr(GPtrArray) services = mp_service_list(far_ends, network, peek);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < services->len; i++) {
        const MpService *service = g_ptr_array_index(services, i);
        g_string_append_printf(text, "%s %s\n", service->place, service->argv[0]);
    }
    return g_string_free(text, FALSE);
}

#define INTERNET                                                                                   \
    "internet turnserver\n"                                                                        \
    "internet /proc/self/exe\n"                                                                    \
    "internet dnsmasq\n"

static void a_plain_network_starts_no_more_than_it_needs(void)
{
    g_autoptr(MpNetwork) network = new_network();
    g_autofree char *text = started(network);
    g_assert_cmpstr(text, ==, INTERNET "router dnsmasq\n");
}

static void what_is_stopped_is_not_started(void)
{
    g_autoptr(MpNetwork) network = new_network();
    network->turn.is_running = FALSE;
    network->responder_is_running = FALSE;
    network->site->dns.is_running = FALSE;
    g_autofree char *text = started(network);
    g_assert_cmpstr(text, ==, "internet dnsmasq\n");
}

static void a_site_full_of_obstacles(void)
{
    g_auto(GStrv) names = g_strsplit("a.test", " ", -1);
    g_autoptr(MpNetwork) network = new_network();
    MpSite *site = network->site;
    guint16 port = 443;
    g_array_append_val(site->intercepted_ports, port);
    site->dns.failing = g_strdupv(names);
    site->dns.slow = g_strdupv(names);
    site->proxy.type = MP_PROXY_HTTP;
    site->has_portal = TRUE;
    network->web_is_running = TRUE;
    g_autofree char *text = started(network);
    g_assert_cmpstr(text, ==,
                    INTERNET "internet nginx\n"
                             "router unbound\n"
                             "router dnsmasq\n"
                             "router sslsplit\n"
                             "office squid\n"
                             "office nginx\n"
                             "slow-dns dnsmasq\n");
}

static void ipv6_only_has_dns64_and_nat64(void)
{
    g_autoptr(MpNetwork) network = new_network();
    network->site->ip = MP_SITE_IPV6_NAT64;
    network->site->has_nat = FALSE;
    g_autofree char *text = started(network);
    g_assert_cmpstr(text, ==,
                    INTERNET "router dnsmasq\n"
                             "router unbound\n"
                             "carrier tayga\n");
}

static void a_second_site_has_its_own(void)
{
    g_autoptr(MpNetwork) network = new_network();
    network->second_site = mp_site_new();
    g_autofree char *text = started(network);
    g_assert_cmpstr(text, ==, INTERNET "router dnsmasq\nsecond-router dnsmasq\n");
}

static void on_loopback_only_the_providers_servers_run(void)
{
    g_autoptr(MpNetwork) network = new_network();
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new_loopback(network, "/tmp/lab", NULL);
    g_autoptr(GPtrArray) services = mp_service_list(far_ends, network, peek);
    g_assert_cmpuint(services->len, ==, 2);
    const MpService *turn = g_ptr_array_index(services, 0);
    g_assert_null(turn->place);
}

/* microsocks reads a password from its arguments only. */
static void no_secret_is_on_a_command_line_but_that_of_socks(void)
{
    static const MpProxyType types[] = {MP_PROXY_NONE, MP_PROXY_HTTP, MP_PROXY_SOCKS};
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(MpNetwork) network = new_network();
        network->site->proxy = (MpSiteProxy){.type = types[i], .asks_login = TRUE};
        g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
        g_autoptr(GPtrArray) services = mp_service_list(far_ends, network, peek);
        const MpSecret *secrets[] = {far_ends->turn_password, far_ends->responder_token,
                                     far_ends->proxy_password, far_ends->stamp_key};
        guint found = 0;
        for (guint j = 0; j < services->len; j++) {
            const MpService *service = g_ptr_array_index(services, j);
            for (guint k = 0; k < G_N_ELEMENTS(secrets); k++)
                found += secrets[k] && g_strv_contains((const char *const *)service->argv,
                                                       mp_secret_peek(secrets[k]));
        }
        g_assert_cmpuint(found, ==, types[i] == MP_PROXY_SOCKS ? 1 : 0);
    }
}

static void the_plan_has_placeholders(void)
{
    g_autoptr(MpNetwork) network = new_network();
    network->site->proxy = (MpSiteProxy){.type = MP_PROXY_SOCKS, .asks_login = TRUE};
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
    g_autofree char *plan = mp_services_plan(far_ends, network);
    g_assert_nonnull(strstr(plan, "user=lab:<password>\n"));
    g_assert_nonnull(strstr(plan, "microsocks -i 10.10.1.2 -p 1080 -u staff -P <password>\n"));
    g_assert_null(strstr(plan, mp_secret_peek(far_ends->proxy_password)));
    g_assert_null(strstr(plan, mp_secret_peek(far_ends->turn_password)));
}

static void squids_file_of_users_has_no_password(void)
{
    g_autofree char *users = mp_squid_users("staff", "k3");
    /* MD5, as `printf k3 | md5sum` has it. */
    g_assert_cmpstr(users, ==, "staff:f7ab469d1dc79166fc874dadcc0dd854\n");
}

static void squid_asks_for_a_login_only_where_it_should(void)
{
    g_autofree char *open = mp_squid_config("/run/lab", &(MpSiteProxy){0});
    g_autofree char *closed = mp_squid_config("/run/lab", &(MpSiteProxy){.asks_login = TRUE});
    g_autofree char *domain = mp_squid_config("/run/lab",
                                              &(MpSiteProxy){.asks_domain_login = TRUE});
    g_assert_null(strstr(open, "proxy_auth"));
    g_assert_nonnull(strstr(closed, "http_access deny !known\n"));
    g_assert_nonnull(strstr(domain, "http_access deny !known\n"));
    g_assert_nonnull(strstr(domain, "auth_param ntlm program"));
    g_assert_null(strstr(domain, "auth_param basic"));
    g_assert_nonnull(strstr(open, "http_port 10.10.1.2:3128\n"));
}

static void web_servers_write_only_to_the_labs_directory(void)
{
    g_autofree char *web = mp_nginx_web("/run/lab", FALSE);
    g_autofree char *closed = mp_nginx_web("/run/lab", TRUE);
    g_autofree char *portal = mp_nginx_portal("/run/lab");
    const char *configs[] = {web, portal};
    for (guint i = 0; i < G_N_ELEMENTS(configs); i++) {
        g_assert_nonnull(strstr(configs[i], "pid /run/lab/nginx.pid;\n"));
        g_assert_nonnull(strstr(configs[i], "client_body_temp_path /run/lab/"));
        g_assert_nonnull(strstr(configs[i], "daemon off;\n"));
    }
    g_assert_null(strstr(web, "return 444"));
    g_assert_nonnull(strstr(closed, "if ($http_upgrade) { return 444; }\n"));
    g_assert_nonnull(strstr(web, "return 301 https://$host$request_uri;"));
    g_assert_nonnull(strstr(portal, "return 302 http://portal.lab.mediapath.test/login;"));
}

static void the_web_has_every_host_of_the_profile(void)
{
    g_autoptr(MpWebNames) names = mp_web_names_new();
    const char *const *domains = (const char *const *)names->domains;
    const char *const *patterns = (const char *const *)names->patterns;
    g_assert_true(g_strv_contains(domains, "bell-face.com"));
    g_assert_true(g_strv_contains(domains, "opentok.com"));
    g_assert_true(g_strv_contains(domains, "code.jquery.com"));
    g_assert_false(g_strv_contains(domains, "*.opentok.com"));
    g_assert_true(g_strv_contains(patterns, "*.opentok.com"));
    g_assert_true(g_strv_contains(patterns, "anvil.opentok.com"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/service/plain", a_plain_network_starts_no_more_than_it_needs);
    g_test_add_func("/lab/service/stopped", what_is_stopped_is_not_started);
    g_test_add_func("/lab/service/obstacles", a_site_full_of_obstacles);
    g_test_add_func("/lab/service/ipv6", ipv6_only_has_dns64_and_nat64);
    g_test_add_func("/lab/service/second-site", a_second_site_has_its_own);
    g_test_add_func("/lab/service/loopback", on_loopback_only_the_providers_servers_run);
    g_test_add_func("/lab/service/arguments", no_secret_is_on_a_command_line_but_that_of_socks);
    g_test_add_func("/lab/service/plan", the_plan_has_placeholders);
    g_test_add_func("/lab/service/squid-users", squids_file_of_users_has_no_password);
    g_test_add_func("/lab/service/squid", squid_asks_for_a_login_only_where_it_should);
    g_test_add_func("/lab/service/nginx", web_servers_write_only_to_the_labs_directory);
    g_test_add_func("/lab/service/web-names", the_web_has_every_host_of_the_profile);
    return g_test_run();
}
