/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Means and variances of what is drawn, against the distributions' own.
 */
#include "stats/variate.h"

#include <math.h>

#define DRAWS 100000

typedef struct {
    double mean;
    double variance;
} Moments;

typedef double (*Draw)(MpVariate *variate, double a, double b);

static Moments moments_of(Draw draw, double a, double b)
{
    MpVariate variate = {7};
    double sum = 0;
    double squares = 0;
    for (guint i = 0; i < DRAWS; i++) {
        const double value = draw(&variate, a, b);
        sum += value;
        squares += value * value;
    }
    const double mean = sum / DRAWS;
    return (Moments){mean, squares / DRAWS - mean * mean};
}

static void assert_moments(Draw draw, double a, double b, Moments expected)
{
    const Moments seen = moments_of(draw, a, b);
    g_assert_cmpfloat_with_epsilon(seen.mean, expected.mean, 5 * sqrt(expected.variance / DRAWS));
    g_assert_cmpfloat_with_epsilon(seen.variance, expected.variance, 0.05 * expected.variance);
}

static double normal(MpVariate *variate, double a, double b)
{
    (void)a, (void)b;
    return mp_variate_normal(variate);
}

static double exponential(MpVariate *variate, double a, double b)
{
    (void)a, (void)b;
    return mp_variate_exponential(variate);
}

static double gamma_of(MpVariate *variate, double a, double b)
{
    (void)b;
    return mp_variate_gamma(variate, a);
}

static void test_means_and_variances(void)
{
    assert_moments(normal, 0, 0, (Moments){0, 1});
    assert_moments(exponential, 0, 0, (Moments){1, 1});
    assert_moments(gamma_of, 0.4, 0, (Moments){0.4, 0.4});
    assert_moments(gamma_of, 7, 0, (Moments){7, 7});
    /* yes * no / ((yes + no)^2 (yes + no + 1)) */
    assert_moments(mp_variate_beta, 3, 1, (Moments){0.75, 3.0 / 80});
    assert_moments(mp_variate_beta, 0.5, 0.5, (Moments){0.5, 0.125});
}

/* Nearly all of a small shape's values are as good as 0, none is not a number. */
static void test_small_shapes(void)
{
    MpVariate variate = {1};
    guint n_small = 0;
    for (guint i = 0; i < 1000; i++) {
        const double value = mp_variate_gamma(&variate, 0.02);
        g_assert_true(value >= 0 && isfinite(value));
        n_small += value < 1e-6 ? 1 : 0;
    }
    g_assert_cmpuint(n_small, >, 650);
    g_assert_cmpuint(n_small, <, 850);
}

static void test_one_seed_is_one_sequence(void)
{
    MpVariate a = {42};
    MpVariate b = {42};
    for (guint i = 0; i < 100; i++)
        g_assert_cmpfloat(mp_variate_gamma(&a, 0.7), ==, mp_variate_gamma(&b, 0.7));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/variate/means-and-variances", test_means_and_variances);
    g_test_add_func("/variate/small-shapes", test_small_shapes);
    g_test_add_func("/variate/one-seed-is-one-sequence", test_one_seed_is_one_sequence);
    return g_test_run();
}
