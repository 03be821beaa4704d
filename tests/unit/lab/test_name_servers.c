/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The name servers' configurations: what a network file says about names is what they say.
 */
#include <string.h>

#include "lab/dnsmasq.h"
#include "lab/unbound.h"

static const MpDnsmasqSite place = {
    .listen_address = "10.10.0.1",
    .listen_port = 53,
    .forwarder = "192.0.2.53",
    .failing = "127.0.0.1#5301",
    .slow = "10.10.2.2",
};

static void assert_line(const char *config, const char *line)
{
    g_auto(GStrv) lines = g_strsplit(config, "\n", -1);
    if (!g_strv_contains((const char *const *)lines, line))
        g_error("no line \"%s\" in\n%s", line, config);
}

static void the_zone_has_the_labs_servers_and_the_products_hosts(void)
{
    static const char *const domains[] = {"bell-face.com", "code.jquery.com", NULL};
    g_autofree char *config = mp_dnsmasq_zone("192.0.2.53", domains, FALSE);
    assert_line(config, "listen-address=192.0.2.53");
    assert_line(config, "host-record=turn.lab.mediapath.test,168.100.64.10");
    assert_line(config, "host-record=responder.lab.mediapath.test,216.147.0.20");
    assert_line(config, "host-record=ipv4only.arpa,192.0.0.170");
    assert_line(config, "address=/bell-face.com/192.31.196.80");
    assert_line(config, "address=/code.jquery.com/192.31.196.80");
}

/* RFC 2308 section 2: a name that is not there is not a name without this type. */
static void other_names_do_not_exist_and_other_types_are_not_there(void)
{
    static const char *const domains[] = {"bell-face.com", NULL};
    g_autofree char *config = mp_dnsmasq_zone("192.0.2.53", domains, FALSE);
    assert_line(config, "local=/#/");
    assert_line(config, "local=/bell-face.com/");
}

static void a_site_without_rules_forwards_everything(void)
{
    const MpSiteDns dns = {.is_running = TRUE};
    g_autofree char *config = mp_dnsmasq_site(&place, &dns, FALSE);
    assert_line(config, "server=192.0.2.53");
    assert_line(config, "listen-address=10.10.0.1");
    assert_line(config, "port=53");
    g_assert_null(strstr(config, "address=/"));
    g_assert_null(strstr(config, "server=/"));
}

static void each_rule_has_its_server(void)
{
    g_auto(GStrv) failing = g_strsplit("a.test", " ", -1);
    g_auto(GStrv) refused = g_strsplit("*.b.test", " ", -1);
    g_auto(GStrv) lies = g_strsplit("c.test=192.0.2.1", " ", -1);
    g_auto(GStrv) slow = g_strsplit("d.test", " ", -1);
    const MpSiteDns dns = {TRUE, failing, refused, lies, slow, MP_SEC(1)};
    g_autofree char *config = mp_dnsmasq_site(&place, &dns, FALSE);
    assert_line(config, "server=/a.test/127.0.0.1#5301");
    assert_line(config, "local=/b.test/");
    assert_line(config, "address=/c.test/192.0.2.1");
    assert_line(config, "local=/c.test/");
    assert_line(config, "server=/d.test/10.10.2.2");
}

static void a_star_is_every_name(void)
{
    g_auto(GStrv) all = g_strsplit("*", " ", -1);
    const MpSiteDns failing = {.is_running = TRUE, .failing = all};
    g_autofree char *config = mp_dnsmasq_site(&place, &failing, FALSE);
    assert_line(config, "server=127.0.0.1#5301");
    g_assert_null(strstr(config, "192.0.2.53"));
    const MpSiteDns slow = {.is_running = TRUE, .slow = all};
    g_autofree char *slow_config = mp_dnsmasq_site(&place, &slow, FALSE);
    assert_line(slow_config, "server=10.10.2.2");
    const MpSiteDns refused = {.is_running = TRUE, .refused = all};
    g_autofree char *other = mp_dnsmasq_site(&place, &refused, FALSE);
    assert_line(other, "local=/#/");
    g_assert_null(strstr(other, "server="));
    g_auto(GStrv) lie = g_strsplit("*=192.0.2.1", " ", -1);
    const MpSiteDns lying = {.is_running = TRUE, .lies = lie};
    g_autofree char *liar = mp_dnsmasq_site(&place, &lying, FALSE);
    assert_line(liar, "address=/#/192.0.2.1");
    g_assert_null(strstr(liar, "server="));
}

/* What is slow must be slow every time it is asked for. */
static void nothing_is_remembered(void)
{
    const MpSiteDns dns = {.is_running = TRUE};
    g_autofree char *site = mp_dnsmasq_site(&place, &dns, FALSE);
    g_autofree char *dns64 = mp_unbound_dns64("/run/lab", "2001:db8:10::1", 5302);
    assert_line(site, "cache-size=0");
    assert_line(dns64, "  cache-max-ttl: 0");
}

static void a_portal_has_a_name(void)
{
    const MpSiteDns dns = {.is_running = TRUE};
    g_autofree char *config = mp_dnsmasq_site(&place, &dns, TRUE);
    assert_line(config, "host-record=portal.lab.mediapath.test,10.10.1.2");
}

/* RFC 6147 with the well-known prefix of RFC 6052. */
static void dns64_asks_the_sites_own_rules(void)
{
    g_autofree char *config = mp_unbound_dns64("/run/lab", "2001:db8:10::1", 5302);
    assert_line(config, "  interface: 2001:db8:10::1@53");
    assert_line(config, "  module-config: \"dns64 iterator\"");
    assert_line(config, "  dns64-prefix: 64:ff9b::/96");
    assert_line(config, "  forward-addr: 127.0.0.1@5302");
}

/* It forwards everything, and knows nobody to forward to. */
static void the_failing_server_has_nobody_to_ask(void)
{
    g_autofree char *config = mp_unbound_failing("/run/lab", 5301);
    assert_line(config, "  interface: 127.0.0.1@5301");
    assert_line(config, "  name: \".\"");
    g_assert_null(strstr(config, "forward-addr"));
}

static void no_privileges_are_dropped(void)
{
    const MpSiteDns dns = {.is_running = TRUE};
    g_autofree char *site = mp_dnsmasq_site(&place, &dns, FALSE);
    g_autofree char *failing = mp_unbound_failing("/run/lab", 5301);
    assert_line(site, "user=root");
    assert_line(site, "group=");
    assert_line(failing, "  username: \"\"");
    assert_line(failing, "  chroot: \"\"");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/name-servers/zone", the_zone_has_the_labs_servers_and_the_products_hosts);
    g_test_add_func("/lab/name-servers/other-names",
                    other_names_do_not_exist_and_other_types_are_not_there);
    g_test_add_func("/lab/name-servers/plain", a_site_without_rules_forwards_everything);
    g_test_add_func("/lab/name-servers/rules", each_rule_has_its_server);
    g_test_add_func("/lab/name-servers/star", a_star_is_every_name);
    g_test_add_func("/lab/name-servers/cache", nothing_is_remembered);
    g_test_add_func("/lab/name-servers/portal", a_portal_has_a_name);
    g_test_add_func("/lab/name-servers/dns64", dns64_asks_the_sites_own_rules);
    g_test_add_func("/lab/name-servers/failing", the_failing_server_has_nobody_to_ask);
    g_test_add_func("/lab/name-servers/privileges", no_privileges_are_dropped);
    return g_test_run();
}
