/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A link's description in the words of tc-netem(8).
 */
#include "lab/netem.h"

#define START "tc -n router qdisc add dev wan root netem "

static void assert_command(const MpLinkConditions *conditions, const char *expected)
{
    g_auto(GStrv) argv = mp_netem_command("router", "wan", conditions);
    g_autofree char *line = g_strjoinv(" ", argv);
    g_assert_cmpstr(line, ==, expected);
}

static void a_plain_link_has_the_default_queue(void)
{
    assert_command(&(MpLinkConditions){0}, START "limit 1000");
}

static void delay_and_jitter(void)
{
    MpLinkConditions conditions = {.delay = MP_MSEC(20)};
    assert_command(&conditions, START "delay 20000us limit 1000");
    conditions.jitter = (MpLinkJitter){.scale = MP_USEC(1500), .reorders = TRUE};
    assert_command(&conditions, START "delay 20000us 1500us limit 1000");
    conditions.jitter.distribution = MP_JITTER_NORMAL;
    assert_command(&conditions, START "delay 20000us 1500us distribution normal limit 1000");
}

static void loss_of_both_kinds(void)
{
    assert_command(&(MpLinkConditions){.loss = mp_link_loss_independent(0.01)},
                   START "loss random 1.000000% limit 1000");
    MpLinkConditions conditions = {.loss = {0.02, 0.25, 0.001, 0.9}};
    assert_command(&conditions,
                   START "loss gemodel 2.000000% 25.000000% 90.000000% 0.100000% limit 1000");
}

static void copies_and_flipped_bits(void)
{
    assert_command(&(MpLinkConditions){.duplicate = 0.005, .corrupt = 0.001},
                   START "duplicate 0.500000% corrupt 0.100000% limit 1000");
}

/* 1 Mbps for 120 ms is 10 packets of 1500 bytes; those on their way count too. */
static void the_queue_counts_packets(void)
{
    MpLinkConditions conditions = {.rate_bps = 1000000, .queue = {.limit_time = MP_MSEC(120)}};
    assert_command(&conditions, START "rate 1000000bit -14 limit 11");
    conditions.delay = MP_MSEC(120);
    assert_command(&conditions, START "delay 120000us rate 1000000bit -14 limit 22");
    conditions.queue.limit_packets = 5;
    assert_command(&conditions, START "delay 120000us rate 1000000bit -14 limit 16");
}

static MpNetwork *network_with_netem(void)
{
    MpNetwork *network = mp_network_new();
    network->name = g_strdup("test");
    network->link = mp_link_new();
    network->link->backend = MP_LINK_NETEM;
    return network;
}

static void both_directions_are_commands(void)
{
    g_autoptr(MpNetwork) network = network_with_netem();
    network->link->down.conditions.delay = MP_MSEC(5);
    g_autoptr(GPtrArray) commands = mp_lab_commands_new();
    mp_netem_add_commands(commands, network);
    g_assert_cmpuint(commands->len, ==, 2);
    const MpLabCommand *down = commands->pdata[1];
    g_autofree char *line = g_strjoinv(" ", down->argv);
    g_assert_cmpstr(line, ==,
                    "tc -n carrier qdisc add dev site root netem delay 5000us limit 1000");
    network->link->backend = MP_LINK_EMULATOR;
    mp_netem_add_commands(commands, network);
    g_assert_cmpuint(commands->len, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/netem/plain", a_plain_link_has_the_default_queue);
    g_test_add_func("/lab/netem/delay", delay_and_jitter);
    g_test_add_func("/lab/netem/loss", loss_of_both_kinds);
    g_test_add_func("/lab/netem/copies", copies_and_flipped_bits);
    g_test_add_func("/lab/netem/queue", the_queue_counts_packets);
    g_test_add_func("/lab/netem/directions", both_directions_are_commands);
    return g_test_run();
}
