/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Port sweeps in virtual time: firewalls, loss, policers, and how long the map takes.
 */
#include <math.h>
#include <stdio.h>

#include "tests/support/port_site.h"

#define FAST 200000
/* 1.99 Mbps of 108 byte questions. */
#define GENTLE 2303

static MpLink *path(double loss_percent, MpTime rtt)
{
    MpLink *link = mp_link_new();
    MpLinkConditions *ways[] = {&link->up.conditions, &link->down.conditions};
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        ways[i]->delay = rtt / 2;
        ways[i]->loss = mp_link_loss_independent(loss_percent / 100);
    }
    return link;
}

static void tell(const PortSiteResult *result)
{
    g_test_message("%.3f s, %" G_GUINT64_FORMAT " sent, %u rounds, %u wrong (%u), %u undecided, "
                   "bound %g, loss %g (out %g), %u cuts, %.0f/s",
                   mp_time_to_ms(result->took) / 1000, result->facts.n_sent, result->facts.n_rounds,
                   result->n_wrong, result->first_wrong, result->n_undecided,
                   result->facts.wrong_bound, result->facts.loss, result->facts.loss_out,
                   result->facts.n_cuts, result->facts.greatest_rate);
}

static PortSiteRun plain(const PortWall *wall, const MpLink *link, guint rate, guint64 seed)
{
    return (PortSiteRun){.wall = wall,
                         .link = link,
                         .rate = rate,
                         .seed = seed,
                         .first = FIRST_PORT,
                         .last = LAST_PORT,
                         .first_unserved = 1,
                         .stop_at = MP_NEVER,
                         .gone_from = MP_NEVER};
}

static PortSiteResult run(const PortSiteRun *run)
{
    PortSiteResult result = port_site_run(run);
    tell(&result);
    return result;
}

static PortSiteResult sweep(const PortWall *wall, const MpLink *link, guint rate, guint64 seed)
{
    const PortSiteRun site = plain(wall, link, rate, seed);
    return run(&site);
}

static void assert_exact(const PortSiteResult *result)
{
    g_assert_cmpuint(result->n_wrong, ==, 0);
    g_assert_cmpuint(result->n_undecided, ==, 0);
    g_assert_cmpfloat(result->facts.wrong_bound, <=, 1e-3);
}

/* 3478 and 30000 to 40000: 10,002 ports. */
static PortWall *two_ranges(void)
{
    PortWall *wall = port_wall_open();
    port_wall_set(wall, FIRST_PORT, LAST_PORT, MP_SWEPT_UNSEEN);
    port_wall_set(wall, 3478, 3478, MP_SWEPT_ANSWERED);
    port_wall_set(wall, 30000, 40000, MP_SWEPT_ANSWERED);
    return wall;
}

static void test_all_open_is_one_round(void)
{
    g_autofree PortWall *wall = port_wall_open();
    g_autoptr(MpLink) link = path(0, MP_USEC(200));
    PortSiteResult result = sweep(wall, link, FAST, 1);
    assert_exact(&result);
    g_assert_cmpuint(result.facts.n_rounds, ==, 1);
    g_assert_cmpuint(result.facts.n_sent, <, LAST_PORT - FIRST_PORT + 1 + 100);
    g_assert_cmpint(result.took, <, MP_MSEC(500));
}

static void test_goals_in_time(void)
{
    static const struct {
        double loss_percent;
        MpTime rtt;
        gboolean is_open;
        MpTime within;
    } rows[] = {
        {0, MP_USEC(200), FALSE, MP_MSEC(600)},
        {2, MP_USEC(200), FALSE, MP_MSEC(1100)},
        {5, MP_MSEC(50), FALSE, MP_MSEC(2900)},
        {0, MP_MSEC(40), TRUE, MP_MSEC(900)},
    };
    g_autofree PortWall *open = port_wall_open();
    g_autofree PortWall *walled = two_ranges();
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (guint64 seed = 1; seed <= 5; seed++) {
            g_autoptr(MpLink) link = path(rows[i].loss_percent, rows[i].rtt);
            PortSiteResult result = sweep(rows[i].is_open ? open : walled, link, FAST, seed);
            assert_exact(&result);
            g_assert_cmpint(result.took, <, rows[i].within);
        }
    }
}

