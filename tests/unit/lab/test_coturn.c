/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TURN server's configuration: only what the lab means to run, and only its own files.
 */
#include "lab/coturn.h"

#include <string.h>

static char *config_of(const MpNetwork *network, MpFarEnds *far_ends)
{
    g_assert_nonnull(far_ends);
    char *config = mp_coturn_config(far_ends, &network->turn, "k3");
    mp_far_ends_free(far_ends);
    return config;
}

static void assert_line(const char *config, const char *line)
{
    g_auto(GStrv) lines = g_strsplit(config, "\n", -1);
    if (!g_strv_contains((const char *const *)lines, line))
        g_error("no line \"%s\" in\n%s", line, config);
}

static void relayed_addresses_lie_inside_the_ranges_of_row_3_1(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autofree char *config = config_of(network, mp_far_ends_new(network, "/run/lab"));
    assert_line(config, "relay-ip=168.100.64.10");
    assert_line(config, "min-port=1025");
    assert_line(config, "max-port=65535");
}

/* RFC 5780 needs a second address, and the first one first. */
static void nat_behaviour_can_be_asked(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autofree char *config = config_of(network, mp_far_ends_new(network, "/run/lab"));
    const char *first = strstr(config, "listening-ip=168.100.64.10\n");
    g_assert_nonnull(first);
    g_assert_nonnull(strstr(first, "listening-ip=168.100.64.11\n"));
    g_assert_null(strstr(config, "allow-loopback-peers"));
}

static void all_files_are_the_labs_own(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autofree char *config = config_of(network, mp_far_ends_new(network, "/run/lab"));
    assert_line(config, "userdb=/run/lab/turn.db");
    assert_line(config, "pidfile=/run/lab/turn.pid");
    assert_line(config, "cert=/run/lab/turn.pem");
    assert_line(config, "pkey=/run/lab/turn-key.pem");
    assert_line(config, "log-file=stdout");
    assert_line(config, "no-cli");
    assert_line(config, "user=lab:k3");
}

static void refusals_are_coturns_own(void)
{
    g_autoptr(MpNetwork) network = mp_network_new();
    network->name = g_strdup("test");
    network->turn = (MpLabTurn){
        .is_running = TRUE,
        .quota = 2,
        .forbidden = g_strsplit("216.147.0.0/18 10.0.0.0/8 2001:db8::/33", " ", -1)};
    g_autofree char *config = config_of(network, mp_far_ends_new(network, "/run/lab"));
    assert_line(config, "user-quota=2");
    assert_line(config, "denied-peer-ip=216.147.0.0-216.147.63.255");
    assert_line(config, "denied-peer-ip=10.0.0.0-10.255.255.255");
    assert_line(config, "denied-peer-ip=2001:db8::-2001:db8:7fff:ffff:ffff:ffff:ffff:ffff");
}

static void without_refusals_it_says_nothing_of_them(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autofree char *config = config_of(network, mp_far_ends_new(network, "/run/lab"));
    g_assert_null(strstr(config, "quota"));
    g_assert_null(strstr(config, "denied"));
}

static void relays_can_lie_outside_of_the_ranges(void)
{
    g_autoptr(MpNetwork) network = mp_network_new();
    network->name = g_strdup("test");
    network->turn.has_other_relay_address = TRUE;
    g_autofree char *config = config_of(network, mp_far_ends_new(network, "/run/lab"));
    assert_line(config, "relay-ip=198.51.100.10");
    assert_line(config, "listening-ip=168.100.64.10");
}

static void on_loopback_it_keeps_to_127_0_0_1(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autofree char *config = config_of(network,
                                        mp_far_ends_new_loopback(network, "/tmp/lab", NULL));
    assert_line(config, "listening-ip=127.0.0.1");
    assert_line(config, "relay-ip=127.0.0.1");
    assert_line(config, "allow-loopback-peers");
    g_assert_null(strstr(config, "168.100"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/coturn/relay", relayed_addresses_lie_inside_the_ranges_of_row_3_1);
    g_test_add_func("/lab/coturn/rfc5780", nat_behaviour_can_be_asked);
    g_test_add_func("/lab/coturn/files", all_files_are_the_labs_own);
    g_test_add_func("/lab/coturn/refusals", refusals_are_coturns_own);
    g_test_add_func("/lab/coturn/no-refusals", without_refusals_it_says_nothing_of_them);
    g_test_add_func("/lab/coturn/outside", relays_can_lie_outside_of_the_ranges);
    g_test_add_func("/lab/coturn/loopback", on_loopback_it_keeps_to_127_0_0_1);
    return g_test_run();
}
