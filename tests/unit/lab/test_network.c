/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network files: what they mean, and what is told about one that is wrong.
 */
#include "lab/network.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"

#define START                                                                                      \
    "schema: mediapath-network/1\n"                                                                \
    "name: test\n"                                                                                 \
    "sentence: {en: Test., ja: Test.}\n"
#define PROVIDER                                                                                   \
    "provider:\n"                                                                                  \
    "  turn: {state: running}\n"                                                                   \
    "  responder: {state: running}\n"

/* Writes the text to a file and gives its path in `path`. */
static MpNetwork *load_text(const char *text, char **path, GError **error)
{
    g_autofree char *directory = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    g_assert_nonnull(directory);
    *path = g_build_filename(directory, "network.yaml", NULL);
    g_assert_true(g_file_set_contents(*path, text, -1, NULL));
    MpNetwork *network = mp_network_load(*path, error);
    g_assert_cmpint(g_remove(*path), ==, 0);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
    return network;
}

static void expect_error(const char *text, const char *place_and_message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    g_autoptr(MpNetwork) network = load_text(text, &path, &error);
    g_assert_null(network);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_autofree char *expected = g_strconcat(path, ":", place_and_message, NULL);
    g_assert_cmpstr(error->message, ==, expected);
}

static void expect_rule_error(const char *rule, const char *place_and_message)
{
    g_autofree char *text = g_strconcat(START "site:\n  firewall:\n    - ", rule, "\n" PROVIDER,
                                        NULL);
    expect_error(text, place_and_message);
}

static void the_built_in_networks_are_valid(void)
{
    static const struct {
        const char *name;
        const char *finding;
        MpVerdict verdict;
        int exit;
    } networks[] = {
        {"clean", NULL, MP_VERDICT_STABLE, 0},
        {"turn-down", "turn-server-down", MP_VERDICT_STABLE, 1},
        {"turn-wrong-password", "turn-credentials-rejected", MP_VERDICT_STABLE, 1},
        {"turn-tls-untrusted", "tls-intercepted", MP_VERDICT_STABLE, 1},
        {"office-udp-blocked", "udp-blocked", MP_VERDICT_DEGRADED, 1},
        {"office-3478-only", "udp-ports-blocked", MP_VERDICT_STABLE, 1},
        {"office-443-only", "turn-tcp-3478-blocked", MP_VERDICT_DEGRADED, 1},
        {"office-only-udp-3478", "signalling-blocked", MP_VERDICT_UNKNOWN, 1},
    };
    for (guint i = 0; i < G_N_ELEMENTS(networks); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MpNetwork) network = mp_network_load(networks[i].name, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(network->name, ==, networks[i].name);
        g_assert_cmpint(network->expected_verdict, ==, networks[i].verdict);
        g_assert_cmpint(network->expected_exit, ==, networks[i].exit);
        g_assert_true(
            !networks[i].finding ||
            g_strv_contains((const char *const *)network->expected_findings, networks[i].finding));
        g_assert_cmpint(mp_network_is_open(network), ==, networks[i].finding == NULL);
    }
}

static void the_provider_can_be_unwell(void)
{
    g_autoptr(MpNetwork) down = mp_network_load("turn-down", NULL);
    g_assert_false(down->turn.is_running);
    g_assert_true(down->responder_is_running);
    g_autoptr(MpNetwork) wrong = mp_network_load("turn-wrong-password", NULL);
    g_assert_true(wrong->turn.is_running);
    g_assert_true(wrong->turn.rejects_password);
    g_autoptr(MpNetwork) foreign = mp_network_load("turn-tls-untrusted", NULL);
    g_assert_true(foreign->turn.certificate == MP_CERTIFICATE_UNTRUSTED);
}

static void a_rule_keeps_its_ports_and_destination(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    g_autoptr(MpNetwork) network = load_text(
        START "site:\n"
              "  nat: {}\n"
              "  firewall:\n"
              "    - {action: reject, protocol: any, except_ports: [443, \"1025-65535\"],"
              " to: 216.147.0.0/18}\n" PROVIDER,
        &path, &error);
    g_assert_no_error(error);
    g_assert_true(network->site->has_nat);
    g_assert_cmpuint(network->site->firewall->len, ==, 1);
    const MpFirewallRule *rule = g_ptr_array_index(network->site->firewall, 0);
    g_assert_cmpint(rule->action, ==, MP_FIREWALL_REJECT);
    g_assert_cmpint(rule->protocol, ==, MP_FIREWALL_ANY);
    g_assert_true(rule->spares);
    g_assert_cmpstr(rule->to[0], ==, "216.147.0.0/18");
    g_assert_cmpuint(rule->ports->len, ==, 2);
    g_assert_cmpuint(g_array_index(rule->ports, MpFirewallPorts, 0).last, ==, 443);
    g_assert_cmpuint(g_array_index(rule->ports, MpFirewallPorts, 1).first, ==, 1025);
    g_assert_cmpuint(g_array_index(rule->ports, MpFirewallPorts, 1).last, ==, 65535);
}

