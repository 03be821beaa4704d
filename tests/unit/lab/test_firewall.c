/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Firewall rules, redirections, DSCP and silence in nftables' words.
 */
#include "../../support/nft_text.h"

#define ESTABLISHED "ct state established,related accept"
#define OUT "iifname \"lan\" oifname \"wan\" "

static char *ruleset_of(const char *rule)
{
    g_autofree char *parts = g_strdup_printf("site: {firewall: [%s]}", rule);
    return site_ruleset(parts);
}

static void expect_rule(const char *rule, const char *nft)
{
    g_autofree char *ruleset = ruleset_of(rule);
    assert_line(ruleset, nft);
}

static void drop_rules_match_protocol_ports_and_destination(void)
{
    expect_rule("{action: drop, protocol: udp}", OUT "meta l4proto udp counter drop");
    expect_rule("{action: drop, protocol: icmp}", OUT "meta l4proto icmp counter drop");
    expect_rule("{action: drop, protocol: tcp, ports: 3478}",
                OUT "meta l4proto tcp tcp dport { 3478 } counter drop");
    expect_rule("{action: drop, protocol: udp, ports: [443, 1025-65535], to: 216.147.0.0/18}",
                OUT "ip daddr { 216.147.0.0/18 } meta l4proto udp udp dport { 443, 1025-65535 } "
                    "counter drop");
}

static void what_is_spared_is_all_that_passes(void)
{
    expect_rule("{action: drop, protocol: udp, except_ports: 3478}",
                OUT "meta l4proto udp udp dport != { 3478 } counter drop");
    expect_rule("{action: drop, protocol: any, except_to: [168.100.64.0/18, 192.0.2.0/24]}",
                OUT "ip daddr != { 168.100.64.0/18, 192.0.2.0/24 } counter drop");
}

static void any_protocol_with_ports_means_those_that_have_ports(void)
{
    expect_rule("{action: drop, protocol: any}", OUT "counter drop");
    expect_rule("{action: drop, protocol: any, ports: 53}",
                OUT "meta l4proto { tcp, udp } th dport { 53 } counter drop");
}

