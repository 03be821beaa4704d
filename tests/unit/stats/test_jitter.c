/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Interarrival jitter by RFC 3550 section 6.4.1.
 */
#include "stats/jitter.h"

#include <math.h>

static void a_difference_of_16_ms_adds_1_ms_to_an_estimate_of_0(void)
{
    MpJitter jitter = {0};
    mp_jitter_add(&jitter, MP_MSEC(0), MP_MSEC(100));
    mp_jitter_add(&jitter, MP_MSEC(20), MP_MSEC(136));
    g_assert_cmpfloat(mp_jitter_final_ms(&jitter), ==, 1);

    /* J = 1 + (16 - 1) / 16 */
    mp_jitter_add(&jitter, MP_MSEC(40), MP_MSEC(140));
    g_assert_cmpfloat(mp_jitter_final_ms(&jitter), ==, 1.9375);
    g_assert_cmpfloat(mp_jitter_mean_ms(&jitter), ==, (1 + 1.9375) / 2);
}

static void equal_transit_times_have_no_jitter_whatever_the_spacing(void)
{
    MpJitter jitter = {0};
    mp_jitter_add(&jitter, MP_MSEC(0), MP_MSEC(30));
    mp_jitter_add(&jitter, MP_MSEC(1), MP_MSEC(31));
    mp_jitter_add(&jitter, MP_MSEC(500), MP_MSEC(530));
    g_assert_cmpfloat(mp_jitter_final_ms(&jitter), ==, 0);
    g_assert_cmpfloat(mp_jitter_mean_ms(&jitter), ==, 0);
}

static void the_offset_between_the_clocks_does_not_count(void)
{
    const MpTime offset = MP_SEC(1700000000);
    MpJitter near = {0};
    MpJitter far = {0};
    const MpTime received[] = {MP_USEC(10), MP_USEC(20500), MP_USEC(40020)};
    for (gsize i = 0; i < G_N_ELEMENTS(received); i++) {
        mp_jitter_add(&near, MP_MSEC(20) * (MpTime)i, received[i]);
        mp_jitter_add(&far, MP_MSEC(20) * (MpTime)i, received[i] + offset);
    }
    g_assert_cmpfloat(mp_jitter_final_ms(&near), ==, mp_jitter_final_ms(&far));
    g_assert_cmpfloat(mp_jitter_final_ms(&near), >, 0);
}

static void fewer_than_two_packets_have_no_jitter_to_tell(void)
{
    MpJitter jitter = {0};
    g_assert_true(isnan(mp_jitter_final_ms(&jitter)));
    mp_jitter_add(&jitter, MP_MSEC(0), MP_MSEC(1));
    g_assert_true(isnan(mp_jitter_final_ms(&jitter)));
    g_assert_true(isnan(mp_jitter_mean_ms(&jitter)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/jitter/gain-is-one-sixteenth",
                    a_difference_of_16_ms_adds_1_ms_to_an_estimate_of_0);
    g_test_add_func("/jitter/equal-transit-is-none",
                    equal_transit_times_have_no_jitter_whatever_the_spacing);
    g_test_add_func("/jitter/clock-offset-does-not-count",
                    the_offset_between_the_clocks_does_not_count);
    g_test_add_func("/jitter/needs-two-packets", fewer_than_two_packets_have_no_jitter_to_tell);
    return g_test_run();
}