static void a_wrong_port_is_told_at_its_place(void)
{
    expect_rule_error("{action: drop, protocol: udp, ports: 70000}",
                      "6:44: \"70000\" was found, expected a port or a range in 1-65535");
    expect_rule_error("{action: drop, protocol: udp, ports: 0}",
                      "6:44: \"0\" was found, expected a port or a range in 1-65535");
    expect_rule_error("{action: drop, protocol: udp, ports: [80, 9-5]}",
                      "6:49: \"9-5\" was found, expected a port or a range in 1-65535");
    expect_rule_error("{action: drop, protocol: udp, ports: -5}",
                      "6:44: \"-5\" was found, expected a port or a range in 1-65535");
    expect_rule_error("{action: drop, protocol: udp, ports: {a: b}}",
                      "6:44: \"\" was found, expected a port or a range in 1-65535");
    expect_rule_error("{action: drop, protocol: udp, except_ports: []}",
                      "6:51: an empty list was found, expected ports");
}

static void ports_and_spared_ports_exclude_each_other(void)
{
    expect_rule_error("{action: drop, protocol: udp, ports: 1, except_ports: 2}",
                      "6:61: \"except_ports\" was found beside \"ports\", expected one of them");
}

static void a_wrong_destination_is_told_at_its_place(void)
{
    expect_rule_error("{action: drop, protocol: udp, to: 168.100.64.1/18}",
                      "6:41: \"168.100.64.1/18\" was found, expected an IPv4 range such as "
                      "\"168.100.64.0/18\"");
    expect_rule_error("{action: drop, protocol: udp, to: \"2001:db8::/32\"}",
                      "6:41: \"2001:db8::/32\" was found, expected an IPv4 range such as "
                      "\"168.100.64.0/18\"");
}

static void a_misspelt_word_is_told_at_its_place(void)
{
    expect_rule_error("{action: block, protocol: udp}",
                      "6:16: \"block\" was found, expected one of drop, reject");
    expect_error(
        START "site: {nat: {}, firewal: []}\n" PROVIDER,
        "4:17: key \"firewal\" was found, expected one of ip, ipv6, nat, firewall, dns, proxy, "
        "intercept_tls, captive_portal, dscp, mtu (did you mean \"firewall\"?)");
}