static void test_gentle_rate(void)
{
    g_autofree PortWall *open = port_wall_open();
    g_autofree PortWall *walled = two_ranges();
    const PortWall *walls[] = {open, walled};
    for (guint i = 0; i < G_N_ELEMENTS(walls); i++) {
        g_autoptr(MpLink) link = path(0, MP_MSEC(20));
        PortSiteResult result = sweep(walls[i], link, GENTLE, 1);
        assert_exact(&result);
        g_assert_cmpint(result.took, <, MP_SEC(30));
        g_assert_cmpfloat((double)result.facts.sent_bytes * 8 / (mp_time_to_ms(result.took) / 1e3),
                          <, 2e6);
    }
}

static void test_random_firewalls(void)
{
    const double losses[] = {0, 2, 5};
    const MpTime rtts[] = {MP_MSEC(1), MP_MSEC(40), MP_MSEC(300)};
    for (guint32 seed = 0; seed < 36; seed++) {
        g_autofree PortWall *wall = port_wall_random(seed);
        g_autoptr(MpLink) link = path(losses[seed % 3], rtts[seed / 3 % 3]);
        PortSiteResult result = sweep(wall, link, FAST, seed);
        assert_exact(&result);
    }
}

/* What is above the rate is dropped after a burst: no queue, no delay. */
static MpLink *policed(guint64 rate_bps, guint64 burst_bytes)
{
    MpLink *link = path(0, MP_MSEC(10));
    link->up.conditions.rate_bps = rate_bps;
    link->up.conditions.burst_bytes = burst_bytes;
    link->up.conditions.queue.limit_packets = 2;
    return link;
}

static void test_a_policer_is_no_block(void)
{
    const guint64 rates[] = {5000000, 20000000};
    g_autofree PortWall *open = port_wall_open();
    g_autofree PortWall *walled = two_ranges();
    const PortWall *walls[] = {open, walled};
    for (guint i = 0; i < 4; i++) {
        g_autoptr(MpLink) link = policed(rates[i / 2], 15000);
        PortSiteResult result = sweep(walls[i % 2], link, FAST, i);
        assert_exact(&result);
        g_assert_cmpuint(result.facts.n_cuts, >, 0);
        /* It went on near to what gets through. */
        g_assert_cmpfloat(result.facts.loss, <, 0.3);
        double bps = (double)result.facts.sent_bytes * 8 / (mp_time_to_ms(result.took) / 1e3);
        g_assert_cmpfloat(bps, >, (double)rates[i / 2] * 0.5);
    }
}

/* It lets less through than the sweep begins with: the first answers tell nothing. */
static void test_a_policer_below_the_first_rate(void)
{
    g_autofree PortWall *open = port_wall_open();
    g_autofree PortWall *walled = two_ranges();
    g_autoptr(MpLink) link = policed(3000000, 15000);
    g_autoptr(MpLink) slow = policed(500000, 15000);
    const PortSiteResult results[] = {sweep(open, link, FAST, 1), sweep(walled, slow, FAST, 1)};
    for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
        assert_exact(&results[i]);
        g_assert_cmpfloat(results[i].facts.loss, <, 0.2);
        g_assert_cmpint(results[i].took, <, MP_SEC(180));
    }
}

static void test_loss_of_the_path_itself_is_no_reason_to_be_slow(void)
{
    g_autofree PortWall *wall = port_wall_open();
    g_autoptr(MpLink) link = path(15, MP_MSEC(10));
    PortSiteResult result = sweep(wall, link, FAST, 1);
    assert_exact(&result);
    g_assert_cmpint(result.took, <, MP_MSEC(1500));
}

static void test_a_slow_queue_is_no_block(void)
{
    g_autofree PortWall *wall = two_ranges();
    g_autoptr(MpLink) link = path(0, MP_MSEC(20));
    link->up.conditions.rate_bps = 20000000;
    link->up.conditions.queue.limit_time = MP_MSEC(50);
    PortSiteResult result = sweep(wall, link, FAST, 1);
    assert_exact(&result);
}

