/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Differences against worked examples.
 */
#include "stats/difference.h"

#include <math.h>

static void near(double value, double expected, double tolerance)
{
    g_assert_cmpfloat(fabs(value - expected), <=, tolerance);
}

/* What both see alike is no difference, however much it is. */
static void a_network_that_changes_for_both_makes_none(void)
{
    const double first[] = {20, 80, 140, 60};
    const double second[] = {20.5, 79.5, 140.5, 59.5};
    const MpDifference difference = mp_difference_paired(first, second, 4);
    near(difference.value, 0, 1e-9);
    /* s = 0.57735, t(3) = 3.1824: half = 3.1824 * 0.57735 / 2. */
    near(difference.high, 0.91868, 1e-4);
    near(difference.low, -0.91868, 1e-4);
    g_assert_false(mp_difference_is_real(&difference, 0));
}

/* Gosset's own example of 1908: the additional sleep by two drugs, 1.58 hours, t = 4.06. */
static void students_example(void)
{
    const double first[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    const double second[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const MpDifference difference = mp_difference_paired(first, second, 10);
    near(difference.value, 1.58, 1e-9);
    near(difference.low, 0.7001, 2e-4);
    near(difference.high, 2.4599, 2e-4);
    g_assert_true(mp_difference_is_real(&difference, 1));
    g_assert_false(mp_difference_is_real(&difference, 2));
}

/* One round that hit one of them only proves nothing. */
static void a_single_bad_turn_is_no_difference(void)
{
    const double first[] = {20, 20, 80, 20};
    const double second[] = {20, 20, 20, 20};
    const MpDifference difference = mp_difference_paired(first, second, 4);
    near(difference.value, 15, 1e-9);
    g_assert_false(mp_difference_is_real(&difference, 5));
}

static void what_was_not_measured_is_left_out(void)
{
    const double first[] = {10, NAN, 12};
    const double second[] = {5, 5, 7};
    near(mp_difference_paired(first, second, 3).value, 5, 1e-9);
    g_assert_true(isnan(mp_difference_paired(first, second, 2).value));
    g_assert_true(isnan(mp_difference_paired(first, second, 0).low));
    const MpDifference nothing = mp_difference_paired(first, second, 1);
    g_assert_false(mp_difference_is_real(&nothing, 0));
}

/* Newcombe 1998, Statistics in Medicine 17: 873, table II, method 10. */
static void newcombes_examples(void)
{
    MpDifference difference = mp_difference_of_shares(56, 70, 48, 80);
    near(difference.value, 0.2, 1e-9);
    near(difference.low, 0.0524, 1e-4);
    near(difference.high, 0.3339, 1e-4);
    difference = mp_difference_of_shares(9, 10, 3, 10);
    near(difference.low, 0.1705, 1e-4);
    near(difference.high, 0.8090, 1e-4);
    difference = mp_difference_of_shares(0, 10, 0, 10);
    near(difference.low, -0.2775, 1e-4);
    near(difference.high, 0.2775, 1e-4);
    g_assert_true(isnan(mp_difference_of_shares(0, 0, 1, 10).value));
}

static void the_wider_end_counts(void)
{
    const MpDifference a = {1, -1, 2};
    const MpDifference b = {1, 0, 3};
    const MpDifference wider = mp_difference_wider(&a, &b);
    g_assert_cmpfloat(wider.low, ==, -1);
    g_assert_cmpfloat(wider.high, ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/difference/common-change", a_network_that_changes_for_both_makes_none);
    g_test_add_func("/difference/student", students_example);
    g_test_add_func("/difference/single-turn", a_single_bad_turn_is_no_difference);
    g_test_add_func("/difference/unmeasured", what_was_not_measured_is_left_out);
    g_test_add_func("/difference/newcombe", newcombes_examples);
    g_test_add_func("/difference/wider", the_wider_end_counts);
    return g_test_run();
}
