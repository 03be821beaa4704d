/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Groups of packets, and the slope of their delay.
 */
#include <math.h>

#include "simulator/chromium.h"
#include "simulator/sim_arrival.h"
#include "simulator/sim_trend.h"

static const MpChromiumArrival *arrival_numbers(void)
{
    return &mp_chromium_newest()->congestion.arrival;
}

static const MpChromiumTrend *trend_numbers(void)
{
    return &mp_chromium_newest()->congestion.trend;
}

static void packets_sent_within_five_milliseconds_are_a_group(void)
{
    MpSimArrival arrival = {0};
    gint64 sent;
    gint64 received;
    const gint64 sent_ms[] = {0, 3, 5, 33, 36, 66};
    const gint64 received_ms[] = {50, 53, 55, 85, 91, 120};
    for (guint i = 0; i < 5; i++)
        g_assert_false(mp_sim_arrival_take(&arrival, arrival_numbers(), sent_ms[i], received_ms[i],
                                           received_ms[i], &sent, &received));
    g_assert_true(mp_sim_arrival_take(&arrival, arrival_numbers(), sent_ms[5], received_ms[5], 120,
                                      &sent, &received));
    g_assert_cmpint(sent, ==, 36 - 5);
    g_assert_cmpint(received, ==, 91 - 55);
}

/* A Wi-Fi that held packets sent 20 ms apart and let all go at once. */
static void what_is_released_together_is_a_group(void)
{
    MpSimArrival arrival = {0};
    gint64 sent;
    gint64 received;
    for (gint64 i = 0; i < 5; i++)
        g_assert_false(mp_sim_arrival_take(&arrival, arrival_numbers(), 20 * i, 200 + i, 200 + i,
                                           &sent, &received));
    g_assert_cmpint(arrival.current.first_sent, ==, 0);
    g_assert_cmpint(arrival.current.last_sent, ==, 80);
}

static void six_milliseconds_or_a_tenth_of_a_second_part_groups(void)
{
    gint64 sent;
    gint64 received;
    MpSimArrival arrival = {0};
    mp_sim_arrival_take(&arrival, arrival_numbers(), 0, 50, 50, &sent, &received);
    mp_sim_arrival_take(&arrival, arrival_numbers(), 6, 57, 57, &sent, &received);
    g_assert_true(arrival.has_before);

    arrival = (MpSimArrival){0};
    for (gint64 i = 0; i < 21; i++)
        mp_sim_arrival_take(&arrival, arrival_numbers(), 20 * i, 500 + 5 * i, 500 + 5 * i, &sent,
                            &received);
    g_assert_cmpint(arrival.current.first_received, ==, 600);
}

/* Nothing is compared with a group that overtook; after three of them all starts again. */
static void groups_that_overtake_start_again(void)
{
    gint64 sent;
    gint64 received;
    MpSimArrival arrival = {0};
    const gint64 sent_ms[] = {0, 30, 31, 70, 110, 150};
    const gint64 received_ms[] = {500, 540, 410, 450, 490, 530};
    for (guint i = 0; i < 6; i++)
        g_assert_false(mp_sim_arrival_take(&arrival, arrival_numbers(), sent_ms[i], received_ms[i],
                                           received_ms[i], &sent, &received));
    g_assert_false(arrival.has_before);
}

static void a_clock_that_jumps_starts_again(void)
{
    MpSimArrival arrival = {0};
    gint64 sent;
    gint64 received;
    const gint64 received_ms[] = {0, 30, 60, 5000, 5030};
    for (gint64 i = 0; i < 5; i++) {
        const gboolean told = mp_sim_arrival_take(&arrival, arrival_numbers(), 30 * i,
                                                  received_ms[i], 30 * i, &sent, &received);
        g_assert_cmpint(told, ==, i == 2 || i == 3);
    }
    g_assert_false(arrival.has_before);
}

/* Groups every 33 ms, each `growth` ms later than the one before. */
static MpSimUse use_after(gint64 growth, guint n)
{
    MpSimTrend trend;
    mp_sim_trend_start(&trend, trend_numbers());
    for (guint i = 1; i <= n; i++)
        mp_sim_trend_take(&trend, trend_numbers(), 33, 33 + growth, (gint64)i * (33 + growth));
    return trend.use;
}