static void test_bursts_of_loss(void)
{
    g_autofree PortWall *wall = two_ranges();
    for (guint64 seed = 1; seed <= 5; seed++) {
        g_autoptr(MpLink) link = path(0, MP_MSEC(10));
        link->up.conditions.loss = mp_link_loss_bursts(0.03, 5);
        link->down.conditions.loss = mp_link_loss_bursts(0.03, 5);
        PortSiteResult result = sweep(wall, link, FAST, seed);
        assert_exact(&result);
    }
}

/* One in 20 of these would be wrong about 3478 if it were asked once. */
static void test_a_single_open_port_is_found(void)
{
    g_autofree PortWall *wall = port_wall_open();
    port_wall_set(wall, FIRST_PORT, LAST_PORT, MP_SWEPT_UNSEEN);
    port_wall_set(wall, 20000, 20999, MP_SWEPT_ANSWERED);
    for (guint port = 40000; port < 60000; port += 1000)
        port_wall_set(wall, port, port, MP_SWEPT_ANSWERED);
    for (guint64 seed = 1; seed <= 20; seed++) {
        g_autoptr(MpLink) link = path(3, MP_MSEC(1));
        PortSiteResult result = sweep(wall, link, FAST, seed);
        assert_exact(&result);
    }
}

static void test_an_outage_is_no_block(void)
{
    g_autofree PortWall *wall = two_ranges();
    g_autoptr(MpLink) link = path(0, MP_MSEC(10));
    const MpLinkOutage outage = {MP_OUTAGE_DROPS, MP_SEC(3), MP_SEC(4), 0};
    g_array_append_val(link->up.outages, outage);
    PortSiteResult result = sweep(wall, link, GENTLE * 4, 1);
    assert_exact(&result);
}

/* The rounds of few ports are short: all of them would fit into the time that nothing passes. */
static void test_a_short_sweep_outlasts_an_outage(void)
{
    g_autofree PortWall *wall = port_wall_open();
    port_wall_set(wall, FIRST_PORT, LAST_PORT, MP_SWEPT_UNSEEN);
    port_wall_set(wall, 3000, 3020, MP_SWEPT_ANSWERED);
    g_autoptr(MpLink) link = path(0, MP_MSEC(1));
    const MpLinkOutage outage = {MP_OUTAGE_DROPS, MP_MSEC(12), MP_SEC(20), 0};
    g_array_append_val(link->up.outages, outage);
    PortSiteRun site = plain(wall, link, FAST, 1);
    site.first = 3000;
    site.last = 3040;
    PortSiteResult result = run(&site);
    assert_exact(&result);
    g_assert_cmpuint(result.facts.n_sent, <, 41 * 32);
}

static void test_a_far_end_that_goes_leaves_nothing_decided(void)
{
    g_autofree PortWall *wall = port_wall_open();
    g_autoptr(MpLink) link = path(0, MP_MSEC(10));
    PortSiteRun site = plain(wall, link, GENTLE * 4, 1);
    site.gone_from = MP_SEC(2);
    site.stop_at = MP_SEC(60);
    PortSiteResult result = run(&site);
    g_assert_cmpuint(result.n_wrong, ==, 0);
    g_assert_cmpuint(result.n_undecided, >, 40000);
    /* It does not go on as if nothing had happened. */
    g_assert_cmpuint(result.facts.n_sent, <, 40000);
}

/* Flows that it knows still pass, new ones do not: that is not what the firewall lets through. */
static void test_a_full_table_of_flows_is_no_block(void)
{
    g_autofree PortWall *open = port_wall_open();
    g_autofree PortWall *walled = two_ranges();
    const PortWall *walls[] = {open, walled};
    for (guint i = 0; i < G_N_ELEMENTS(walls); i++) {
        g_autoptr(MpLink) link = path(0, MP_MSEC(10));
        PortSiteRun site = plain(walls[i], link, FAST, 1);
        site.most_flows = 8000;
        site.stop_at = MP_SEC(120);
        PortSiteResult result = run(&site);
        g_assert_cmpuint(result.n_wrong, ==, 0);
        g_assert_cmpuint(result.n_undecided, >, 1000);
    }
}

