/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The best tier, where a lower one lost less: because of its rate, or by chance?
 */
#include "probe/tier_choice.h"

#include <math.h>

#define TOLERABLE 2.0

/* Losses in the direction up, in runs of `burst` packets. */
static MpTierRun run_of(double sent, double lost, double burst)
{
    MpTierRun run = {.windows = NULL};
    run.joined.up.stats = (MpDirectionStats){.packets_sent = sent,
                                             .packets_received = sent - lost,
                                             .loss_percent = 100 * lost / sent,
                                             .burst_length = lost > 0 ? burst : 0};
    run.joined.down.stats = (MpDirectionStats){.packets_sent = sent, .packets_received = sent};
    return run;
}

static void a_tier_that_loses_little_is_the_best(void)
{
    const MpTierRun runs[] = {run_of(1600, 30, 1)};
    g_assert_cmpuint(mp_tier_choose(runs, G_N_ELEMENTS(runs), TOLERABLE, NAN), ==, 0);
}

/* 1 Mbps: the first two tiers do not fit, the third does. */
static void a_rate_that_fits_is_the_best(void)
{
    const MpTierRun runs[] = {run_of(450, 270, 3), run_of(300, 80, 2), run_of(190, 0, 0)};
    g_assert_cmpuint(mp_tier_choose(runs, G_N_ELEMENTS(runs), TOLERABLE, NAN), ==, 2);
}

/* 150 kbps: even the last tier does not fit, and is still the one that loses least. */
static void where_none_fits_the_least_loss_is_the_best(void)
{
    const MpTierRun runs[] = {run_of(450, 420, 15), run_of(300, 260, 7), run_of(190, 150, 4),
                              run_of(160, 90, 2), run_of(150, 60, 1.7)};
    g_assert_cmpuint(mp_tier_choose(runs, G_N_ELEMENTS(runs), TOLERABLE, NAN), ==, 4);
}

/* One outage of 300 ms in 4 s; the short run of the next tier met none. */
static void an_outage_that_a_short_run_missed_says_nothing_for_its_rate(void)
{
    const MpTierRun runs[] = {run_of(1600, 120, 120), run_of(300, 0, 0), run_of(190, 0, 0)};
    g_assert_cmpuint(mp_tier_choose(runs, G_N_ELEMENTS(runs), TOLERABLE, NAN), ==, 0);
}

/* The losses of a frame's burst lie together; after a second the upper tier was given up. */
static void a_short_run_without_loss_counts_though_losses_lay_together(void)
{
    const MpTierRun runs[] = {run_of(378, 85, 6.5), run_of(246, 110, 5), run_of(164, 0, 0)};
    g_assert_cmpuint(mp_tier_choose(runs, G_N_ELEMENTS(runs), TOLERABLE, NAN), ==, 2);
}

/* 5 % at random: 15 are expected in 300 packets, and 8 come once in thirty times. */
static void random_loss_is_no_matter_of_rate(void)
{
    const MpTierRun runs[] = {run_of(1600, 80, 1.05), run_of(300, 8, 1), run_of(190, 6, 1)};
    g_assert_cmpuint(mp_tier_choose(runs, G_N_ELEMENTS(runs), TOLERABLE, NAN), ==, 0);
}

/* All of it was lost, or the record of the first did not cover it. */
static void any_tier_is_better_than_none(void)
{
    MpTierRun nothing = run_of(400, 400, 400);
    MpTierRun unknown = nothing;
    unknown.joined.up.stats.loss_percent = unknown.joined.down.stats.loss_percent = NAN;
    const MpTierRun lost_first[] = {nothing, run_of(300, 3, 1)};
    const MpTierRun unknown_first[] = {unknown, run_of(300, 3, 1)};
    g_assert_cmpuint(mp_tier_choose(lost_first, 2, TOLERABLE, NAN), ==, 1);
    g_assert_cmpuint(mp_tier_choose(unknown_first, 2, TOLERABLE, NAN), ==, 1);
}

/* A policer's bucket hides the loss for a while, and then it comes in one run. */
static void a_tier_above_what_the_way_carries_is_worse(void)
{
    const MpTier tiers[] = {{.rate_kbps = 2500}, {.rate_kbps = 500}};
    MpTierRun runs[] = {run_of(450, 90, 90), run_of(80, 0, 0)};
    for (guint i = 0; i < G_N_ELEMENTS(runs); i++)
        runs[i].tier = &tiers[i];
    g_assert_cmpuint(mp_tier_choose(runs, 2, TOLERABLE, NAN), ==, 0);
    g_assert_cmpuint(mp_tier_choose(runs, 2, TOLERABLE, 1000), ==, 1);
    g_assert_cmpuint(mp_tier_choose(runs, 2, TOLERABLE, 15000), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tier/first", a_tier_that_loses_little_is_the_best);
    g_test_add_func("/tier/fits", a_rate_that_fits_is_the_best);
    g_test_add_func("/tier/none-fits", where_none_fits_the_least_loss_is_the_best);
    g_test_add_func("/tier/outage", an_outage_that_a_short_run_missed_says_nothing_for_its_rate);
    g_test_add_func("/tier/bursts", a_short_run_without_loss_counts_though_losses_lay_together);
    g_test_add_func("/tier/random", random_loss_is_no_matter_of_rate);
    g_test_add_func("/tier/nothing", any_tier_is_better_than_none);
    g_test_add_func("/tier_choice/capacity", a_tier_above_what_the_way_carries_is_worse);
    return g_test_run();
}
