/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Jitter: the distributions by their quantiles and means, the memory of a correlated one.
 */
#include "link/link_jitter.h"

#include <math.h>
#include <stdlib.h>

#define N_PACKETS 400000

static int compare(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* In scales: what packets, one each `interval`, wait. */
static double *draw(const MpLinkJitter *jitter, MpTime interval)
{
    MpLinkRandom random = mp_link_random(3, 0, MP_LINK_DRAW_JITTER);
    MpLinkJitterState state = {0};
    double *values = g_new(double, N_PACKETS);
    for (guint i = 0; i < N_PACKETS; i++)
        values[i] = (double)mp_link_jitter_draw(&state, jitter, &random, i, i * interval) /
                    (double)jitter->scale;
    return values;
}

static double mean(const double *values)
{
    double sum = 0;
    for (guint i = 0; i < N_PACKETS; i++)
        sum += values[i];
    return sum / N_PACKETS;
}

static double correlation(const double *values, guint lag)
{
    double middle = mean(values), variance = 0, covariance = 0;
    for (guint i = 0; i + lag < N_PACKETS; i++) {
        variance += (values[i] - middle) * (values[i] - middle);
        covariance += (values[i] - middle) * (values[i + lag] - middle);
    }
    return covariance / variance;
}

static void every_distribution_has_its_mean_and_quantiles(void)
{
    static const struct {
        MpJitterDistribution distribution;
        double mean, p05, p50, p95, p99;
    } cases[] = {
        {MP_JITTER_UNIFORM, 0, -0.9, 0, 0.9, 0.98},
        {MP_JITTER_NORMAL, 0, -1.6449, 0, 1.6449, 2.3263},
        {MP_JITTER_EXPONENTIAL, 1, 0.05129, 0.6931, 2.9957, 4.6052},
        /* 2 (q^(-1/3) - 1) */
        {MP_JITTER_PARETO, 1, 0.03449, 0.51984, 3.42884, 7.28318},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        MpLinkJitter jitter = {.distribution = cases[i].distribution, .scale = MP_MSEC(10)};
        g_autofree double *values = draw(&jitter, MP_MSEC(1));
        g_assert_cmpfloat_with_epsilon(mean(values), cases[i].mean, 0.015);
        g_assert_cmpfloat_with_epsilon(correlation(values, 1), 0, 0.01);
        qsort(values, N_PACKETS, sizeof *values, compare);
        g_assert_cmpfloat_with_epsilon(values[N_PACKETS / 20], cases[i].p05, 0.02);
        g_assert_cmpfloat_with_epsilon(values[N_PACKETS / 2], cases[i].p50, 0.02);
        g_assert_cmpfloat_with_epsilon(values[N_PACKETS / 20 * 19], cases[i].p95, 0.06);
        g_assert_cmpfloat_with_epsilon(values[N_PACKETS / 100 * 99], cases[i].p99, 0.2);
    }
}

static void correlation_falls_to_1_in_e_in_its_time(void)
{
    MpLinkJitter jitter = {
        .distribution = MP_JITTER_NORMAL, .scale = MP_MSEC(10), .correlation_time = MP_MSEC(20)};
    g_autofree double *every_ms = draw(&jitter, MP_MSEC(1));
    g_assert_cmpfloat_with_epsilon(correlation(every_ms, 20), exp(-1), 0.03);
    g_assert_cmpfloat_with_epsilon(correlation(every_ms, 10), exp(-0.5), 0.03);
    g_assert_cmpfloat_with_epsilon(correlation(every_ms, 60), exp(-3), 0.03);
    /* The time counts, not the number of packets. */
    g_autofree double *every_10_ms = draw(&jitter, MP_MSEC(10));
    g_assert_cmpfloat_with_epsilon(correlation(every_10_ms, 2), exp(-1), 0.02);
}

static void correlation_leaves_the_distribution_as_it_is(void)
{
    MpLinkJitter jitter = {.distribution = MP_JITTER_EXPONENTIAL,
                           .scale = MP_MSEC(10),
                           .correlation_time = MP_MSEC(5)};
    g_autofree double *values = draw(&jitter, MP_MSEC(1));
    g_assert_cmpfloat_with_epsilon(mean(values), 1, 0.03);
    qsort(values, N_PACKETS, sizeof *values, compare);
    g_assert_cmpfloat_with_epsilon(values[N_PACKETS / 2], 0.6931, 0.03);
    g_assert_cmpfloat_with_epsilon(values[N_PACKETS / 20 * 19], 2.9957, 0.1);
}

static void only_seed_and_number_make_a_packets_jitter(void)
{
    MpLinkRandom random = mp_link_random(3, 0, MP_LINK_DRAW_JITTER);
    MpLinkJitter jitter = {.distribution = MP_JITTER_NORMAL, .scale = MP_MSEC(10)};
    MpLinkJitterState all = {0}, some = {0};
    for (guint i = 0; i < 100; i++) {
        MpTime expected = mp_link_jitter_draw(&all, &jitter, &random, i, MP_MSEC(i));
        g_assert_cmpint(mp_link_jitter_draw(&all, &jitter, &random, i, MP_SEC(i)), ==, expected);
        if (i % 3 == 0)
            g_assert_cmpint(mp_link_jitter_draw(&some, &jitter, &random, i, MP_SEC(i)), ==,
                            expected);
    }
}

/* The second copy of a packet, which leaves the bottleneck later. */
static void a_packet_asked_for_again_has_the_same_jitter(void)
{
    MpLinkRandom random = mp_link_random(3, 0, MP_LINK_DRAW_JITTER);
    MpLinkJitter jitter = {
        .distribution = MP_JITTER_NORMAL, .scale = MP_MSEC(10), .correlation_time = MP_MSEC(20)};
    MpLinkJitterState state = {0};
    for (guint i = 0; i < 100; i++) {
        MpTime first = mp_link_jitter_draw(&state, &jitter, &random, i, MP_MSEC(10 * i));
        g_assert_cmpint(mp_link_jitter_draw(&state, &jitter, &random, i, MP_MSEC(10 * i + 5)), ==,
                        first);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/jitter/distributions", every_distribution_has_its_mean_and_quantiles);
    g_test_add_func("/jitter/correlation", correlation_falls_to_1_in_e_in_its_time);
    g_test_add_func("/jitter/correlated-distribution",
                    correlation_leaves_the_distribution_as_it_is);
    g_test_add_func("/jitter/number", only_seed_and_number_make_a_packets_jitter);
    g_test_add_func("/jitter/again", a_packet_asked_for_again_has_the_same_jitter);
    return g_test_run();
}
