/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate of what arrives, the delay-based rate, and what may be in flight.
 */
#include <math.h>

#include "simulator/chromium.h"
#include "simulator/sim_acked_rate.h"
#include "simulator/sim_delay_based.h"
#include "simulator/sim_limited.h"
#include "simulator/sim_window.h"

static const MpChromiumCongestion *numbers(void)
{
    return &mp_chromium_newest()->congestion;
}

static void assert_about(double value, double expected, double error)
{
    g_assert_cmpfloat(fabs(value - expected), <=, error * expected);
}

static void the_rate_of_a_second_is_known_after_ten_packets(void)
{
    MpSimAckedRate rate = {0};
    for (gint64 i = 0; i < 9; i++)
        mp_sim_acked_rate_take(&rate, &numbers()->acked_rate, 10 * i, 10 * i + 40, 1250);
    g_assert_true(isnan(mp_sim_acked_rate_bps(&rate, &numbers()->acked_rate)));
    for (gint64 i = 9; i < 500; i++)
        mp_sim_acked_rate_take(&rate, &numbers()->acked_rate, 10 * i, 10 * i + 40, 1250);
    assert_about(mp_sim_acked_rate_bps(&rate, &numbers()->acked_rate), 1e6, 1e-9);
    g_assert_cmpuint(rate.count, ==, 101);
}

/* Half a second of silence, and the first packets after it: not yet a lower rate. */
static void one_stall_does_not_change_it(void)
{
    MpSimAckedRate rate = {0};
    for (gint64 i = 0; i < 150; i++) {
        const gint64 received = 10 * i + 40;
        mp_sim_acked_rate_take(&rate, &numbers()->acked_rate, 10 * i,
                               received > 1500 ? 2000 : received, 1250);
    }
    assert_about(mp_sim_acked_rate_bps(&rate, &numbers()->acked_rate), 1e6, 0.05);
}

/* One packet took 800 ms longer. What is not kept any more was sent after it, and so when it was
 * sent says nothing. */
static void a_packet_from_long_ago_is_no_long_time(void)
{
    MpSimAckedRate rate = {0};
    for (gint64 i = 0; i < 500; i++) {
        if (i == 180)
            mp_sim_acked_rate_take(&rate, &numbers()->acked_rate, 1000, 10 * i + 40, 1250);
        mp_sim_acked_rate_take(&rate, &numbers()->acked_rate, 10 * i, 10 * i + 40, 1250);
        const double bps = mp_sim_acked_rate_bps(&rate, &numbers()->acked_rate);
        if (i > 220)
            assert_about(bps, 1e6, 0.03);
    }
}

static void a_packet_out_of_order_is_counted_where_it_belongs(void)
{
    MpSimAckedRate rate = {0};
    for (gint64 i = 0; i < 300; i++) {
        const gint64 late = i % 50 == 7 ? 25 : 0;
        mp_sim_acked_rate_take(&rate, &numbers()->acked_rate, 10 * i, 10 * i + 40 + late, 1250);
    }
    assert_about(mp_sim_acked_rate_bps(&rate, &numbers()->acked_rate), 1e6, 0.02);
    for (guint i = 1; i < rate.count; i++)
        g_assert_cmpint(rate.ring[(rate.first + i - 1) % MP_SIM_ACKED_RING].received, <=,
                        rate.ring[(rate.first + i) % MP_SIM_ACKED_RING].received);
}

static void overuse_takes_it_below_what_arrives(void)
{
    MpSimAimd aimd;
    mp_sim_aimd_start(&aimd, numbers());
    mp_sim_aimd_set(&aimd, numbers(), 0, 2e6);
    mp_sim_aimd_update(&aimd, numbers(), MP_SEC(1), MP_SIM_USE_OVER, 1e6);
    g_assert_cmpfloat(aimd.bps, ==, 0.85 * 1e6 - 5e3);
    g_assert_false(mp_sim_aimd_may_reduce(&aimd, numbers(), MP_SEC(1) + MP_MSEC(199), 900e3));
    g_assert_true(mp_sim_aimd_may_reduce(&aimd, numbers(), MP_SEC(1) + MP_MSEC(200), 900e3));
    g_assert_true(mp_sim_aimd_may_reduce(&aimd, numbers(), MP_SEC(1) + MP_MSEC(1), 400e3));
}

