/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long video waits for late frames, and how that becomes the moment of decoding.
 */
#include "base/splitmix.h"
#include "simulator/chromium.h"
#include "simulator/sim_jitter.h"
#include "simulator/sim_timing.h"

static MpSimJitter jitter;
static MpTime now;

static void begin(void)
{
    mp_sim_jitter_init(&jitter, &mp_chromium_newest()->playout.jitter);
    now = 0;
}

/* Frames whose delay is even in 0 to `spread_ms`. */
static void feed(guint n, double fps, double spread_ms)
{
    guint64 random = 1;
    double before = 0;
    for (guint i = 0; i < n; i++) {
        double delay = spread_ms * (double)(mp_splitmix_next(&random) >> 32) / 4294967296.0;
        now += (MpTime)(1e9 / fps);
        mp_sim_jitter_frame(&jitter, now, (MpTime)((delay - before) * 1e6), 6000);
        before = delay;
    }
}

static double delay_ms(void)
{
    return mp_time_to_ms(mp_sim_jitter_delay(&jitter, now));
}

/* 1 ms at least, and 10 for the operating system. */
static void a_steady_stream_waits_11_ms(void)
{
    begin();
    feed(300, 30, 0);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 11, 0.1);
}

/* Even in 60 ms: the differences' deviation is 24.5 ms; 2.33 of them less 30 are 27. */
static void jitter_costs_its_deviations_beyond_30_ms(void)
{
    begin();
    feed(2000, 30, 60);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 10 + 27, 4);
}

static void the_third_repaired_frame_adds_most_of_a_round_trip(void)
{
    begin();
    feed(300, 30, 0);
    mp_sim_jitter_round_trip(&jitter, MP_MSEC(100));
    mp_sim_jitter_repaired(&jitter, now);
    mp_sim_jitter_repaired(&jitter, now);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 11, 0.1);
    mp_sim_jitter_repaired(&jitter, now);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 11 + 90, 0.1);
    now += MP_SEC(60);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 11 + 90, 0.1);
    now += MP_MSEC(1);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 11, 0.1);
}

static void at_most_200_ms_of_it(void)
{
    begin();
    feed(300, 30, 0);
    mp_sim_jitter_round_trip(&jitter, MP_MSEC(600));
    for (guint i = 0; i < 3; i++)
        mp_sim_jitter_repaired(&jitter, now);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 11 + 200, 0.1);
}

static void slow_streams_do_not_wait(void)
{
    begin();
    feed(100, 7.5, 0);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 5.5, 0.3);
    begin();
    feed(100, 4, 0);
    g_assert_cmpfloat_with_epsilon(delay_ms(), 0, 0.001);
}

static MpSimTiming timing_after(guint n_frames, MpTime delay)
{
    MpSimTiming timing;
    mp_sim_timing_init(&timing, &mp_chromium_newest()->playout, 0);
    for (guint i = 0; i < n_frames; i++)
        mp_sim_extrapolator_update(&timing.extrapolator, MP_MSEC(40 * i) + delay, MP_MSEC(40 * i));
    return timing;
}

static double expected_ms(const MpSimTiming *timing, MpTime captured)
{
    MpTime local = mp_sim_extrapolator_local(&timing->extrapolator, 0, captured);
    return mp_time_to_ms(local - captured);
}

static void one_late_frame_moves_no_clock(void)
{
    MpSimTiming timing = timing_after(400, MP_MSEC(50));
    g_assert_cmpfloat_with_epsilon(expected_ms(&timing, MP_SEC(16)), 50, 0.5);
    mp_sim_extrapolator_update(&timing.extrapolator, MP_MSEC(16000 + 550), MP_SEC(16));
    g_assert_cmpfloat_with_epsilon(expected_ms(&timing, MP_SEC(16)), 50, 0.5);
}

/* After 150 frames that were all rejected it believes them. */
static void a_lasting_change_of_delay_is_followed(void)
{
    MpSimTiming timing = timing_after(400, MP_MSEC(50));
    for (guint i = 400; i < 549; i++)
        mp_sim_extrapolator_update(&timing.extrapolator, MP_MSEC(40 * i + 250), MP_MSEC(40 * i));
    g_assert_cmpfloat_with_epsilon(expected_ms(&timing, MP_SEC(22)), 50, 0.5);
    for (guint i = 549; i < 700; i++)
        mp_sim_extrapolator_update(&timing.extrapolator, MP_MSEC(40 * i + 250), MP_MSEC(40 * i));
    g_assert_cmpfloat_with_epsilon(expected_ms(&timing, MP_SEC(28)), 250, 20);
}

static void the_delay_grows_with_lateness_and_falls_at_once(void)
{
    MpSimTiming timing = timing_after(400, MP_MSEC(50));
    mp_sim_timing_set_jitter(&timing, MP_MSEC(20));
    g_assert_cmpint(timing.current, ==, MP_MSEC(20));
    mp_sim_timing_set_jitter(&timing, MP_MSEC(100));
    g_assert_cmpint(timing.current, ==, MP_MSEC(20));
    /* To be drawn at 1000 and decoded at 988, but it went at 1018: 30 ms late. */
    mp_sim_timing_decoding(&timing, MP_MSEC(1018), MP_MSEC(1000));
    g_assert_cmpint(timing.current, ==, MP_MSEC(50));
    mp_sim_timing_decoding(&timing, MP_MSEC(1500), MP_MSEC(1000));
    g_assert_cmpint(timing.current, ==, MP_MSEC(112));
    mp_sim_timing_set_jitter(&timing, MP_MSEC(11));
    mp_sim_timing_decoding(&timing, MP_MSEC(988), MP_MSEC(1000));
    g_assert_cmpint(timing.current, ==, MP_MSEC(23));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/simulator/sim_jitter/steady", a_steady_stream_waits_11_ms);
    g_test_add_func("/simulator/sim_jitter/noise", jitter_costs_its_deviations_beyond_30_ms);
    g_test_add_func("/simulator/sim_jitter/repaired",
                    the_third_repaired_frame_adds_most_of_a_round_trip);
    g_test_add_func("/simulator/sim_jitter/most", at_most_200_ms_of_it);
    g_test_add_func("/simulator/sim_jitter/slow", slow_streams_do_not_wait);
    g_test_add_func("/simulator/sim_extrapolator/outlier", one_late_frame_moves_no_clock);
    g_test_add_func("/simulator/sim_extrapolator/change", a_lasting_change_of_delay_is_followed);
    g_test_add_func("/simulator/sim_timing/current",
                    the_delay_grows_with_lateness_and_falls_at_once);
    return g_test_run();
}
