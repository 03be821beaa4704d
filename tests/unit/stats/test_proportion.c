/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wilson's interval against values computed by hand from the formula.
 */
#include "stats/proportion.h"

#include <math.h>

static void test_values(void)
{
    /* z = 1.96: z2 = 3.8415; 2 of 20: center 0.1960, half 0.1430, scale 1.1921. */
    MpProportion two = mp_proportion(2, 20);
    g_assert_cmpfloat_with_epsilon(two.share, 0.1, 1e-9);
    g_assert_cmpfloat_with_epsilon(two.low, 0.0279, 1e-3);
    g_assert_cmpfloat_with_epsilon(two.high, 0.3010, 1e-3);
}

static void test_none_and_all(void)
{
    /* 0 of n: the upper end is z2 / (n + z2). */
    MpProportion none = mp_proportion(0, 20);
    g_assert_cmpfloat(none.low, ==, 0);
    g_assert_cmpfloat_with_epsilon(none.high, 3.8415 / 23.8415, 1e-4);
    MpProportion all = mp_proportion(20, 20);
    g_assert_cmpfloat(all.high, ==, 1);
    g_assert_cmpfloat_with_epsilon(all.low, 20 / 23.8415, 1e-4);
}

static void test_nothing_counted_is_not_known(void)
{
    g_assert_true(isnan(mp_proportion(0, 0).share));
}

/* Clopper and Pearson: 3 / n for none, and a table's value for 2 of 20 (0.2826 at 95 %). */
static void test_upper_bound(void)
{
    g_assert_cmpfloat_with_epsilon(mp_proportion_upper(0, 400), 0.00746, 1e-5);
    g_assert_cmpfloat_with_epsilon(mp_proportion_upper(2, 20), 0.2826, 1e-4);
    g_assert_cmpfloat(mp_proportion_upper(20, 20), ==, 1);
    g_assert_cmpfloat_with_epsilon(mp_proportion_upper(1000, 64000), 0.01646, 1e-4);
    g_assert_true(isnan(mp_proportion_upper(0, 0)));
}

/* 1 % in bursts of 4 of 2500 packets: some 350 independent draws; alone 0.39 percent
 * points to each side. */
static void test_hits_in_runs_tell_less(void)
{
    const MpProportion runs = mp_proportion_in_runs(25, 6, 2500);
    g_assert_cmpfloat_with_epsilon((runs.high - runs.low) / 2, 0.0117, 0.0005);
    const MpProportion single = mp_proportion_in_runs(25, 25, 2500);
    g_assert_cmpfloat_with_epsilon((single.high - single.low) / 2, 0.0039, 0.0002);
    g_assert_cmpfloat(runs.share, ==, single.share);
    g_assert_cmpfloat(mp_proportion_in_runs(0, 0, 100).high, ==, mp_proportion(0, 100).high);
    g_assert_cmpfloat(mp_proportion_in_runs(100, 1, 100).low, ==, mp_proportion(100, 100).low);
    g_assert_true(isnan(mp_proportion_in_runs(0, 0, 0).share));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stats/proportion/values", test_values);
    g_test_add_func("/stats/proportion/none-and-all", test_none_and_all);
    g_test_add_func("/stats/proportion/nothing", test_nothing_counted_is_not_known);
    g_test_add_func("/stats/proportion/upper", test_upper_bound);
    g_test_add_func("/stats/proportion/in-runs", test_hits_in_runs_tell_less);
    return g_test_run();
}