static void test_cut_short(void)
{
    g_autofree PortWall *wall = two_ranges();
    g_autoptr(MpLink) link = path(2, MP_MSEC(40));
    for (MpTime stop_at = MP_MSEC(100); stop_at < MP_MSEC(1000); stop_at += MP_MSEC(100)) {
        PortSiteRun site = plain(wall, link, FAST, 1);
        site.stop_at = stop_at;
        PortSiteResult result = run(&site);
        g_assert_cmpuint(result.n_wrong, ==, 0);
        g_assert_cmpuint(result.n_undecided, >, 0);
    }
}

static void test_nothing_answers(void)
{
    g_autofree PortWall *wall = port_wall_open();
    port_wall_set(wall, FIRST_PORT, LAST_PORT, MP_SWEPT_SILENT);
    g_autoptr(MpLink) link = path(0, MP_MSEC(10));
    PortSiteRun site = plain(wall, link, FAST, 1);
    site.gone_from = 0;
    PortSiteResult result = run(&site);
    g_assert_cmpuint(result.n_wrong + result.n_undecided, ==, 0);
    g_assert_true(isnan(result.facts.wrong_bound) && isnan(result.facts.loss));
    g_assert_cmpuint(result.facts.n_sent, ==, 2 * (LAST_PORT - FIRST_PORT + 1));
    /* Nobody has said that the path bears more. */
    g_assert_cmpfloat(result.greatest_bps, <, 10e6);
}

/* Ports beside the range tell what none of its own can. */
static void test_a_closed_part_of_the_range(void)
{
    g_autofree PortWall *wall = port_wall_open();
    port_wall_set(wall, 2000, 2999, MP_SWEPT_UNSEEN);
    port_wall_set(wall, 2500, 2600, MP_SWEPT_SEEN);
    g_autoptr(MpLink) link = path(1, MP_MSEC(10));
    PortSiteRun site = plain(wall, link, FAST, 1);
    site.first = 2300;
    site.last = 2700;
    PortSiteResult result = run(&site);
    g_assert_cmpuint(result.n_wrong + result.n_undecided, ==, 0);
    site.first_unserved = 2000;
    site.last_unserved = 2999;
    result = run(&site);
    g_assert_cmpuint(result.n_wrong, ==, 0);
    g_assert_cmpuint(result.n_undecided, ==, 401);
}

static void test_a_far_end_that_cannot_tell(void)
{
    g_autofree PortWall *wall = port_wall_random(4);
    g_autoptr(MpLink) link = path(2, MP_MSEC(10));
    PortSiteRun site = plain(wall, link, FAST, 1);
    site.cannot_tell = TRUE;
    PortSiteResult result = run(&site);
    assert_exact(&result);
}

static void test_ports_that_are_not_served(void)
{
    g_autofree PortWall *wall = two_ranges();
    g_autoptr(MpLink) link = path(0, MP_MSEC(10));
    PortSiteRun site = plain(wall, link, FAST, 1);
    site.first_unserved = 35000;
    site.last_unserved = 50000;
    PortSiteResult result = run(&site);
    g_assert_cmpuint(result.n_wrong, ==, 0);
    g_assert_cmpuint(result.n_undecided, ==, 15001);
    /* What it said of that may be lost: then nothing is known of them. */
    site.served_from = MP_SEC(10);
    result = run(&site);
    g_assert_cmpuint(result.n_wrong, ==, 0);
    g_assert_cmpuint(result.n_undecided, >=, 15001);
}

static void test_overflow_here_is_no_block(void)
{
    g_autofree PortWall *wall = port_wall_open();
    g_autoptr(MpLink) link = path(0, MP_MSEC(10));
    PortSiteRun site = plain(wall, link, 50000, 1);
    site.deaf_from = MP_MSEC(500);
    site.deaf_to = MP_MSEC(700);
    PortSiteResult result = run(&site);
    assert_exact(&result);
    site.deaf_to = MP_NEVER;
    site.stop_at = MP_SEC(20);
    result = run(&site);
    g_assert_cmpuint(result.n_wrong, ==, 0);
    g_assert_cmpuint(result.n_undecided, >, 10000);
}

