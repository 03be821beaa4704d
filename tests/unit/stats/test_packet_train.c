/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a train of packets tells of its way.
 */
#include <math.h>

#include "stats/packet_train.h"

#define COUNT 100
#define SIZE 1000

/* Sent every millisecond, 8 Mbps. */
static MpTrainArrival arrival(guint index, guint before, MpTime came)
{
    return (MpTrainArrival){
        .index = index, .before = before, .sent = MP_MSEC(index), .came = MP_SEC(7) + came};
}

static MpTrainFigures figures_of(const MpTrainArrival *arrivals, gsize n)
{
    const MpPacketTrain train = {
        .size = SIZE, .sent = COUNT, .received = (guint)n, .arrivals = arrivals, .n_arrivals = n};
    return mp_packet_train_figures(&train);
}

static void test_unhindered(void)
{
    MpTrainArrival arrivals[COUNT];
    for (guint i = 0; i < COUNT; i++)
        arrivals[i] = arrival(i, i, MP_MSEC(i));
    const MpTrainFigures figures = figures_of(arrivals, COUNT);
    g_assert_cmpfloat_with_epsilon(figures.sent_bps, 8e6, 1);
    g_assert_cmpfloat_with_epsilon(figures.rate_bps, 8e6, 1);
    g_assert_cmpfloat_with_epsilon(figures.grown_ms, 0, 1e-6);
    g_assert_cmpfloat(figures.loss, ==, 0);
    g_assert_cmpfloat(figures.burst_bytes, ==, 0);
    g_assert_cmpfloat(figures.clear_bytes, ==, 0);
}

/* A line of 4 Mbps: each packet takes 2 ms, and the last waits 99 ms. */
static void test_queue(void)
{
    MpTrainArrival arrivals[COUNT];
    for (guint i = 0; i < COUNT; i++)
        arrivals[COUNT - 1 - i] = arrival(i, i, MP_MSEC(2 * i)); /* in any order */
    const MpTrainFigures figures = figures_of(arrivals, COUNT);
    g_assert_cmpfloat_with_epsilon(figures.rate_bps, 4e6, 1);
    g_assert_cmpfloat_with_epsilon(figures.grown_ms, 75, 1);
    g_assert_cmpfloat(figures.error, <, 0.001);
}

/* 30 packets at once, the others at 2 Mbps. */
static void test_burst(void)
{
    MpTrainArrival arrivals[COUNT];
    for (guint i = 0; i < COUNT; i++)
        arrivals[i] = arrival(i, i, i < 30 ? MP_MSEC(i) : MP_MSEC(30) + MP_MSEC(4) * (i - 30));
    const MpTrainFigures figures = figures_of(arrivals, COUNT);
    g_assert_cmpfloat_with_epsilon(figures.rate_bps, 2e6, 1);
    g_assert_cmpfloat_with_epsilon(figures.burst_bytes, 30000 - 30e-3 * 2e6 / 8, 500);
}

/* A policer lets 40 packets pass and then every second one: 4 Mbps, and nobody waits. */
static void test_policer(void)
{
    MpTrainArrival arrivals[COUNT];
    guint n = 0;
    for (guint i = 0; i < COUNT; i++) {
        if (i >= 40 && i % 2 == 1)
            continue;
        arrivals[n] = arrival(i, n, MP_MSEC(i));
        n++;
    }
    const MpTrainFigures figures = figures_of(arrivals, n);
    g_assert_cmpfloat_with_epsilon(figures.loss, 0.3, 1e-9);
    g_assert_cmpfloat_with_epsilon(figures.rate_bps, 4e6, 2e5);
    g_assert_cmpfloat_with_epsilon(figures.late_loss, 0.5, 0.02);
    g_assert_cmpfloat_with_epsilon(figures.grown_ms, 0, 1e-6);
    g_assert_cmpfloat_with_epsilon(figures.clear_bytes, 37000, 3000);
}

static void test_other_packets_are_counted(void)
{
    MpTrainArrival arrivals[COUNT];
    for (guint i = 0; i < COUNT; i++) {
        arrivals[i] = arrival(i, i, MP_MSEC(2 * i));
        arrivals[i].others = i * 500;
    }
    g_assert_cmpfloat_with_epsilon(figures_of(arrivals, COUNT).rate_bps, 6e6, 1);
}

static void test_too_few(void)
{
    const MpTrainArrival arrivals[] = {arrival(0, 0, 0), arrival(9, 1, MP_MSEC(9))};
    const MpTrainFigures figures = figures_of(arrivals, G_N_ELEMENTS(arrivals));
    g_assert_true(isnan(figures.rate_bps));
    g_assert_cmpfloat(figures.loss, ==, 0.98);
    g_assert_true(isnan(figures_of(NULL, 0).rate_bps));
}

static void test_densest(void)
{
    const double values[] = {1, 7, 9.9, 10, 10, 10.1, 40};
    g_assert_cmpfloat_with_epsilon(mp_densest_mean(values, G_N_ELEMENTS(values)), 10, 0.01);
    g_assert_cmpfloat(mp_densest_mean(values, 1), ==, 1);
    g_assert_true(isnan(mp_densest_mean(NULL, 0)));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packet_train/unhindered", test_unhindered);
    g_test_add_func("/packet_train/queue", test_queue);
    g_test_add_func("/packet_train/burst", test_burst);
    g_test_add_func("/packet_train/policer", test_policer);
    g_test_add_func("/packet_train/other packets", test_other_packets_are_counted);
    g_test_add_func("/packet_train/too few", test_too_few);
    g_test_add_func("/packet_train/densest", test_densest);
    return g_test_run();
}
