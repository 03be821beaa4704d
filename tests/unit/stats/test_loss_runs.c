/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss and loss periods by RFC 3357.
 */
#include "stats/loss_runs.h"

#include <math.h>
#include <string.h>

/* One character a packet: '+' arrived, '-' lost. */
static MpLossRuns runs_of(const char *packets)
{
    MpLossRuns runs = {0};
    for (gsize i = 0; i < strlen(packets); i++)
        mp_loss_runs_add(&runs, packets[i] == '+');
    return runs;
}

static void each_run_of_lost_packets_is_one_period(void)
{
    const MpLossRuns runs = runs_of("+-+--++---");

    g_assert_cmpuint(runs.sent, ==, 10);
    g_assert_cmpuint(runs.lost, ==, 6);
    g_assert_cmpuint(runs.runs, ==, 3);
    g_assert_cmpuint(runs.longest, ==, 3);
    g_assert_cmpfloat(mp_loss_runs_percent(&runs), ==, 60);
    g_assert_cmpfloat(mp_loss_runs_mean_length(&runs), ==, 2);
}

static void everything_lost_is_one_period(void)
{
    const MpLossRuns runs = runs_of("----");

    g_assert_cmpfloat(mp_loss_runs_percent(&runs), ==, 100);
    g_assert_cmpuint(runs.runs, ==, 1);
    g_assert_cmpuint(runs.longest, ==, 4);
    g_assert_cmpfloat(mp_loss_runs_mean_length(&runs), ==, 4);
}

static void nothing_lost_has_no_period(void)
{
    const MpLossRuns runs = runs_of("+++");

    g_assert_cmpfloat(mp_loss_runs_percent(&runs), ==, 0);
    g_assert_cmpfloat(mp_loss_runs_mean_length(&runs), ==, 0);
    g_assert_cmpuint(runs.longest, ==, 0);
}

static void nothing_sent_is_not_0_percent_lost(void)
{
    const MpLossRuns runs = {0};

    g_assert_true(isnan(mp_loss_runs_percent(&runs)));
    g_assert_true(isnan(mp_loss_runs_mean_length(&runs)));
}

static void the_distance_is_between_periods(void)
{
    const MpLossRuns runs = runs_of("+--+++-+-");

    g_assert_cmpfloat(mp_loss_runs_mean_distance(&runs), ==, 3);
    const MpLossRuns one = runs_of("+---+");
    g_assert_true(isnan(mp_loss_runs_mean_distance(&one)));
}

static void losses_a_hundred_packets_apart_are_not_noticeable(void)
{
    MpLossRuns runs = {0};
    for (gsize i = 0; i < 300; i++)
        mp_loss_runs_add(&runs, i != 0 && i != 100 && i != 199 && i != 200);

    /* 100 packets after the first; 99 after the second; 1 after the third. */
    g_assert_cmpuint(runs.lost, ==, 4);
    g_assert_cmpuint(runs.noticeable, ==, 2);
    g_assert_cmpfloat(mp_loss_runs_noticeable_percent(&runs), ==, 50);
    const MpLossRuns none = runs_of("+++");
    g_assert_true(isnan(mp_loss_runs_noticeable_percent(&none)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loss-runs/a-run-is-a-period", each_run_of_lost_packets_is_one_period);
    g_test_add_func("/loss-runs/all-lost", everything_lost_is_one_period);
    g_test_add_func("/loss-runs/none-lost", nothing_lost_has_no_period);
    g_test_add_func("/loss-runs/none-sent", nothing_sent_is_not_0_percent_lost);
    g_test_add_func("/loss-runs/distance", the_distance_is_between_periods);
    g_test_add_func("/loss-runs/noticeable", losses_a_hundred_packets_apart_are_not_noticeable);
    return g_test_run();
}