static double grown_in_a_second(MpSimAimd *aimd, double acked_bps)
{
    const double before = aimd->bps;
    for (guint i = 0; i <= 20; i++)
        mp_sim_aimd_update(aimd, numbers(), MP_SEC(10) + MP_MSEC(50) * i, MP_SIM_USE_NORMAL,
                           acked_bps);
    return aimd->bps - before;
}

static void it_grows_by_eight_percent_or_a_packet_an_answer(void)
{
    MpSimAimd aimd;
    mp_sim_aimd_start(&aimd, numbers());
    mp_sim_aimd_set(&aimd, numbers(), 0, 1e6);
    assert_about(grown_in_a_second(&aimd, 1e6), 80e3, 0.02);

    /* The link's rate is known now: frames of 1 Mbit/s are 4 packets, RTT 100 ms. */
    mp_sim_aimd_start(&aimd, numbers());
    aimd.round_trip = MP_MSEC(100);
    mp_sim_aimd_update(&aimd, numbers(), MP_SEC(1), MP_SIM_USE_OVER, 1e6);
    mp_sim_aimd_set(&aimd, numbers(), MP_SEC(1), 1e6);
    assert_about(grown_in_a_second(&aimd, 1e6), 1e6 / 30 / 4 / 0.4, 0.1);
}

static void it_never_grows_far_beyond_what_arrives(void)
{
    MpSimAimd aimd;
    mp_sim_aimd_start(&aimd, numbers());
    mp_sim_aimd_set(&aimd, numbers(), 0, 1e6);
    for (guint i = 0; i < 100; i++)
        grown_in_a_second(&aimd, 1e6);
    g_assert_cmpfloat(aimd.bps, ==, 1.5e6 + 10e3);
}

static void without_a_measured_rate_overuse_halves_it(void)
{
    MpSimDelayBased delay;
    mp_sim_delay_based_start(&delay, numbers());
    delay.has_seen = TRUE;
    delay.trend.use = MP_SIM_USE_OVER;
    const MpSimReport report = {.size = 1250, .received = MP_MSEC(50), .probe = -1};
    const MpSimReport *received = &report;
    g_assert_cmpint(
        mp_sim_delay_based_report(&delay, numbers(), MP_MSEC(80), &received, 1, NAN, NAN), ==,
        MP_SIM_DELAY_UPDATED);
    g_assert_cmpfloat(delay.aimd.bps, ==, 150e3);
}

static void a_probe_sets_it_unless_there_is_overuse(void)
{
    MpSimDelayBased delay;
    mp_sim_delay_based_start(&delay, numbers());
    delay.has_seen = TRUE;
    const MpSimReport report = {.size = 1250, .received = MP_MSEC(50), .probe = -1};
    const MpSimReport *received = &report;
    g_assert_cmpint(
        mp_sim_delay_based_report(&delay, numbers(), MP_MSEC(80), &received, 1, 3e5, 9e5), ==,
        MP_SIM_DELAY_PROBED);
    g_assert_cmpfloat(delay.aimd.bps, ==, 9e5);
    delay.trend.use = MP_SIM_USE_OVER;
    g_assert_cmpint(mp_sim_delay_based_report(&delay, numbers(), MP_SEC(1), &received, 1, 3e5, 2e6),
                    ==, MP_SIM_DELAY_UPDATED);
    g_assert_cmpfloat(delay.aimd.bps, ==, 0.85 * 3e5 - 5e3);
}

