/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Probabilities from counts of simulated calls, whatever the fitted table holds.
 */
#include "simulator/sim_calibration.h"

#include <math.h>

#define CALLS 40

static MpSimProbability of(guint session, guint stable, guint degraded)
{
    const guint n_calls[MP_VERDICT_UNKNOWN] = {stable, degraded, CALLS - stable - degraded};
    return mp_sim_calibrated((MpSessionType)session, n_calls);
}

static void probabilities_sum_to_one(void)
{
    for (guint session = 0; session < MP_N_SESSION_TYPES; session++)
        for (guint stable = 0; stable <= CALLS; stable += 5)
            for (guint degraded = 0; stable + degraded <= CALLS; degraded += 5) {
                const MpSimProbability each = of(session, stable, degraded);
                g_assert_cmpfloat_with_epsilon(each.stable + each.degraded + each.unstable, 1,
                                               1e-12);
                g_assert_cmpfloat(fmin(each.stable, fmin(each.degraded, each.unstable)), >=, 0);
            }
}

static void more_stable_calls_are_more_probably_stable(void)
{
    for (guint session = 0; session < MP_N_SESSION_TYPES; session++)
        for (guint stable = 0; stable < CALLS; stable++)
            g_assert_cmpfloat(of(session, stable, 0).stable, <, of(session, stable + 1, 0).stable);
}

static void nothing_is_certain(void)
{
    g_assert_cmpfloat(of(MP_SESSION_LIVE_VIDEO, CALLS, 0).stable, <, 1);
    g_assert_cmpfloat(of(MP_SESSION_LIVE_VIDEO, 0, 0).stable, >, 0);
}

static void worse_calls_are_more_probably_unstable(void)
{
    const MpSimProbability unstable = of(MP_SESSION_SCREEN_SHARE, 0, 0);
    const MpSimProbability degraded = of(MP_SESSION_SCREEN_SHARE, 0, CALLS);
    g_assert_cmpfloat(unstable.unstable, >, degraded.unstable);
    g_assert_cmpfloat(unstable.stable, ==, degraded.stable);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim-calibration/sum", probabilities_sum_to_one);
    g_test_add_func("/sim-calibration/more-stable", more_stable_calls_are_more_probably_stable);
    g_test_add_func("/sim-calibration/certain", nothing_is_certain);
    g_test_add_func("/sim-calibration/unstable", worse_calls_are_more_probably_unstable);
    return g_test_run();
}
