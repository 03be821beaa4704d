/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packet delay variation by RFC 5481 section 4.2.
 */
#include "stats/pdv.h"

#include <math.h>

static void variation_is_delay_less_the_smallest_delay(void)
{
    const MpTime delays[] = {MP_MSEC(42), MP_MSEC(40), MP_MSEC(55)};
    const MpSummary pdv = mp_pdv_ms(delays, 3);

    g_assert_cmpfloat(pdv.min, ==, 0);
    g_assert_cmpfloat(pdv.p50, ==, 2);
    g_assert_cmpfloat(pdv.max, ==, 15);
}

static void clocks_half_a_century_apart_change_no_nanosecond(void)
{
    const MpTime offset = -MP_SEC(1700000000);
    const MpTime delays[] = {offset + 3, offset + 1, offset + 2};
    const MpSummary pdv = mp_pdv_ms(delays, 3);

    g_assert_cmpfloat(pdv.p50, ==, 1e-6);
    g_assert_cmpfloat(pdv.max, ==, 2e-6);
}

static void one_packet_does_not_vary_and_none_is_unknown(void)
{
    const MpTime delay = MP_MSEC(9);

    g_assert_cmpfloat(mp_pdv_ms(&delay, 1).p95, ==, 0);
    g_assert_true(isnan(mp_pdv_ms(NULL, 0).p95));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pdv/delay-less-smallest", variation_is_delay_less_the_smallest_delay);
    g_test_add_func("/pdv/clock-offset", clocks_half_a_century_apart_change_no_nanosecond);
    g_test_add_func("/pdv/one-and-none", one_packet_does_not_vary_and_none_is_unknown);
    return g_test_run();
}