/* 65 % of 1 Mbit/s, and after a while all of it. */
static void who_sends_little_is_limited_by_itself(void)
{
    MpSimLimited limited = {0};
    mp_sim_limited_set_target(&limited, &numbers()->limited, 1e6);
    MpTime now = 0;
    for (guint i = 0; i < 10; i++, now += MP_MSEC(10))
        mp_sim_limited_sent(&limited, &numbers()->limited, now, 650 * 10 / 8);
    g_assert_false(limited.is_limited);
    for (guint i = 0; i < 200; i++, now += MP_MSEC(10))
        mp_sim_limited_sent(&limited, &numbers()->limited, now, 650 * 10 / 8);
    g_assert_true(limited.is_limited);
    const MpTime since = limited.since;
    for (guint i = 0; i < 100; i++, now += MP_MSEC(10))
        mp_sim_limited_sent(&limited, &numbers()->limited, now, 850 * 10 / 8);
    g_assert_true(limited.is_limited);
    g_assert_cmpint(limited.since, ==, since);
    for (guint i = 0; i < 400; i++, now += MP_MSEC(10))
        mp_sim_limited_sent(&limited, &numbers()->limited, now, 1100 * 10 / 8);
    g_assert_false(limited.is_limited);
}

/* 1 Mbit/s, 100 ms and 350 ms: 56 kB. */
static void too_much_in_flight_slows_the_encoder(void)
{
    const MpChromiumWindow *window_numbers = &numbers()->window;
    g_autofree MpSimWindow *window = g_new(MpSimWindow, 1);
    mp_sim_window_start(window);
    mp_sim_window_round_trip(window, window_numbers, MP_MSEC(120));
    mp_sim_window_round_trip(window, window_numbers, MP_MSEC(100));
    mp_sim_window_set_target(window, window_numbers, 1e6);
    g_assert_cmpfloat(window->bytes, ==, 56250);
    for (guint i = 0; i < 56; i++)
        mp_sim_window_sent(window, window_numbers, 1000);
    g_assert_cmpfloat(mp_sim_window_bps(window, window_numbers, 1e6), ==, 1e6);
    mp_sim_window_sent(window, window_numbers, 1000);
    assert_about(mp_sim_window_bps(window, window_numbers, 1e6), 0.95e6, 1e-9);
    for (guint i = 0; i < 27; i++)
        mp_sim_window_sent(window, window_numbers, 1000);
    assert_about(window->ratio, pow(0.95, 28), 1e-9);
    mp_sim_window_sent(window, window_numbers, 1000); /* one and a half times that */
    assert_about(window->ratio, pow(0.95, 28) * 0.9, 1e-9);
    for (guint i = 0; i < 100; i++)
        mp_sim_window_sent(window, window_numbers, 1000);
    g_assert_cmpfloat(mp_sim_window_bps(window, window_numbers, 1e6), ==, 30e3);
    mp_sim_window_acked(window, window->n_sent - 2);
    mp_sim_window_update(window, window_numbers);
    g_assert_cmpfloat(mp_sim_window_bps(window, window_numbers, 1e6), ==, 1e6);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/acked/second", the_rate_of_a_second_is_known_after_ten_packets);
    g_test_add_func("/acked/stall", one_stall_does_not_change_it);
    g_test_add_func("/acked/long-ago", a_packet_from_long_ago_is_no_long_time);
    g_test_add_func("/acked/order", a_packet_out_of_order_is_counted_where_it_belongs);
    g_test_add_func("/aimd/decrease", overuse_takes_it_below_what_arrives);
    g_test_add_func("/aimd/increase", it_grows_by_eight_percent_or_a_packet_an_answer);
    g_test_add_func("/aimd/limit", it_never_grows_far_beyond_what_arrives);
    g_test_add_func("/delay/halves", without_a_measured_rate_overuse_halves_it);
    g_test_add_func("/delay/probe", a_probe_sets_it_unless_there_is_overuse);
    g_test_add_func("/limited", who_sends_little_is_limited_by_itself);
    g_test_add_func("/window", too_much_in_flight_slows_the_encoder);
    return g_test_run();
}
