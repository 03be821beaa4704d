/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SplitMix64 against its published numbers.
 */
#include "base/splitmix.h"

static void the_sequence_of_seed_0(void)
{
    static const guint64 expected[] = {
        G_GUINT64_CONSTANT(0xe220a8397b1dcdaf),
        G_GUINT64_CONSTANT(0x6e789e6aa1b965f4),
        G_GUINT64_CONSTANT(0x06c45d188009454f),
    };
    guint64 state = 0;
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_cmphex(mp_splitmix_next(&state), ==, expected[i]);
}

static void a_number_is_found_by_its_place_too(void)
{
    guint64 state = 7;
    for (guint64 i = 1; i < 10; i++)
        g_assert_cmphex(mp_splitmix_next(&state), ==, mp_splitmix_mix(7 + i * MP_SPLITMIX_STEP));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/splitmix/seed-0", the_sequence_of_seed_0);
    g_test_add_func("/splitmix/place", a_number_is_found_by_its_place_too);
    return g_test_run();
}
