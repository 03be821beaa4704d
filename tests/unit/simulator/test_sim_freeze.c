/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What counts as a freeze: to the millisecond, as libwebrtc's rule has it.
 */
#include "simulator/chromium.h"
#include "simulator/sim_freeze.h"

static MpSimFreeze freeze_new(void)
{
    MpSimFreeze freeze;
    mp_sim_freeze_init(&freeze, &mp_chromium_newest()->playout.freeze);
    return freeze;
}

/* Frames `gap_ms` apart, then one after `last_ms`: freezes that were counted. */
static guint freezes_of(guint n_gaps, guint gap_ms, guint last_ms)
{
    MpSimFreeze freeze = freeze_new();
    MpTime now = MP_SEC(5);
    mp_sim_freeze_frame(&freeze, now);
    for (guint i = 0; i < n_gaps; i++)
        mp_sim_freeze_frame(&freeze, now += MP_MSEC(gap_ms));
    mp_sim_freeze_frame(&freeze, now += MP_MSEC(last_ms));
    return freeze.freezes;
}

/* The mean holds the gap itself: of 29 gaps of 33 ms and one of 188 it is 38 ms. */
static void at_30_fps_a_freeze_is_the_mean_and_150_ms(void)
{
    g_assert_cmpuint(freezes_of(40, 33, 187), ==, 0);
    g_assert_cmpuint(freezes_of(40, 33, 188), ==, 1);
}

static void at_10_fps_a_freeze_is_three_times_the_mean(void)
{
    g_assert_cmpuint(freezes_of(40, 100, 320), ==, 0);
    g_assert_cmpuint(freezes_of(40, 100, 321), ==, 1);
}

static void five_gaps_are_needed(void)
{
    g_assert_cmpuint(freezes_of(3, 33, 2000), ==, 0);
    g_assert_cmpuint(freezes_of(4, 33, 2000), ==, 1);
}

static void the_whole_gap_is_frozen_time(void)
{
    MpSimFreeze freeze = freeze_new();
    MpTime now = 0;
    for (guint i = 0; i < 40; i++)
        mp_sim_freeze_frame(&freeze, now += MP_MSEC(33));
    mp_sim_freeze_frame(&freeze, now += MP_MSEC(700));
    mp_sim_freeze_frame(&freeze, now += MP_MSEC(33));
    g_assert_cmpuint(freeze.freezes, ==, 1);
    g_assert_cmpint(freeze.frozen, ==, MP_MSEC(700));
}

static void a_pause_is_no_freeze(void)
{
    MpSimFreeze freeze = freeze_new();
    MpTime now = 0;
    for (guint i = 0; i < 40; i++)
        mp_sim_freeze_frame(&freeze, now += MP_MSEC(33));
    mp_sim_freeze_pause(&freeze);
    mp_sim_freeze_frame(&freeze, now += MP_MSEC(7000));
    mp_sim_freeze_frame(&freeze, now += MP_MSEC(33));
    g_assert_cmpuint(freeze.freezes, ==, 0);
    g_assert_cmpuint(freeze.pauses, ==, 1);
    g_assert_cmpint(freeze.paused, ==, MP_MSEC(7000));
    mp_sim_freeze_frame(&freeze, now += MP_MSEC(300));
    g_assert_cmpuint(freeze.freezes, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/simulator/sim_freeze/at_30_fps", at_30_fps_a_freeze_is_the_mean_and_150_ms);
    g_test_add_func("/simulator/sim_freeze/at_10_fps", at_10_fps_a_freeze_is_three_times_the_mean);
    g_test_add_func("/simulator/sim_freeze/least", five_gaps_are_needed);
    g_test_add_func("/simulator/sim_freeze/duration", the_whole_gap_is_frozen_time);
    g_test_add_func("/simulator/sim_freeze/pause", a_pause_is_no_freeze);
    return g_test_run();
}