static void a_queue_that_grows_is_overuse(void)
{
    g_assert_cmpint(use_after(0, 100), ==, MP_SIM_USE_NORMAL);
    g_assert_cmpint(use_after(5, 10), ==, MP_SIM_USE_NORMAL); /* before 20 groups nothing is said */
    g_assert_cmpint(use_after(5, 25), ==, MP_SIM_USE_OVER);
    g_assert_cmpint(use_after(-5, 40), ==, MP_SIM_USE_UNDER);
}

/* A step of the delay is beyond the threshold as well, but gets better by itself. */
static void a_queue_that_stands_is_no_overuse(void)
{
    MpSimTrend trend;
    mp_sim_trend_start(&trend, trend_numbers());
    trend.slope = 1;
    trend.threshold = 6;
    trend.count = MP_CHROMIUM_TREND_WINDOW;
    trend.n_deltas = 60;
    for (guint i = 0; i < MP_CHROMIUM_TREND_WINDOW; i++) {
        trend.received[i] = 33.0 * i;
        trend.delay[i] = 0.5 * 33 * i; /* half as steep as it was */
    }
    const gint64 now = 33 * (gint64)MP_CHROMIUM_TREND_WINDOW;
    mp_sim_trend_take(&trend, trend_numbers(), 33, 33, now);
    trend.over_ms = 100;
    trend.n_over = 5;
    mp_sim_trend_take(&trend, trend_numbers(), 33, 33, now + 33);
    g_assert_true(trend.is_over);
    g_assert_cmpint(trend.use, ==, MP_SIM_USE_NORMAL);
}

/* By 0.0087 of the distance a millisecond, at most for 100 ms; not at all to what is far beyond. */
static double threshold_after(double slope)
{
    MpSimTrend trend;
    mp_sim_trend_start(&trend, trend_numbers());
    trend.n_deltas = 60;
    trend.slope = slope;
    trend.has_moved = TRUE;
    mp_sim_trend_take(&trend, trend_numbers(), 10, 10, 10);
    return trend.threshold;
}

static void the_threshold_moves_slowly_upwards(void)
{
    g_assert_cmpfloat(fabs(threshold_after(20.0 / 240) - (12.5 + 0.0087 * 10 * 7.5)), <, 1e-9);
    g_assert_cmpfloat(fabs(threshold_after(10.0 / 240) - (12.5 - 0.039 * 10 * 2.5)), <, 1e-9);
    g_assert_cmpfloat(threshold_after(28.0 / 240), ==, 12.5);
}

static void the_threshold_follows_what_is_usual(void)
{
    MpSimTrend trend;
    mp_sim_trend_start(&trend, trend_numbers());
    g_assert_cmpfloat(trend.threshold, ==, 12.5);
    for (guint i = 1; i <= 200; i++)
        mp_sim_trend_take(&trend, trend_numbers(), 33, 33, (gint64)i * 33);
    g_assert_cmpfloat(trend.threshold, ==, 6);

    mp_sim_trend_start(&trend, trend_numbers());
    gint64 now = 0;
    for (guint i = 1; i <= 2000; i++) {
        const gint64 wave = i / 20 % 2 ? 4 : -4; /* delay goes up and down by 80 ms */
        now += 33 + wave;
        mp_sim_trend_take(&trend, trend_numbers(), 33, 33 + wave, now);
    }
    g_assert_cmpfloat(trend.threshold, >, 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/groups/5-ms", packets_sent_within_five_milliseconds_are_a_group);
    g_test_add_func("/groups/burst", what_is_released_together_is_a_group);
    g_test_add_func("/groups/apart", six_milliseconds_or_a_tenth_of_a_second_part_groups);
    g_test_add_func("/groups/order", groups_that_overtake_start_again);
    g_test_add_func("/groups/clock", a_clock_that_jumps_starts_again);
    g_test_add_func("/overuse", a_queue_that_grows_is_overuse);
    g_test_add_func("/standing", a_queue_that_stands_is_no_overuse);
    g_test_add_func("/threshold/step", the_threshold_moves_slowly_upwards);
    g_test_add_func("/threshold", the_threshold_follows_what_is_usual);
    return g_test_run();
}
