/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network's description becomes commands: compared with what was once run and looked at.
 */
#include "lab/topology.h"

#include <string.h>

#include "../../support/golden.h"
#include "../../support/network_text.h"
#include "lab/lab.h"

/* All that one network can have at once. */
#define EVERYTHING                                                                                 \
    "site:\n"                                                                                      \
    "  nat: {mapping: address-dependent, filtering: address-dependent, ports: random,"             \
    " hairpin: true, udp_timeout_s: 20}\n"                                                         \
    "  firewall:\n"                                                                                \
    "    - {action: drop, protocol: udp, ports: [3478, 20000-29999], to: [168.100.64.0/18]}\n"     \
    "    - {action: reject, protocol: any, code: host-unreachable, except_to: 192.0.2.0/24}\n"     \
    "    - {action: drop, protocol: udp, direction: in, larger_than: 1200, after_s: 60}\n"         \
    "    - {action: drop, protocol: udp, above_kbps: 500, above_pps: 100, after_packets: 9}\n"     \
    "  dns: {slow: {names: [\"*\"], delay_ms: 500}}\n"                                             \
    "  proxy: {type: http, login: true}\n"                                                         \
    "  intercept_tls: [443]\n"                                                                     \
    "  captive_portal: true\n"                                                                     \
    "  dscp: 0\n"                                                                                  \
    "  mtu: {bytes: 1400, black_hole: true}\n"                                                     \
    "second_site: {nat: {}, mtu: {bytes: 1492}}\n"                                                 \
    "carrier: {nat: {hairpin: true}, firewall: [{action: drop, protocol: icmp}],"                  \
    " mtu: {bytes: 1300}, dscp: 8}\n"                                                              \
    "link: {both: {delay_ms: 20}}"

static char *text_of(const char *parts)
{
    g_autoptr(MpNetwork) network = network_from(parts);
    g_autoptr(GPtrArray) commands = mp_topology_commands(network);
    return mp_topology_to_text(commands);
}

static void assert_has(const char *text, const char *lines)
{
    if (!strstr(text, lines))
        g_test_message("no %s in\n%s", lines, text);
    g_assert_nonnull(strstr(text, lines));
}

static void the_clean_network_is_built_as_before(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpNetwork) network = mp_network_load("clean", &error);
    g_assert_no_error(error);
    g_autofree char *plan = mp_lab_plan(network);
    assert_golden("lab-clean.txt", plan);
}

static void a_network_with_everything_is_built_as_before(void)
{
    g_autofree char *text = text_of(EVERYTHING);
    assert_golden("lab-everything.txt", text);
}

static void with_ipv6_only_the_client_has_nothing_else(void)
{
    g_autofree char *text = text_of("site: {ip: ipv6-nat64}");
    assert_golden("lab-ipv6-only.txt", text);
    g_assert_null(strstr(text, "10.10.0.2"));
}

static void ipv6_beside_ipv4_leads_on_or_into_a_hole(void)
{
    g_autofree char *works = text_of("site: {nat: {}, ipv6: works}");
    assert_has(works, "address add 10.10.0.2/24 dev eth0\n");
    assert_has(works, "address add 2001:db8:10::2/64 dev eth0 nodad\n");
    assert_has(works, "route add ::/0 via 2001:db8:2::2\n");
    assert_has(works, "address add 2001:db8:100::10/128 dev eth0 nodad\n");

    g_autofree char *hole = text_of("site: {nat: {}, ipv6: black-hole}");
    assert_has(hole, "route add blackhole ::/0\n");
    assert_has(hole, "route add default via 2001:db8:10::1\n");
    g_assert_null(strstr(hole, "route add ::/0 via"));
}

static void without_nat_the_way_back_is_known(void)
{
    g_autofree char *plain = text_of("site: {}\nsecond_site: {}");
    assert_has(plain, "route add 10.10.0.0/16 via 203.0.113.65\n");
    assert_has(plain, "route add 10.20.0.0/16 via 203.0.113.65\n");
    assert_has(plain, "route add 10.10.0.0/16 via 203.0.113.2\n");

    g_autofree char *translated = text_of("site: {nat: {}}");
    g_assert_null(strstr(translated, "route add 10.10.0.0/16"));

    g_autofree char *by_carrier = text_of("site: {}\ncarrier: {nat: {}}");
    g_assert_null(strstr(by_carrier, "route add 10.10.0.0/16 via 203.0.113.65\n"));
    assert_has(by_carrier, "route add 10.10.0.0/16 via 100.64.0.2\n");
}

