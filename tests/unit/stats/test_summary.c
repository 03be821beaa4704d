/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a summary of values says, and what it says of none.
 */
#include "stats/summary.h"

#include <math.h>

static void quantiles_are_the_nearest_rank(void)
{
    const double values[] = {50, 15, 40, 20, 35};
    const double ascending[] = {15, 20, 35, 40, 50};
    const MpSummary summary = mp_summary(values, 5);

    g_assert_cmpuint(summary.count, ==, 5);
    g_assert_cmpfloat(summary.p50, ==, 35);
    g_assert_cmpfloat(summary.p95, ==, 50);
    g_assert_cmpfloat(mp_quantile(ascending, 5, 5), ==, 15);
    g_assert_cmpfloat(mp_quantile(ascending, 5, 30), ==, 20);
    g_assert_cmpfloat(mp_quantile(ascending, 5, 40), ==, 20);
    g_assert_cmpfloat(mp_quantile(ascending, 5, 100), ==, 50);
}

static void the_95th_of_twenty_is_the_19th(void)
{
    double values[20];
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        values[i] = (double)(i + 1);

    g_assert_cmpfloat(mp_summary(values, 20).p95, ==, 19);
    g_assert_cmpfloat(mp_summary(values, 20).p99, ==, 20);
}

static void min_max_and_mean_do_not_depend_on_order(void)
{
    const double values[] = {3, 1, 8};
    const MpSummary summary = mp_summary(values, 3);

    g_assert_cmpfloat(summary.min, ==, 1);
    g_assert_cmpfloat(summary.max, ==, 8);
    g_assert_cmpfloat(summary.mean, ==, 4);
}

static void one_value_is_every_figure(void)
{
    const double value = 7;
    const MpSummary summary = mp_summary(&value, 1);

    g_assert_cmpfloat(summary.min, ==, 7);
    g_assert_cmpfloat(summary.p50, ==, 7);
    g_assert_cmpfloat(summary.p99, ==, 7);
    g_assert_cmpfloat(summary.mean, ==, 7);
}

static void no_values_give_nan_not_zero(void)
{
    const MpSummary summary = mp_summary(NULL, 0);

    g_assert_cmpuint(summary.count, ==, 0);
    g_assert_true(isnan(summary.min));
    g_assert_true(isnan(summary.p50));
    g_assert_true(isnan(summary.p95));
    g_assert_true(isnan(summary.p99));
    g_assert_true(isnan(summary.max));
    g_assert_true(isnan(summary.mean));
    g_assert_true(isnan(mp_quantile(NULL, 0, 50)));
}

static void a_value_that_was_not_measured_is_left_out(void)
{
    const double values[] = {NAN, 4, NAN, 2};
    const double nothing[] = {NAN, NAN};

    g_assert_cmpuint(mp_summary(values, 4).count, ==, 2);
    g_assert_cmpfloat(mp_summary(values, 4).mean, ==, 3);
    g_assert_cmpuint(mp_summary(nothing, 2).count, ==, 0);
    g_assert_true(isnan(mp_summary(nothing, 2).p50));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/summary/quantiles-are-the-nearest-rank", quantiles_are_the_nearest_rank);
    g_test_add_func("/summary/the-95th-of-twenty-is-the-19th", the_95th_of_twenty_is_the_19th);
    g_test_add_func("/summary/order-does-not-matter", min_max_and_mean_do_not_depend_on_order);
    g_test_add_func("/summary/one-value-is-every-figure", one_value_is_every_figure);
    g_test_add_func("/summary/no-values-give-nan", no_values_give_nan_not_zero);
    g_test_add_func("/summary/nan-is-left-out", a_value_that_was_not_measured_is_left_out);
    return g_test_run();
}
