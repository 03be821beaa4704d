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

static PortSiteResult sweep(const PortWall *wall, const MpLink *link, guint rate, guint64 seed)
{
    const PortSiteRun run = {.wall = wall,
                             .link = link,
                             .rate = rate,
                             .seed = seed,
                             .first_unserved = 1,
                             .stop_at = MP_NEVER,
                             .gone_from = MP_NEVER};
    PortSiteResult result = port_site_run(&run);
    g_test_message("%.3f s, %" G_GUINT64_FORMAT " sent, %u rounds, %u wrong (%u), %u undecided, "
                   "bound %g, loss %g (out %g), %u cuts, %.0f/s",
                   mp_time_to_ms(result.took) / 1000, result.facts.n_sent, result.facts.n_rounds,
                   result.n_wrong, result.first_wrong, result.n_undecided, result.facts.wrong_bound,
                   result.facts.loss, result.facts.loss_out, result.facts.n_cuts,
                   result.facts.greatest_rate);
    return result;
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port_sweep/all open is one round", test_all_open_is_one_round);
    g_test_add_func("/port_sweep/goals in time", test_goals_in_time);
    g_test_add_func("/port_sweep/gentle rate", test_gentle_rate);
    g_test_add_func("/port_sweep/random firewalls", test_random_firewalls);
    return g_test_run();
}
