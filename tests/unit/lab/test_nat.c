/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 4787's mappings and filters in nftables' words.
 */
#include "../../support/nft_text.h"

#define KNOWN "meta l4proto udp snat to 203.0.113.2 : "
#define KEPT "udp sport != @inner snat to 203.0.113.2"
#define SENT "meta l4proto udp ct status snat "
#define TO_INNER "dnat ip to udp dport map @inner"

static char *ruleset_of(const char *nat)
{
    g_autofree char *parts = g_strdup_printf("site: {nat: {%s}}", nat);
    return site_ruleset(parts);
}

static void a_mapping_is_known_by_what_it_depends_on(void)
{
    g_autofree char *endpoint = ruleset_of("mapping: endpoint-independent");
    assert_line(endpoint, KNOWN "ct original ip saddr . ct original proto-src map @mapped");
    assert_line(endpoint, SENT "update @mapped { ct original ip saddr . ct original proto-src : "
                               "ct reply proto-dst }");

    g_autofree char *address = ruleset_of("mapping: address-dependent");
    assert_line(address, KNOWN "ct original ip saddr . ct original proto-src . "
                               "ct original ip daddr map @mapped");

    g_autofree char *port = ruleset_of("mapping: address-and-port-dependent");
    g_assert_null(strstr(port, "@mapped"));
}

static void the_inner_port_is_kept_where_no_mapping_has_it(void)
{
    g_autofree char *kept = ruleset_of("ports: preserved");
    assert_before(kept, KEPT, "snat to 203.0.113.2 fully-random");
    assert_line(kept, "meta l4proto != udp snat to 203.0.113.2");

    g_autofree char *random = ruleset_of("ports: random");
    g_assert_null(find_line(random, KEPT));
    assert_line(random, "meta l4proto != udp snat to 203.0.113.2 fully-random");
}

static void a_filter_lets_in_whom_it_does_not_depend_on(void)
{
    static const char from_outside[] = "iifname \"wan\" ip daddr 203.0.113.2 meta l4proto udp ";
    g_autofree char *all = g_strconcat(from_outside, TO_INNER, NULL);
    g_autofree char *contacted = g_strconcat(from_outside, "udp dport . ip saddr @contacted ",
                                             TO_INNER, NULL);

    g_autofree char *endpoint = ruleset_of("filtering: endpoint-independent");
    assert_line(endpoint, all);
    g_autofree char *address = ruleset_of("filtering: address-dependent");
    assert_line(address, contacted);
    assert_line(address, SENT "update @contacted { ct reply proto-dst . ct original ip daddr }");
    g_autofree char *port = ruleset_of("filtering: address-and-port-dependent");
    g_assert_null(strstr(port, TO_INNER));
}

static void who_hairpins_is_seen_at_the_outer_address(void)
{
    g_autofree char *ruleset = ruleset_of("hairpin: true");
    assert_line(ruleset, "iifname { \"lan\", \"dmz\" } ip daddr 203.0.113.2 meta l4proto udp "
                         "dnat ip to udp dport map @inner");
    assert_line(ruleset, "iifname { \"lan\", \"dmz\" } ct original ip daddr 203.0.113.2 "
                         "meta l4proto udp jump translate");
    g_autofree char *without = ruleset_of("hairpin: false");
    g_assert_null(strstr(without, "hairpin"));
    assert_line(without, "iifname { \"lan\", \"dmz\" } ip daddr 203.0.113.2 counter drop");
}

static void a_mapping_lives_as_long_as_the_network_says(void)
{
    g_autofree char *given = ruleset_of("udp_timeout_s: 25");
    assert_line(given, "timeout 25s");
    g_autofree char *kernels = ruleset_of("");
    assert_line(kernels, "timeout 120s");
}

static void a_carrier_translates_once_more(void)
{
    static const char parts[] = "site: {nat: {}}\ncarrier: {nat: {ports: random}}";
    g_autofree char *site = site_ruleset(parts);
    assert_line(site, "udp sport != @inner snat to 100.64.0.2");
    g_autofree char *carrier = carrier_ruleset(parts);
    assert_line(carrier, "iifname != \"core\" oifname \"core\" jump translate");
    assert_line(carrier, "snat to 203.0.113.65 fully-random");
}

static void behind_nat64_is_a_translation_of_its_own(void)
{
    g_autofree char *site = site_ruleset("site: {ip: ipv6-nat64}");
    g_assert_null(strstr(site, "snat"));
    g_autofree char *carrier = carrier_ruleset("site: {ip: ipv6-nat64}");
    assert_line(carrier, "iifname \"nat64\" oifname \"core\" jump translate");
    assert_line(carrier, "snat to 203.0.113.66 fully-random");
}

static void without_nat_nothing_is_translated(void)
{
    g_autofree char *ruleset = site_ruleset("site: {}");
    g_assert_null(strstr(ruleset, "nat"));
    assert_line(ruleset, "iifname \"wan\" counter drop");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/nat/mapping", a_mapping_is_known_by_what_it_depends_on);
    g_test_add_func("/lab/nat/ports", the_inner_port_is_kept_where_no_mapping_has_it);
    g_test_add_func("/lab/nat/filtering", a_filter_lets_in_whom_it_does_not_depend_on);
    g_test_add_func("/lab/nat/hairpin", who_hairpins_is_seen_at_the_outer_address);
    g_test_add_func("/lab/nat/timeout", a_mapping_lives_as_long_as_the_network_says);
    g_test_add_func("/lab/nat/carrier", a_carrier_translates_once_more);
    g_test_add_func("/lab/nat/nat64", behind_nat64_is_a_translation_of_its_own);
    g_test_add_func("/lab/nat/none", without_nat_nothing_is_translated);
    return g_test_run();
}
