/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trip from four timestamps.
 */
#include "stats/round_trip.h"

static void the_time_spent_at_the_far_end_is_taken_off(void)
{
    const MpTime far = MP_SEC(1700000000);

    g_assert_cmpint(mp_rtt_four(0, far + MP_MSEC(10), far + MP_MSEC(15), MP_MSEC(25)), ==,
                    MP_MSEC(20));
}

static void a_missing_stamp_leaves_it_unknown(void)
{
    g_assert_cmpint(mp_rtt_four(MP_NEVER, 1, 2, 3), ==, MP_NEVER);
    g_assert_cmpint(mp_rtt_four(0, MP_NEVER, 2, 3), ==, MP_NEVER);
    g_assert_cmpint(mp_rtt_four(0, 1, MP_NEVER, 3), ==, MP_NEVER);
    g_assert_cmpint(mp_rtt_four(0, 1, 2, MP_NEVER), ==, MP_NEVER);
}

static void a_clock_that_was_stepped_leaves_it_unknown(void)
{
    g_assert_cmpint(mp_rtt_four(0, 100, 200, 50), ==, MP_NEVER);
    g_assert_cmpint(mp_rtt_four(0, 100, 90, 50), ==, MP_NEVER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/round-trip/far-end-is-taken-off", the_time_spent_at_the_far_end_is_taken_off);
    g_test_add_func("/round-trip/missing-stamp", a_missing_stamp_leaves_it_unknown);
    g_test_add_func("/round-trip/stepped-clock", a_clock_that_was_stepped_leaves_it_unknown);
    return g_test_run();
}
