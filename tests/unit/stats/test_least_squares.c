/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Linear functions that are found again.
 */
#include "stats/least_squares.h"

#include <math.h>

#include "stats/variate.h"

static void test_an_exact_function(void)
{
    const double rows[] = {0, 1, 1, 0, 2, 5, 3, 3, -4, 2, 7, -1};
    double values[6];
    for (guint i = 0; i < 6; i++)
        values[i] = 3 + 2 * rows[2 * i] - 0.5 * rows[2 * i + 1];
    const MpLeastSquares fit = mp_least_squares(rows, 2, values, 6);
    g_assert_cmpfloat_with_epsilon(fit.constant, 3, 1e-4);
    g_assert_cmpfloat_with_epsilon(fit.slopes[0], 2, 1e-4);
    g_assert_cmpfloat_with_epsilon(fit.slopes[1], -0.5, 1e-4);
    g_assert_cmpfloat(fit.deviation, <, 1e-4);
    const double row[] = {10, 10};
    g_assert_cmpfloat_with_epsilon(mp_least_squares_at(&fit, row), 18, 1e-3);
}

#define N 5000

/* Noise of deviation 0.3, a column that never changes and one that is there twice. */
static void test_noise(void)
{
    g_autofree double *rows = g_new(double, 3 * N);
    g_autofree double *values = g_new(double, N);
    MpVariate variate = {1};
    for (guint i = 0; i < N; i++) {
        const double x = mp_variate_normal(&variate);
        rows[3 * i] = rows[3 * i + 1] = x;
        rows[3 * i + 2] = 4;
        values[i] = 1 + 2 * x + 0.3 * mp_variate_normal(&variate);
    }
    const MpLeastSquares fit = mp_least_squares(rows, 3, values, N);
    g_assert_cmpfloat_with_epsilon(fit.slopes[0] + fit.slopes[1], 2, 0.02);
    g_assert_cmpfloat_with_epsilon(fit.constant + 4 * fit.slopes[2], 1, 0.03);
    g_assert_cmpfloat_with_epsilon(fit.deviation, 0.3, 0.01);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/least-squares/an-exact-function", test_an_exact_function);
    g_test_add_func("/least-squares/noise", test_noise);
    return g_test_run();
}