static void the_second_site_has_no_office(void)
{
    static const struct {
        const char *site;
        const char *message;
    } wrong[] = {
        {"{proxy: {type: http}}", "5:22: \"proxy\" was found at the second site, expected none: "
                                  "only the first site has an office"},
        {"{captive_portal: true}", "5:31: \"captive_portal\" was found at the second site, "
                                   "expected none: only the first site has an office"},
        {"{ip: ipv6-nat64}", "5:19: \"ip\" was found at the second site, expected none: "
                             "only the first site has IPv6"},
        {"{dns: {slow: {names: [a.test], delay_ms: 9}}}",
         "5:27: \"slow\" was found at the second site, expected none: only the first site has a "
         "slow name server"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text = g_strconcat(START "site: {}\nsecond_site: ", wrong[i].site,
                                            "\n" PROVIDER, NULL);
        expect_error(text, wrong[i].message);
    }
}

static void a_site_with_ipv6_only_has_nothing_of_ipv4(void)
{
    static const struct {
        const char *with;
        const char *message;
    } wrong[] = {
        {"nat: {}", "4:29: \"nat\" was found at a site with IPv6 only, expected none: "
                    "the carrier's NAT64 translates"},
        {"proxy: {type: socks}", "4:31: \"proxy\" was found at a site with IPv6 only, expected "
                                 "none: the office's servers have IPv4 only"},
        {"intercept_tls: [443]", "4:39: \"intercept_tls\" was found at a site with IPv6 only, "
                                 "expected none: the interception knows IPv4 only"},
        {"mtu: {bytes: 1200}", "4:37: 1200 was found at a site with IPv6, expected 1280 or "
                               "more (RFC 8200 section 5)"},
        {"ipv6: works", "4:30: \"ipv6\" was found at a site with IPv6 only, expected none: "
                        "it is what the site has anyway"},
        {"firewall: [{action: reject, protocol: udp, code: protocol-unreachable}]",
         "4:73: \"protocol-unreachable\" was found at a site with IPv6 only, expected another "
         "code: ICMPv6 has no such one"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text = g_strconcat(START "site: {ip: ipv6-nat64, ", wrong[i].with,
                                            "}\n" PROVIDER, NULL);
        expect_error(text, wrong[i].message);
    }
}

static void what_loopback_cannot_show_is_not_open(void)
{
    static const char *const parts[] = {
        "site: {dscp: 0}\n",
        "site: {}\ncarrier: {dscp: 0}\n",
        "site: {mtu: {bytes: 1400}}\n",
        "site: {ipv6: works}\n",
        "site: {}\ncarrier: {mtu: {bytes: 1400}}\n",
        "site: {firewall: [{action: drop, protocol: udp}]}\n",
        "site: {}\nlink: {both: {delay_ms: 20}}\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *text = g_strconcat(START, parts[i], PROVIDER, NULL);
        g_autofree char *path = NULL;
        g_autoptr(MpNetwork) network = load_text(text, &path, NULL);
        g_assert_false(mp_network_is_open(network));
    }
}

static void a_code_is_for_what_icmp_refuses(void)
{
    static const char rule[] = "site: {firewall: [{code: port-unreachable, action: ";
    static const struct {
        const char *rest;
        const char *message;
    } wrong[] = {
        {"drop, protocol: udp}]}\n",
         "4:26: \"port-unreachable\" was found beside \"action: drop\", expected none: nothing is "
         "told"},
        {"reject, protocol: tcp}]}\n",
         "4:26: \"port-unreachable\" was found beside \"protocol: tcp\", expected none: a reset "
         "tells it"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text = g_strconcat(START, rule, wrong[i].rest, PROVIDER, NULL);
        expect_error(text, wrong[i].message);
    }
}

static void a_missing_part_is_told(void)
{
    expect_error(START PROVIDER, "1:1: no \"site\" was found in this mapping, expected schema, "
                                 "name, sentence, site, provider");
}

static void a_name_near_a_built_in_one_is_suggested(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpNetwork) network = mp_network_load("claen", &error);
    g_assert_null(network);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_str_has_prefix(error->message, "network \"claen\" is not built in"));
    g_assert_nonnull(strstr(error->message, "(did you mean \"clean\"?); expected the path"));
}

/* A cell of a matrix keeps its network as JSON. */
static void a_name_with_an_ending_is_a_path(void)
{
    static const char *const paths[] = {"gone.yaml", "gone.yml", "gone.json", "gone/clean"};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *message = g_strconcat(paths[i], ": No such file or directory", NULL);
        g_assert_null(mp_network_load(paths[i], &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_assert_cmpstr(error->message, ==, message);
    }
}

static void what_is_no_name_is_refused(void)
{
    static const char site[] = START PROVIDER "site: {dns: {";
    const struct {
        const char *dns;
        const char *place;
        const char *found;
    } rows[] = {
        {"servfail: [\"bad name\"]", "7:25", "bad name"},
        {"nxdomain: [a..b]", "7:25", "a..b"},
        {"slow: {names: [\"a\\nserver=/x/\"], delay_ms: 5}", "7:29", "a\nserver=/x/"},
        {"lies: {\"a/b\": 192.0.2.1}", "7:28", "a/b"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(site, rows[i].dns, "}}\n", NULL);
        g_autofree char *error = g_strdup_printf(
            "%s: \"%s\" was found, expected a host name, or \"*\" for every name", rows[i].place,
            rows[i].found);
        expect_error(text, error);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/network/built-in", the_built_in_networks_are_valid);
    g_test_add_func("/lab/network/provider", the_provider_can_be_unwell);
    g_test_add_func("/lab/network/rule", a_rule_keeps_its_ports_and_destination);
    g_test_add_func("/lab/network/wrong-port", a_wrong_port_is_told_at_its_place);
    g_test_add_func("/lab/network/both-ports", ports_and_spared_ports_exclude_each_other);
    g_test_add_func("/lab/network/wrong-destination", a_wrong_destination_is_told_at_its_place);
    g_test_add_func("/lab/network/misspelt", a_misspelt_word_is_told_at_its_place);
    g_test_add_func("/lab/network/second-site", the_second_site_has_no_office);
    g_test_add_func("/lab/network/ipv6-only", a_site_with_ipv6_only_has_nothing_of_ipv4);
    g_test_add_func("/lab/network/open", what_loopback_cannot_show_is_not_open);
    g_test_add_func("/lab/network/code", a_code_is_for_what_icmp_refuses);
    g_test_add_func("/lab/network/missing", a_missing_part_is_told);
    g_test_add_func("/lab/network/name", a_name_near_a_built_in_one_is_suggested);
    g_test_add_func("/lab/network/path", a_name_with_an_ending_is_a_path);
    g_test_add_func("/lab/network/host-name", what_is_no_name_is_refused);
    return g_test_run();
}