static void a_link_stands_between_router_and_carrier(void)
{
    g_autofree char *wire = text_of("site: {nat: {}}");
    assert_has(wire, "link add wan netns router type veth peer name site netns carrier\n");
    g_assert_null(strstr(wire, "netns add link"));

    g_autofree char *link = text_of("site: {nat: {}}\nlink: {both: {delay_ms: 20}}");
    assert_has(link, "link add wan netns router type veth peer name up0 netns link\n");
    assert_has(link, "link add down0 netns link type veth peer name site netns carrier\n");

    g_autofree char *netem = text_of("site: {nat: {}}\nlink: {backend: netem}");
    assert_has(netem, "link add wan netns router type veth peer name site netns carrier\n");
}

static void a_narrow_line_is_a_routes_at_both_ends(void)
{
    g_autofree char *text = text_of(
        "site: {nat: {}, mtu: {bytes: 1400}}\ncarrier: {mtu: {bytes: 1300}}");
    assert_has(text, "route add default via 203.0.113.1 mtu lock 1400\n");
    assert_has(text, "route add default via 203.0.113.126 mtu lock 1300\n");
    /* What comes down passes both. */
    assert_has(text, "route add 203.0.113.2 dev site mtu lock 1300\n");
}

static void packets_pass_only_when_the_firewall_stands(void)
{
    g_autofree char *text = text_of("site: {nat: {}}");
    const char *ruleset = strstr(text, "ip netns exec router nft -f -");
    const char *forwarding = strstr(text, "ip netns exec router tee /proc/sys/net/ipv4/ip_forward");
    g_assert_nonnull(ruleset);
    g_assert_nonnull(forwarding);
    g_assert_true(ruleset < forwarding);
}

static void a_failed_line_names_the_part_that_it_is_for(void)
{
    g_autoptr(GPtrArray) commands = mp_lab_commands_new();
    mp_lab_commands_add(commands, "network", (const char *const[]){"nft", "-f", "-", NULL},
                        "one\n# site: nat\ntwo\n\t# site: firewall: rule 1\nthree\n");
    const MpLabCommand *command = g_ptr_array_index(commands, 0);
    static const struct {
        const char *said;
        const char *part;
    } cases[] = {
        {"Cannot find device \"x\"\nCommand failed -:1", "network"},
        {"Cannot find device \"x\"\nCommand failed -:3", "site: nat"},
        {"/dev/stdin:5:1-9: Error: Could not process rule", "site: firewall: rule 1"},
        {"Killed", "network"},
        {"/dev/stdin:500:1-9: Error", "site: firewall: rule 1"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *part = mp_lab_command_part(command, cases[i].said);
        g_assert_cmpstr(part, ==, cases[i].part);
    }
}

static void the_plan_shows_what_the_emulator_plays(void)
{
    g_autoptr(MpNetwork)
        network = network_from("site: {nat: {}, dns: {slow: {names: [\"*\"], delay_ms: 500}}}\n"
                               "link: {seed: 7, both: {delay_ms: 20}, up: {rate_kbps: 1000}}");
    g_autofree char *plan = mp_lab_plan(network);
    assert_has(plan, "# in link, the emulator: up0 - down0 (site), seed 7\n"
                     "#   up: delay 20 ms, jitter 0 ms, loss 0 %, rate 1000 kbps; "
                     "0 changes, 0 outages\n");
    assert_has(plan, "# in link, the emulator: up2 - down2 (slow-dns), seed 1\n");
    assert_has(plan, "#   down: delay 500 ms");
}

static void a_stopped_server_is_not_in_the_plan(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("turn-down", NULL);
    g_autofree char *plan = mp_lab_plan(network);
    g_assert_null(strstr(plan, "turnserver"));
    g_assert_nonnull(strstr(plan, "responder --listen 216.147.0.20:443"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/topology/clean", the_clean_network_is_built_as_before);
    g_test_add_func("/lab/topology/everything", a_network_with_everything_is_built_as_before);
    g_test_add_func("/lab/topology/ipv6", with_ipv6_only_the_client_has_nothing_else);
    g_test_add_func("/lab/topology/ipv6-beside", ipv6_beside_ipv4_leads_on_or_into_a_hole);
    g_test_add_func("/lab/topology/no-nat", without_nat_the_way_back_is_known);
    g_test_add_func("/lab/topology/link", a_link_stands_between_router_and_carrier);
    g_test_add_func("/lab/topology/mtu", a_narrow_line_is_a_routes_at_both_ends);
    g_test_add_func("/lab/topology/order", packets_pass_only_when_the_firewall_stands);
    g_test_add_func("/lab/topology/part", a_failed_line_names_the_part_that_it_is_for);
    g_test_add_func("/lab/topology/emulator", the_plan_shows_what_the_emulator_plays);
    g_test_add_func("/lab/topology/stopped", a_stopped_server_is_not_in_the_plan);
    return g_test_run();
}