static void test_the_rate_is_kept(void)
{
    g_autofree PortWall *wall = port_wall_open();
    g_autoptr(MpLink) link = path(1, MP_MSEC(30));
    PortSiteResult result = sweep(wall, link, GENTLE, 1);
    assert_exact(&result);
    g_assert_cmpfloat(result.greatest_bps, <, 2.1e6);
    PortSiteRun site = plain(wall, link, 20, 1);
    site.last = FIRST_PORT + 99;
    result = run(&site);
    assert_exact(&result);
    g_assert_cmpint(result.took, >, MP_SEC(4));
}

/* 1025 to 65505, every 160th. */
static PortSiteRun sampled(const PortWall *wall, const MpLink *link, guint16 ports[404])
{
    PortSiteRun site = plain(wall, link, 400, 1);
    for (guint i = 0; i < 404; i++)
        ports[i] = (guint16)(1025 + 160 * i);
    site.sample = ports;
    site.n_sample = 404;
    return site;
}

static void test_a_sample_is_asked_and_nothing_else(void)
{
    guint16 ports[404];
    g_autofree PortWall *wall = port_wall_open();
    g_autoptr(MpLink) link = path(0, MP_MSEC(40));
    const PortSiteRun site = sampled(wall, link, ports);
    const PortSiteResult result = run(&site);
    assert_exact(&result);
    g_assert_cmpuint(result.facts.n_asked, ==, 404);
    g_assert_cmpuint(result.facts.n_sent, <, 430);
    g_assert_cmpint(result.took, <, MP_MSEC(1150));
}

static void test_a_sample_shows_who_keeps_what(void)
{
    const double losses[] = {0, 2, 5};
    for (guint i = 0; i < G_N_ELEMENTS(losses); i++) {
        guint16 ports[404];
        g_autofree PortWall *wall = port_wall_open();
        port_wall_set(wall, 20000, 29999, MP_SWEPT_UNSEEN);
        port_wall_set(wall, 40000, 44999, MP_SWEPT_SEEN);
        g_autoptr(MpLink) link = path(losses[i], MP_MSEC(40));
        const PortSiteRun site = sampled(wall, link, ports);
        const PortSiteResult result = run(&site);
        assert_exact(&result);
        g_assert_cmpint(result.took, <, losses[i]> 0 ? MP_SEC(4) : MP_SEC(3));
    }
}

/* One round and a second's patience: a far end that is not there costs no more. */
static void test_a_mute_sample_ends_soon_and_says_nothing(void)
{
    guint16 ports[404];
    g_autofree PortWall *wall = port_wall_open();
    port_wall_set(wall, FIRST_PORT, LAST_PORT, MP_SWEPT_UNSEEN);
    g_autoptr(MpLink) link = path(0, MP_MSEC(40));
    const PortSiteRun site = sampled(wall, link, ports);
    const PortSiteResult result = run(&site);
    g_assert_cmpuint(result.n_undecided, ==, 404);
    g_assert_cmpint(result.took, <, MP_MSEC(2100));
}

static void test_strange_answers(void)
{
    const MpPortSweepConfig config = {.range = {.first = 2000, .last = 2003},
                                      .rate = 100,
                                      .seed = 1,
                                      .question_size = 108,
                                      .block_question_size = 1000};
    g_autoptr(MpPortSweep) sweep = mp_port_sweep_new(&config, 0);
    MpPortQuestion question;
    guint8 bits[1] = {0xff};
    g_assert_cmpuint(mp_port_sweep_next(sweep, MP_SEC(1), &question, 1), ==, 1);
    mp_port_sweep_answer(sweep, 0, question.port, MP_SEC(1));
    mp_port_sweep_answer(sweep, 99, question.port, MP_SEC(1));
    mp_port_sweep_answer(sweep, question.sequence, question.port ^ 1, MP_SEC(1));
    mp_port_sweep_told(sweep, &question, bits);
    g_assert_cmpint(mp_port_sweep_facts(sweep).rtt_least, ==, 0);
    mp_port_sweep_answer(sweep, question.sequence, question.port, MP_SEC(1) + MP_MSEC(5));
    mp_port_sweep_answer(sweep, question.sequence, question.port, MP_SEC(1) + MP_MSEC(1));
    g_assert_cmpint(mp_port_sweep_facts(sweep).rtt_least, ==, MP_MSEC(5));
    mp_port_sweep_stop(sweep, MP_SEC(2));
    for (guint16 port = 2000; port <= 2003; port++)
        g_assert_cmpint(mp_port_sweep_verdict(sweep, port), ==,
                        port == question.port ? MP_SWEPT_ANSWERED : MP_SWEPT_UNDECIDED);
}

