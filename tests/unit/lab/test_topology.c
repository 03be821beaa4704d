/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network's description becomes commands: compared with what was once run and looked at.
 */
#include "lab/topology.h"

#include <glib/gstdio.h>
#include <string.h>

#include "../../support/golden.h"
#include "lab/firewall.h"
#include "lab/lab.h"

static MpNetwork *load(const char *name)
{
    g_autoptr(GError) error = NULL;
    MpNetwork *network = mp_network_load(name, &error);
    g_assert_no_error(error);
    return network;
}

static char *ruleset_of(const char *firewall)
{
    g_autofree char *text = g_strdup_printf("schema: mediapath-network/1\n"
                                            "name: test\n"
                                            "sentence: {en: Test., ja: Test.}\n"
                                            "site: {firewall: [%s]}\n"
                                            "provider:\n"
                                            "  turn: {state: running}\n"
                                            "  responder: {state: running}\n",
                                            firewall);
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "mediapath-test-XXXXXX.yaml", NULL);
    int fd = g_mkstemp(path);
    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_close(fd, NULL));
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_autoptr(MpNetwork) network = load(path);
    g_assert_cmpint(g_remove(path), ==, 0);
    MpGateway gateway = mp_gateway_of_site(network);
    return mp_firewall_ruleset(&gateway, network);
}

static void expect_rule(const char *rule, const char *nft)
{
    g_autofree char *ruleset = ruleset_of(rule);
    g_autofree char *line = g_strdup_printf("\t\tiifname \"lan\" oifname \"wan\" %s\n", nft);
    if (!strstr(ruleset, line))
        g_test_message("no line %sin\n%s", line, ruleset);
    g_assert_nonnull(strstr(ruleset, line));
}

static void the_clean_network_is_built_as_before(void)
{
    g_autoptr(MpNetwork) network = load("clean");
    g_autofree char *plan = mp_lab_plan(network);
    assert_golden("lab-clean.txt", plan);
}

static void drop_rules_match_protocol_ports_and_destination(void)
{
    expect_rule("{action: drop, protocol: udp}", "meta l4proto udp counter drop");
    expect_rule("{action: drop, protocol: tcp, ports: 3478}",
                "meta l4proto tcp tcp dport { 3478 } counter drop");
    expect_rule("{action: drop, protocol: udp, ports: [443, 1025-65535], to: 216.147.0.0/18}",
                "ip daddr 216.147.0.0/18 meta l4proto udp udp dport { 443, 1025-65535 } counter "
                "drop");
}

static void spared_ports_are_the_only_ones_that_pass(void)
{
    expect_rule("{action: drop, protocol: udp, except_ports: 3478}",
                "meta l4proto udp udp dport != { 3478 } counter drop");
}

static void any_protocol_with_ports_means_those_that_have_ports(void)
{
    expect_rule("{action: drop, protocol: any}", "counter drop");
    expect_rule("{action: drop, protocol: any, ports: 53}",
                "meta l4proto { tcp, udp } th dport { 53 } counter drop");
}

static void a_rejection_says_so_in_the_protocols_own_way(void)
{
    expect_rule("{action: reject, protocol: tcp}",
                "meta l4proto tcp counter reject with tcp reset");
    expect_rule("{action: reject, protocol: udp}",
                "meta l4proto udp counter reject with icmp admin-prohibited");
    expect_rule("{action: reject, protocol: any}",
                "meta l4proto tcp counter reject with tcp reset");
    expect_rule("{action: reject, protocol: any}", "counter reject with icmp admin-prohibited");
}

static void rules_keep_their_order(void)
{
    g_autofree char *ruleset = ruleset_of(
        "{action: reject, protocol: tcp, ports: 80}, {action: drop, protocol: tcp}");
    const char *first = strstr(ruleset, "tcp dport { 80 }");
    g_assert_nonnull(first);
    g_assert_nonnull(strstr(first, "meta l4proto tcp counter drop"));
}

static void without_nat_nothing_is_translated_and_the_way_back_is_known(void)
{
    g_autofree char *ruleset = ruleset_of("");
    g_assert_null(strstr(ruleset, "masquerade"));

    g_autoptr(MpNetwork) network = load("clean");
    network->site->has_nat = FALSE;
    g_autoptr(GPtrArray) commands = mp_topology_commands(network);
    g_autofree char *text = mp_topology_to_text(commands);
    g_assert_nonnull(strstr(text, "route add 10.10.0.0/24 via 203.0.113.2"));
}

static void a_stopped_server_is_not_in_the_plan(void)
{
    g_autoptr(MpNetwork) network = load("turn-down");
    g_autofree char *plan = mp_lab_plan(network);
    g_assert_null(strstr(plan, "turnserver"));
    g_assert_nonnull(strstr(plan, "responder --listen 216.147.0.20:443"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/topology/clean", the_clean_network_is_built_as_before);
    g_test_add_func("/lab/topology/drop", drop_rules_match_protocol_ports_and_destination);
    g_test_add_func("/lab/topology/spared-ports", spared_ports_are_the_only_ones_that_pass);
    g_test_add_func("/lab/topology/any", any_protocol_with_ports_means_those_that_have_ports);
    g_test_add_func("/lab/topology/reject", a_rejection_says_so_in_the_protocols_own_way);
    g_test_add_func("/lab/topology/order", rules_keep_their_order);
    g_test_add_func("/lab/topology/no-nat",
                    without_nat_nothing_is_translated_and_the_way_back_is_known);
    g_test_add_func("/lab/topology/stopped", a_stopped_server_is_not_in_the_plan);
    return g_test_run();
}
