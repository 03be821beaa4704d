/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Clocks that drift by a known rate, seen through queues.
 */
#include "stats/clock_drift.h"

#include <math.h>

#define POINTS 4000
#define INTERVAL MP_USEC(2500)

static double draw(GRand *random)
{
    return g_rand_double(random);
}

/* Ten seconds; every packet waits an exponential time of 3 ms in mean. */
static void fill(MpDelayPoint *points, double drift, guint seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    for (gsize i = 0; i < POINTS; i++) {
        const MpTime sent = MP_SEC(1700000000) + INTERVAL * (MpTime)i;
        const double queue = -3e6 * log(1 - draw(random));
        points[i].sent = sent;
        points[i].delay = MP_MSEC(20) - MP_SEC(3600) + (MpTime)queue +
                          (MpTime)(drift * (double)(INTERVAL * (MpTime)i));
    }
    g_rand_free(random);
}

/* 95 % of the bounds hold: of 100 at least 88. */
static void the_bound_holds(void)
{
    g_autofree MpDelayPoint *points = g_new(MpDelayPoint, POINTS);
    guint held = 0;
    for (guint seed = 0; seed < 100; seed++) {
        const double drift = ((double)seed - 50) * 2e-6;
        fill(points, drift, seed);
        const MpDrift found = mp_clock_drift(points, POINTS);
        held += fabs(found.slope - drift) <= found.bound;
        g_assert_cmpfloat(fabs(found.slope - drift), <, 5e-6);
        g_assert_cmpfloat(found.bound, <, 10e-6);
    }
    g_assert_cmpuint(held, >=, 88);
}

static void without_queues_it_is_exact(void)
{
    g_autofree MpDelayPoint *points = g_new(MpDelayPoint, POINTS);
    for (gsize i = 0; i < POINTS; i++)
        points[i] = (MpDelayPoint){INTERVAL * (MpTime)i,
                                   MP_SEC(9) + (MpTime)(50e-6 * (double)INTERVAL * (double)i)};
    const MpDrift found = mp_clock_drift(points, POINTS);
    g_assert_cmpfloat_with_epsilon(found.slope, 50e-6, 1e-9);
    g_assert_cmpfloat(found.bound, <, 1e-8);
}

static void too_little_says_nothing(void)
{
    MpDelayPoint points[100];
    for (gsize i = 0; i < 100; i++)
        points[i] = (MpDelayPoint){MP_SEC(1), 0};
    g_assert_true(isnan(mp_clock_drift(points, 0).slope));
    g_assert_true(isnan(mp_clock_drift(points, 20).slope));
    g_assert_true(isnan(mp_clock_drift(points, 100).slope));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock-drift/bound", the_bound_holds);
    g_test_add_func("/clock-drift/exact", without_queues_it_is_exact);
    g_test_add_func("/clock-drift/too-little", too_little_says_nothing);
    return g_test_run();
}
