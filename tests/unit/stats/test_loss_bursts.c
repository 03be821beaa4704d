/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bursts and gaps by RFC 3611 section 4.7.2.
 */
#include "stats/loss_bursts.h"

#include <math.h>
#include <string.h>

#define STEP MP_MSEC(10)

/* One character a packet, 10 ms apart: '+' arrived, '-' lost. */
static MpBurstFigures figures_of(const char *packets)
{
    MpLossBursts bursts = {0};
    for (gsize i = 0; i < strlen(packets); i++)
        mp_loss_bursts_add(&bursts, packets[i] == '+', MP_SEC(5) + STEP * (MpTime)i);
    return mp_loss_bursts_figures(&bursts);
}

#define SIXTEEN "++++++++++++++++"

static void fifteen_packets_between_two_losses_are_one_burst(void)
{
    const MpBurstFigures burst = figures_of(SIXTEEN "-+++++++++++++++-" SIXTEEN);
    g_assert_cmpfloat(burst.bursts, ==, 1);
    g_assert_cmpfloat_with_epsilon(burst.burst_density_percent, 100 * 2.0 / 17, 1e-9);
    g_assert_cmpfloat(burst.gap_density_percent, ==, 0);
    g_assert_cmpfloat(burst.burst_ms, ==, 170);
    /* Before it 160 ms, after it to the last packet 150 ms. */
    g_assert_cmpfloat(burst.gap_ms, ==, 155);
}

static void sixteen_packets_between_two_losses_are_a_gap(void)
{
    const MpBurstFigures gap = figures_of(SIXTEEN "-" SIXTEEN "-" SIXTEEN);
    g_assert_cmpfloat(gap.bursts, ==, 0);
    g_assert_true(isnan(gap.burst_density_percent));
    g_assert_true(isnan(gap.burst_ms));
    g_assert_cmpfloat_with_epsilon(gap.gap_density_percent, 100 * 2.0 / 50, 1e-9);
    g_assert_cmpfloat(gap.gap_ms, ==, 490);
}

static void a_lone_loss_between_bursts_is_the_gaps(void)
{
    const MpBurstFigures two = figures_of("--" SIXTEEN "-" SIXTEEN "-+-" SIXTEEN);
    g_assert_cmpfloat(two.bursts, ==, 2);
    g_assert_cmpfloat_with_epsilon(two.burst_density_percent, 100 * 4.0 / 5, 1e-9);
    g_assert_cmpfloat_with_epsilon(two.gap_density_percent, 100 * 1.0 / 49, 1e-9);
    g_assert_cmpfloat(two.burst_ms, ==, 25);
    /* It begins with a burst: one gap between the two, one at the end. */
    g_assert_cmpfloat(two.gap_ms, ==, (330 + 150) / 2.0);
}

static void the_end_of_the_trace_ends_a_burst(void)
{
    const MpBurstFigures open = figures_of(SIXTEEN "-+-");
    g_assert_cmpfloat(open.bursts, ==, 1);
    g_assert_cmpfloat(open.burst_ms, ==, 20);
    g_assert_cmpfloat(open.gap_ms, ==, 160);
    const MpBurstFigures lone = figures_of(SIXTEEN "-");
    g_assert_cmpfloat(lone.bursts, ==, 0);
}

static void all_lost_has_no_gap(void)
{
    const MpBurstFigures all = figures_of("----");
    g_assert_cmpfloat(all.bursts, ==, 1);
    g_assert_cmpfloat(all.burst_density_percent, ==, 100);
    g_assert_true(isnan(all.gap_density_percent));
    g_assert_true(isnan(all.gap_ms));
}

static void nothing_sent_has_neither(void)
{
    const MpBurstFigures none = figures_of("");
    g_assert_cmpfloat(none.bursts, ==, 0);
    g_assert_true(isnan(none.gap_density_percent));
    g_assert_true(isnan(none.gap_ms));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loss-bursts/one-burst", fifteen_packets_between_two_losses_are_one_burst);
    g_test_add_func("/loss-bursts/a-gap", sixteen_packets_between_two_losses_are_a_gap);
    g_test_add_func("/loss-bursts/lone-loss", a_lone_loss_between_bursts_is_the_gaps);
    g_test_add_func("/loss-bursts/open-end", the_end_of_the_trace_ends_a_burst);
    g_test_add_func("/loss-bursts/all-lost", all_lost_has_no_gap);
    g_test_add_func("/loss-bursts/nothing", nothing_sent_has_neither);
    return g_test_run();
}
