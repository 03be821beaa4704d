/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reordering by RFC 4737.
 */
#include "stats/reordering.h"

#include <math.h>

static MpReordering *arrivals(const guint32 *sequences, gsize n)
{
    MpReordering *reordering = mp_reordering_new();
    for (gsize i = 0; i < n; i++)
        mp_reordering_add(reordering, sequences[i]);
    return reordering;
}

static void a_packet_behind_a_later_one_is_reordered(void)
{
    /* RFC 4737 section 7.1, the first example: 4 comes behind 8. */
    const guint32 sequences[] = {1, 2, 3, 5, 6, 7, 8, 4, 9, 10};
    g_autoptr(MpReordering) reordering = arrivals(sequences, G_N_ELEMENTS(sequences));

    g_assert_cmpfloat(mp_reordering_percent(reordering), ==, 10);
}

static void each_of_several_late_packets_counts(void)
{
    const guint32 sequences[] = {1, 4, 2, 3, 5};
    g_autoptr(MpReordering) reordering = arrivals(sequences, G_N_ELEMENTS(sequences));

    g_assert_cmpfloat(mp_reordering_percent(reordering), ==, 40);
}

static void a_gap_is_loss_and_no_reordering(void)
{
    const guint32 sequences[] = {1, 2, 7, 8};
    g_autoptr(MpReordering) reordering = arrivals(sequences, G_N_ELEMENTS(sequences));

    g_assert_cmpfloat(mp_reordering_percent(reordering), ==, 0);
}

static void a_second_copy_is_a_duplicate_and_not_reordered(void)
{
    const guint32 sequences[] = {1, 2, 3, 2, 2, 4};
    g_autoptr(MpReordering) reordering = arrivals(sequences, G_N_ELEMENTS(sequences));

    g_assert_cmpuint(mp_reordering_duplicates(reordering), ==, 2);
    g_assert_cmpfloat(mp_reordering_percent(reordering), ==, 0);
}

static void the_last_number_of_32_bits_is_followed_by_none(void)
{
    const guint32 sequences[] = {0, G_MAXUINT32, 1};
    g_autoptr(MpReordering) reordering = arrivals(sequences, G_N_ELEMENTS(sequences));

    g_assert_cmpfloat_with_epsilon(mp_reordering_percent(reordering), 100.0 / 3, 1e-9);
}

static void no_arrival_is_not_0_percent(void)
{
    g_autoptr(MpReordering) reordering = mp_reordering_new();

    g_assert_true(isnan(mp_reordering_percent(reordering)));
    g_assert_cmpuint(mp_reordering_duplicates(reordering), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reordering/behind-a-later-one", a_packet_behind_a_later_one_is_reordered);
    g_test_add_func("/reordering/each-late-one-counts", each_of_several_late_packets_counts);
    g_test_add_func("/reordering/a-gap-is-loss", a_gap_is_loss_and_no_reordering);
    g_test_add_func("/reordering/duplicates", a_second_copy_is_a_duplicate_and_not_reordered);
    g_test_add_func("/reordering/greatest-number", the_last_number_of_32_bits_is_followed_by_none);
    g_test_add_func("/reordering/no-arrival", no_arrival_is_not_0_percent);
    return g_test_run();
}
