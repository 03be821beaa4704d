/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss within windows of time.
 */
#include "stats/loss_windows.h"

#include <math.h>

#define PACKETS 101

/* A packet every 10 ms for a second; windows of 200 ms hold 20. */
static void fill(MpLossPoint *points)
{
    for (gsize i = 0; i < PACKETS; i++)
        points[i] = (MpLossPoint){MP_SEC(7) + MP_MSEC(10) * (MpTime)i, TRUE};
}

static void nothing_lost_is_no_bad_window(void)
{
    MpLossPoint points[PACKETS];
    fill(points);
    const MpWindowFigures clean = mp_loss_windows(points, PACKETS, MP_MSEC(200));
    g_assert_cmpfloat(clean.windows, ==, 5);
    g_assert_cmpfloat(clean.with_loss_percent, ==, 0);
    g_assert_cmpfloat(clean.worst_percent, ==, 0);
}

/* Six losses, three on each side of a seam: side by side no window has more than three. */
static void the_worst_window_begins_anywhere(void)
{
    MpLossPoint points[PACKETS];
    fill(points);
    for (gsize i = 37; i < 43; i++)
        points[i].is_received = FALSE;
    const MpWindowFigures seam = mp_loss_windows(points, PACKETS, MP_MSEC(200));
    g_assert_cmpfloat(seam.with_loss_percent, ==, 40);
    g_assert_cmpfloat(seam.worst_percent, ==, 30);
    g_assert_cmpfloat(seam.worst_after_ms, ==, 230);
}

static void the_last_moment_counts(void)
{
    MpLossPoint points[PACKETS];
    fill(points);
    points[99].is_received = FALSE;
    const MpWindowFigures last = mp_loss_windows(points, PACKETS, MP_MSEC(200));
    g_assert_cmpfloat(last.with_loss_percent, ==, 20);
    g_assert_cmpfloat(last.worst_percent, ==, 5);
}

static void a_trace_shorter_than_a_window_has_none(void)
{
    MpLossPoint points[PACKETS];
    fill(points);
    g_assert_true(isnan(mp_loss_windows(points, PACKETS, MP_SEC(15)).worst_percent));
    g_assert_true(isnan(mp_loss_windows(points, 0, MP_MSEC(200)).windows));
}

static void a_silence_is_no_window_without_loss(void)
{
    MpLossPoint points[PACKETS];
    fill(points);
    for (gsize i = 50; i < PACKETS; i++)
        points[i].sent += MP_SEC(1);
    const MpWindowFigures silence = mp_loss_windows(points, PACKETS, MP_MSEC(200));
    /* 0 to 490 ms, 1500 to 2000 ms: three windows and three. */
    g_assert_cmpfloat(silence.windows, ==, 6);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loss-windows/clean", nothing_lost_is_no_bad_window);
    g_test_add_func("/loss-windows/anywhere", the_worst_window_begins_anywhere);
    g_test_add_func("/loss-windows/last", the_last_moment_counts);
    g_test_add_func("/loss-windows/short", a_trace_shorter_than_a_window_has_none);
    g_test_add_func("/loss-windows/silence", a_silence_is_no_window_without_loss);
    return g_test_run();
}
