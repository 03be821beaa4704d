/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The figures of one direction of media.
 */
#include "stats/packet_trace.h"

#include <math.h>

#define FAR_CLOCK MP_SEC(1700000000)

/* 125 bytes every 10 ms are 100 kbps; the path takes 30 ms. */
static MpPacketTrace packet(guint32 sequence)
{
    const MpTime sent = MP_MSEC(10) * sequence;
    return (MpPacketTrace){.sequence = sequence,
                           .sent = sent,
                           .received = FAR_CLOCK + sent + MP_MSEC(30),
                           .size = 125,
                           .kernel_stamped = TRUE};
}

static void fill(MpPacketTrace *packets, guint32 n)
{
    for (guint32 i = 0; i < n; i++)
        packets[i] = packet(i);
}

static void a_clean_path_loses_delays_and_reorders_nothing(void)
{
    MpPacketTrace packets[101];
    fill(packets, 101);
    const MpDirectionStats stats = mp_direction_stats(packets, 101);

    g_assert_cmpfloat(stats.packets_sent, ==, 101);
    g_assert_cmpfloat(stats.packets_received, ==, 101);
    g_assert_cmpfloat(stats.duplicates, ==, 0);
    g_assert_cmpfloat(stats.loss_percent, ==, 0);
    g_assert_cmpfloat(stats.burst_length, ==, 0);
    g_assert_cmpfloat(stats.longest_burst, ==, 0);
    g_assert_cmpfloat(stats.pdv_p95_ms, ==, 0);
    g_assert_cmpfloat(stats.jitter_ms, ==, 0);
    g_assert_cmpfloat(stats.reorder_percent, ==, 0);
    g_assert_cmpfloat(stats.offered_kbps, ==, 101);
    g_assert_cmpfloat(stats.throughput_kbps, ==, 101);
    g_assert_cmpfloat(stats.kernel_stamped_percent, ==, 100);
}

static void loss_is_counted_by_runs_in_sending_order(void)
{
    MpPacketTrace packets[100];
    fill(packets, 100);
    const guint lost[] = {10, 50, 51, 52};
    for (gsize i = 0; i < G_N_ELEMENTS(lost); i++)
        packets[lost[i]].received = MP_NEVER;
    const MpDirectionStats stats = mp_direction_stats(packets, 100);

    g_assert_cmpfloat(stats.packets_received, ==, 96);
    g_assert_cmpfloat(stats.loss_percent, ==, 4);
    g_assert_cmpfloat(stats.burst_length, ==, 2);
    g_assert_cmpfloat(stats.longest_burst, ==, 3);
    g_assert_cmpfloat(stats.reorder_percent, ==, 0);
    g_assert_cmpfloat(stats.throughput_kbps, <, stats.offered_kbps);
}

static void what_found_no_room_is_not_lost(void)
{
    MpPacketTrace packets[100];
    fill(packets, 100);
    packets[10].received = packets[50].received = MP_NEVER;
    packets[50].was_dropped_here = TRUE;
    const MpDirectionStats stats = mp_direction_stats(packets, 100);

    g_assert_cmpfloat(stats.packets_sent, ==, 100);
    g_assert_cmpfloat(stats.packets_received, ==, 98);
    g_assert_cmpfloat(stats.dropped_here, ==, 1);
    g_assert_cmpfloat(stats.loss_percent, ==, 1);
    g_assert_cmpuint(stats.loss.runs.lost, ==, 1);
}

static void packets_beyond_a_playout_buffer_are_late(void)
{
    MpPacketTrace packets[100];
    fill(packets, 100);
    packets[20].received += MP_MSEC(100);
    packets[40].received += MP_MSEC(101);
    packets[60].received += MP_MSEC(201);
    const MpDirectionStats stats = mp_direction_stats(packets, 100);

    g_assert_cmpfloat(stats.late_100ms, ==, 2);
    g_assert_cmpfloat(stats.late_200ms, ==, 1);
    g_assert_cmpfloat(stats.loss_percent, ==, 0);
    g_assert_cmpfloat(stats.pdv_max_ms, ==, 201);
    g_assert_cmpfloat(stats.pdv_p50_ms, ==, 0);
}

static void a_late_packet_is_reordered_and_varies(void)
{
    MpPacketTrace packets[100];
    fill(packets, 100);
    packets[40].received += MP_MSEC(25);
    const MpDirectionStats stats = mp_direction_stats(packets, 100);

    g_assert_cmpfloat(stats.reorder_percent, ==, 1);
    g_assert_cmpfloat(stats.pdv_p95_ms, ==, 0);
    g_assert_cmpfloat(stats.pdv_p99_ms, ==, 0);
    g_assert_cmpfloat(stats.jitter_ms, >, 0);
    g_assert_cmpfloat(stats.loss_percent, ==, 0);
}

static void a_duplicate_is_neither_sent_nor_received_again(void)
{
    MpPacketTrace packets[11];
    fill(packets, 10);
    packets[10] = packet(4);
    packets[10].received += MP_MSEC(200);
    const MpDirectionStats stats = mp_direction_stats(packets, 11);

    g_assert_cmpfloat(stats.packets_sent, ==, 10);
    g_assert_cmpfloat(stats.packets_received, ==, 10);
    g_assert_cmpfloat(stats.duplicates, ==, 1);
    g_assert_cmpfloat(stats.loss_percent, ==, 0);
    g_assert_cmpfloat(stats.reorder_percent, ==, 0);
    g_assert_cmpfloat(stats.pdv_p99_ms, ==, 0);
}

