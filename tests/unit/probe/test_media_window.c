/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Turn upon turn of a call that leaves a packet every microsecond.
 */
#include "probe/media_window.h"

static MpMediaWindow *window_of(const GArray *windows, guint index)
{
    return &g_array_index(windows, MpMediaWindow, index);
}

static guint count_of(const GArray *windows, MpTime left)
{
    guint n = 0;
    for (guint i = 0; i < windows->len; i++)
        n += mp_media_window_has(window_of(windows, i), left) ? 1 : 0;
    return n;
}

/* A turn of 375 ms; the next one begins 80 us after it, as long as passing the turn takes. */
static GArray *measure(guint turns, MpTime pause, MpTime rested, gboolean are_apart)
{
    GArray *windows = g_array_new(FALSE, FALSE, sizeof(MpMediaWindow));
    MpTime now = MP_SEC(1);
    for (guint i = 0; i < turns; i++) {
        mp_media_window_open(windows, now, i > 0 ? rested : 0, i, are_apart);
        window_of(windows, windows->len - 1)->last = now + MP_MSEC(375);
        now += MP_MSEC(375) + pause;
    }
    return windows;
}

static void test_media_that_goes_on_leaves_no_packet_between_two_rounds(void)
{
    g_autoptr(GArray) windows = measure(3, MP_USEC(80), 0, TRUE);
    g_assert_cmpuint(windows->len, ==, 3);
    g_assert_cmpuint(window_of(windows, 2)->round, ==, 2);
    for (MpTime left = MP_SEC(1); left < window_of(windows, 2)->last; left += MP_USEC(1))
        g_assert_cmpuint(count_of(windows, left), ==, 1);
    g_assert_cmpuint(count_of(windows, MP_SEC(1) - 1), ==, 0);
    g_assert_cmpuint(count_of(windows, window_of(windows, 2)->last), ==, 0);
}

static void test_a_way_that_is_alone_has_one_window(void)
{
    g_autoptr(GArray) windows = measure(3, MP_USEC(80), 0, FALSE);
    g_assert_cmpuint(windows->len, ==, 1);
    g_assert_cmpint(window_of(windows, 0)->last, ==,
                    MP_SEC(1) + 3 * MP_MSEC(375) + 2 * MP_USEC(80));
}

static void test_what_left_at_rest_is_in_no_window(void)
{
    const MpTime rested = MP_SEC(1) + MP_MSEC(376);
    g_autoptr(GArray) windows = measure(2, MP_MSEC(500), rested, TRUE);
    g_assert_cmpuint(windows->len, ==, 2);
    g_assert_cmpint(window_of(windows, 1)->first, ==, MP_SEC(1) + MP_MSEC(875));
    g_assert_cmpuint(count_of(windows, rested), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media_window/media_that_goes_on_leaves_no_packet_between_two_rounds",
                    test_media_that_goes_on_leaves_no_packet_between_two_rounds);
    g_test_add_func("/media_window/a_way_that_is_alone_has_one_window",
                    test_a_way_that_is_alone_has_one_window);
    g_test_add_func("/media_window/what_left_at_rest_is_in_no_window",
                    test_what_left_at_rest_is_in_no_window);
    return g_test_run();
}