static void test_what_was_lost_here_is_not_asked(void)
{
    const MpPortSweepConfig config = {.range = {.first = 2000, .last = 2003},
                                      .rate = 100,
                                      .seed = 1,
                                      .question_size = 108,
                                      .block_question_size = 1000};
    g_autoptr(MpPortSweep) sweep = mp_port_sweep_new(&config, 0);
    MpPortQuestion questions[2];
    g_assert_cmpuint(mp_port_sweep_next(sweep, MP_SEC(1), questions, 2), ==, 2);
    g_assert_cmpuint(mp_port_sweep_facts(sweep).n_asked, ==, 2);
    mp_port_sweep_unsent(sweep, questions[0].sequence);
    g_assert_cmpuint(mp_port_sweep_facts(sweep).n_asked, ==, 1);
    g_assert_cmpuint(mp_port_sweep_facts(sweep).n_sent, ==, 1);
    mp_port_sweep_overflow(sweep, MP_SEC(1) + MP_MSEC(10));
    g_assert_cmpuint(mp_port_sweep_facts(sweep).n_asked, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port_sweep/all open is one round", test_all_open_is_one_round);
    g_test_add_func("/port_sweep/goals in time", test_goals_in_time);
    g_test_add_func("/port_sweep/gentle rate", test_gentle_rate);
    g_test_add_func("/port_sweep/random firewalls", test_random_firewalls);
    g_test_add_func("/port_sweep/a policer is no block", test_a_policer_is_no_block);
    g_test_add_func("/port_sweep/a policer below the first rate",
                    test_a_policer_below_the_first_rate);
    g_test_add_func("/port_sweep/loss of the path itself is no reason to be slow",
                    test_loss_of_the_path_itself_is_no_reason_to_be_slow);
    g_test_add_func("/port_sweep/a slow queue is no block", test_a_slow_queue_is_no_block);
    g_test_add_func("/port_sweep/bursts of loss", test_bursts_of_loss);
    g_test_add_func("/port_sweep/a single open port is found", test_a_single_open_port_is_found);
    g_test_add_func("/port_sweep/an outage is no block", test_an_outage_is_no_block);
    g_test_add_func("/port_sweep/a short sweep outlasts an outage",
                    test_a_short_sweep_outlasts_an_outage);
    g_test_add_func("/port_sweep/a far end that goes leaves nothing decided",
                    test_a_far_end_that_goes_leaves_nothing_decided);
    g_test_add_func("/port_sweep/a full table of flows is no block",
                    test_a_full_table_of_flows_is_no_block);
    g_test_add_func("/port_sweep/cut short", test_cut_short);
    g_test_add_func("/port_sweep/nothing answers", test_nothing_answers);
    g_test_add_func("/port_sweep/a closed part of the range", test_a_closed_part_of_the_range);
    g_test_add_func("/port_sweep/a far end that cannot tell", test_a_far_end_that_cannot_tell);
    g_test_add_func("/port_sweep/ports that are not served", test_ports_that_are_not_served);
    g_test_add_func("/port_sweep/overflow here is no block", test_overflow_here_is_no_block);
    g_test_add_func("/port_sweep/the rate is kept", test_the_rate_is_kept);
    g_test_add_func("/port_sweep/a sample is asked and nothing else",
                    test_a_sample_is_asked_and_nothing_else);
    g_test_add_func("/port_sweep/a sample shows who keeps what",
                    test_a_sample_shows_who_keeps_what);
    g_test_add_func("/port_sweep/a mute sample ends soon and says nothing",
                    test_a_mute_sample_ends_soon_and_says_nothing);
    g_test_add_func("/port_sweep/strange answers", test_strange_answers);
    g_test_add_func("/port_sweep/what was lost here is not asked",
                    test_what_was_lost_here_is_not_asked);
    return g_test_run();
}