static void the_order_of_the_entries_does_not_matter(void)
{
    MpPacketTrace forward[50];
    MpPacketTrace backward[50];
    fill(forward, 50);
    forward[7].received = MP_NEVER;
    forward[20].received += MP_MSEC(35);
    for (guint i = 0; i < 50; i++)
        backward[i] = forward[49 - i];
    const MpDirectionStats a = mp_direction_stats(forward, 50);
    const MpDirectionStats b = mp_direction_stats(backward, 50);

    g_assert_cmpfloat(a.loss_percent, ==, b.loss_percent);
    g_assert_cmpfloat(a.reorder_percent, ==, b.reorder_percent);
    g_assert_cmpfloat(a.jitter_ms, ==, b.jitter_ms);
    g_assert_cmpfloat(a.throughput_kbps, ==, b.throughput_kbps);
}

static void a_queue_that_stretches_the_arrivals_lowers_the_throughput(void)
{
    MpPacketTrace packets[101];
    fill(packets, 101);
    for (guint32 i = 0; i < 101; i++)
        packets[i].received = FAR_CLOCK + MP_MSEC(20) * i;
    const MpDirectionStats stats = mp_direction_stats(packets, 101);

    g_assert_cmpfloat(stats.offered_kbps, ==, 101);
    g_assert_cmpfloat(stats.throughput_kbps, ==, 50.5);
}

static void a_path_that_dies_halfway_carried_half_the_rate(void)
{
    MpPacketTrace packets[100];
    fill(packets, 100);
    for (guint32 i = 50; i < 100; i++)
        packets[i].received = MP_NEVER;
    const MpDirectionStats stats = mp_direction_stats(packets, 100);

    g_assert_cmpfloat(stats.loss_percent, ==, 50);
    g_assert_cmpfloat(stats.longest_burst, ==, 50);
    g_assert_cmpfloat_with_epsilon(stats.throughput_kbps, stats.offered_kbps / 2, 1e-9);
}

static void everything_lost_has_loss_but_no_delay(void)
{
    MpPacketTrace packets[10];
    fill(packets, 10);
    for (guint32 i = 0; i < 10; i++)
        packets[i].received = MP_NEVER;
    const MpDirectionStats stats = mp_direction_stats(packets, 10);

    g_assert_cmpfloat(stats.packets_received, ==, 0);
    g_assert_cmpfloat(stats.loss_percent, ==, 100);
    g_assert_cmpfloat(stats.burst_length, ==, 10);
    g_assert_cmpfloat(stats.throughput_kbps, ==, 0);
    g_assert_true(isnan(stats.pdv_p95_ms));
    g_assert_true(isnan(stats.jitter_ms));
    g_assert_true(isnan(stats.reorder_percent));
    g_assert_true(isnan(stats.kernel_stamped_percent));
}

static void one_packet_has_no_rate_and_no_jitter(void)
{
    const MpPacketTrace packets[] = {packet(0)};
    const MpDirectionStats stats = mp_direction_stats(packets, 1);

    g_assert_cmpfloat(stats.loss_percent, ==, 0);
    g_assert_true(isnan(stats.jitter_ms));
    g_assert_true(isnan(stats.offered_kbps));
    g_assert_true(isnan(stats.throughput_kbps));
}

static void no_packets_are_no_evidence(void)
{
    const MpDirectionStats stats = mp_direction_stats(NULL, 0);

    g_assert_cmpfloat(stats.packets_sent, ==, 0);
    g_assert_true(isnan(stats.loss_percent));
    g_assert_true(isnan(stats.burst_length));
    g_assert_true(isnan(stats.longest_burst));
    g_assert_true(isnan(stats.throughput_kbps));
}

static void a_packet_without_kernel_stamps_lowers_their_share(void)
{
    MpPacketTrace packets[4];
    fill(packets, 4);
    packets[2].kernel_stamped = FALSE;

    g_assert_cmpfloat(mp_direction_stats(packets, 4).kernel_stamped_percent, ==, 75);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/clean-path", a_clean_path_loses_delays_and_reorders_nothing);
    g_test_add_func("/trace/loss-by-runs", loss_is_counted_by_runs_in_sending_order);
    g_test_add_func("/trace/late-packet", a_late_packet_is_reordered_and_varies);
    g_test_add_func("/trace/duplicate", a_duplicate_is_neither_sent_nor_received_again);
    g_test_add_func("/trace/any-order", the_order_of_the_entries_does_not_matter);
    g_test_add_func("/trace/stretched", a_queue_that_stretches_the_arrivals_lowers_the_throughput);
    g_test_add_func("/trace/dies-halfway", a_path_that_dies_halfway_carried_half_the_rate);
    g_test_add_func("/trace/all-lost", everything_lost_has_loss_but_no_delay);
    g_test_add_func("/trace/one-packet", one_packet_has_no_rate_and_no_jitter);
    g_test_add_func("/trace/no-packets", no_packets_are_no_evidence);
    g_test_add_func("/trace/kernel-stamps", a_packet_without_kernel_stamps_lowers_their_share);
    g_test_add_func("/packet-trace/dropped-here", what_found_no_room_is_not_lost);
    g_test_add_func("/packet-trace/late", packets_beyond_a_playout_buffer_are_late);
    return g_test_run();
}