static void a_rejection_resets_tcp_and_tells_the_rest_by_its_code(void)
{
    static const struct {
        const char *code;
        const char *chain;
        const char *nft;
    } codes[] = {
        {"admin-prohibited", "admin_prohibited", "admin-prohibited"},
        {"port-unreachable", "port_unreachable", "port-unreachable"},
        {"host-unreachable", "host_unreachable", "host-unreachable"},
        {"net-unreachable", "net_unreachable", "net-unreachable"},
        {"protocol-unreachable", "protocol_unreachable", "prot-unreachable"},
        {"host-prohibited", "host_prohibited", "host-prohibited"},
        {"net-prohibited", "net_prohibited", "net-prohibited"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autofree char *rule = g_strdup_printf("{action: reject, protocol: any, code: %s}",
                                                codes[i].code);
        g_autofree char *ruleset = ruleset_of(rule);
        g_autofree char *jump = g_strdup_printf(OUT "counter jump %s", codes[i].chain);
        g_autofree char *icmp = g_strdup_printf("counter reject with icmp %s", codes[i].nft);
        assert_line(ruleset, jump);
        assert_before(ruleset, "meta l4proto tcp counter reject with tcp reset", icmp);
    }
}

static void rules_for_new_flows_keep_their_order_behind_what_is_established(void)
{
    g_autofree char *ruleset = ruleset_of(
        "{action: reject, protocol: tcp, ports: 80}, {action: drop, protocol: tcp}");
    const char *forward = forward_of(ruleset);
    assert_before(forward, ESTABLISHED,
                  OUT "meta l4proto tcp tcp dport { 80 } counter jump admin_prohibited");
    assert_before(forward, OUT "meta l4proto tcp tcp dport { 80 } counter jump admin_prohibited",
                  OUT "meta l4proto tcp counter drop");
    assert_before(forward, OUT "meta l4proto tcp counter drop", "iifname \"wan\" counter drop");
}

static void what_looks_at_each_packet_stands_before_what_is_established(void)
{
    static const struct {
        const char *rule;
        const char *nft;
    } rules[] = {
        {"{action: drop, protocol: udp, larger_than: 1200}",
         OUT "meta l4proto udp meta length > 1200 counter drop"},
        {"{action: drop, protocol: udp, ports: 20000-29999, content: dtls}",
         OUT "meta l4proto udp udp dport { 20000-29999 } @th,64,8 >= 20 @th,64,8 <= 63 counter "
             "drop"},
        {"{action: drop, protocol: udp, content: turn-indication}",
         OUT "meta l4proto udp @th,64,16 >= 22 @th,64,16 <= 23 counter drop"},
        {"{action: drop, protocol: udp, content: turn-channel}",
         OUT "meta l4proto udp @th,64,8 >= 64 @th,64,8 <= 79 counter drop"},
        {"{action: drop, protocol: udp, above_kbps: 800}",
         OUT "meta l4proto udp limit rate over 100000 bytes/second counter drop"},
        {"{action: drop, protocol: udp, above_pps: 200}",
         OUT "meta l4proto udp limit rate over 200/second burst 10 packets counter drop"},
        {"{action: drop, protocol: udp, after_packets: 7}",
         OUT "meta l4proto udp ct packets > 7 counter drop"},
        {"{action: drop, protocol: udp, after_s: 30}",
         OUT "meta l4proto udp ct mark != @young_1 counter drop"},
        {"{action: drop, protocol: udp, direction: in, ports: 3478, to: 168.100.64.0/18}",
         "iifname \"wan\" ip saddr { 168.100.64.0/18 } meta l4proto udp udp sport { 3478 } "
         "counter drop"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        g_autofree char *ruleset = ruleset_of(rules[i].rule);
        assert_before(forward_of(ruleset), rules[i].nft, ESTABLISHED);
    }
}

static void each_rule_with_an_age_has_a_set_of_its_own(void)
{
    g_autofree char *ruleset = ruleset_of(
        "{action: drop, protocol: udp, after_s: 30}, {action: drop, protocol: icmp}, "
        "{action: drop, protocol: tcp, after_s: 60}");
    assert_line(ruleset, "timeout 30s");
    assert_line(ruleset, "timeout 60s");
    assert_line(ruleset, "ct mark 0 ct mark set numgen inc mod 1000000000 offset 1 "
                         "add @young_1 { ct mark } add @young_3 { ct mark }");
}

static void the_carrier_judges_what_goes_to_and_comes_from_its_core(void)
{
    g_autofree char *ruleset = carrier_ruleset("site: {}\n"
                                               "carrier: {firewall: [{action: drop, protocol: udp},"
                                               " {action: drop, protocol: tcp, direction: in}]}");
    assert_line(ruleset, "iifname != \"core\" oifname \"core\" meta l4proto udp counter drop");
    assert_line(ruleset, "iifname \"core\" meta l4proto tcp counter drop");
    g_assert_null(find_line(ruleset, "iifname \"core\" counter drop"));
}

static void a_carrier_with_nothing_to_do_has_no_ruleset(void)
{
    g_autofree char *ruleset = carrier_ruleset("site: {nat: {}}");
    g_assert_null(ruleset);
}

static void with_ipv6_only_servers_are_known_by_their_nat64_addresses(void)
{
    g_autofree char *ruleset = site_ruleset(
        "site: {ip: ipv6-nat64, dscp: 8, firewall: [{action: drop, protocol: icmp},"
        " {action: reject, protocol: udp, code: host-prohibited, to: 168.100.64.0/18},"
        " {action: drop, protocol: tcp, to: \"2001:db8::/32\"}]}");
    g_assert_true(g_str_has_prefix(ruleset, "table ip6 gateway {"));
    assert_line(ruleset, OUT "meta l4proto ipv6-icmp counter drop");
    assert_line(ruleset, OUT "ip6 daddr { 64:ff9b::a864:4000/114 } meta l4proto udp "
                             "counter jump host_prohibited");
    assert_line(ruleset, "counter reject with icmpv6 admin-prohibited");
    assert_line(ruleset, OUT "ip6 daddr { 2001:db8::/32 } meta l4proto tcp counter drop");
    assert_line(ruleset, "ip6 dscp set 8");
}

static void a_portal_takes_the_web_and_drops_the_rest(void)
{
    g_autofree char *ruleset = site_ruleset("site: {nat: {}, captive_portal: true}");
    assert_line(ruleset, "iifname \"lan\" tcp dport { 80, 443 } dnat to 10.10.1.2");
    assert_before(forward_of(ruleset),
                  "iifname \"lan\" oifname \"dmz\" tcp dport { 80, 443 } accept",
                  "iifname \"lan\" counter drop");
    assert_line(ruleset, "iifname \"lan\" meta l4proto { tcp, udp } th dport 53 accept");
}

static void intercepted_ports_end_at_the_router(void)
{
    g_autofree char *ruleset = site_ruleset("site: {nat: {}, intercept_tls: [443, 8443]}");
    assert_line(ruleset, "iifname \"lan\" tcp dport { 443, 8443 } redirect to :8443");
}

static void dscp_is_rewritten_both_ways(void)
{
    g_autofree char *ruleset = carrier_ruleset("site: {}\ncarrier: {dscp: 0}");
    assert_line(ruleset, "ip dscp set 0");
}

static void a_black_hole_is_silent_at_both_ends_of_the_line(void)
{
    static const char parts[] = "site: {nat: {}, mtu: {bytes: 1400, black_hole: true}}\n"
                                "carrier: {mtu: {bytes: 1300}}";
    static const char rule[] = "icmp type destination-unreachable icmp code frag-needed "
                               "icmp mtu 1400 counter drop";
    g_autofree char *site = site_ruleset(parts);
    g_autofree char *carrier = carrier_ruleset(parts);
    assert_line(site, rule);
    assert_line(carrier, rule);
    g_assert_null(strstr(carrier, "icmp mtu 1300"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/firewall/drop", drop_rules_match_protocol_ports_and_destination);
    g_test_add_func("/lab/firewall/spared", what_is_spared_is_all_that_passes);
    g_test_add_func("/lab/firewall/any", any_protocol_with_ports_means_those_that_have_ports);
    g_test_add_func("/lab/firewall/reject", a_rejection_resets_tcp_and_tells_the_rest_by_its_code);
    g_test_add_func("/lab/firewall/order",
                    rules_for_new_flows_keep_their_order_behind_what_is_established);
    g_test_add_func("/lab/firewall/per-packet",
                    what_looks_at_each_packet_stands_before_what_is_established);
    g_test_add_func("/lab/firewall/ages", each_rule_with_an_age_has_a_set_of_its_own);
    g_test_add_func("/lab/firewall/carrier",
                    the_carrier_judges_what_goes_to_and_comes_from_its_core);
    g_test_add_func("/lab/firewall/idle-carrier", a_carrier_with_nothing_to_do_has_no_ruleset);
    g_test_add_func("/lab/firewall/ipv6",
                    with_ipv6_only_servers_are_known_by_their_nat64_addresses);
    g_test_add_func("/lab/firewall/portal", a_portal_takes_the_web_and_drops_the_rest);
    g_test_add_func("/lab/firewall/interception", intercepted_ports_end_at_the_router);
    g_test_add_func("/lab/firewall/dscp", dscp_is_rewritten_both_ways);
    g_test_add_func("/lab/firewall/black-hole", a_black_hole_is_silent_at_both_ends_of_the_line);
    return g_test_run();
}
