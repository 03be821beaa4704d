/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * In which order and how fast packets leave.
 */
#include "simulator/sim_pacer.h"

static void push(MpSimPacer *pacer, MpTime now, MpSimKind kind, guint size)
{
    const MpSimPacket packet = {.kind = kind, .size = size};
    mp_sim_pacer_push(pacer, now, &packet);
}

static MpSimPacer *pacer_at(double pacing_bps, double padding_bps)
{
    MpSimPacer *pacer = mp_sim_pacer_new(mp_chromium_newest(), FALSE, 0);
    mp_sim_pacer_set_rates(pacer, 0, pacing_bps, padding_bps);
    return pacer;
}

static void audio_overtakes_and_padding_waits(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(1e6, 0);
    push(pacer, 0, MP_SIM_VIDEO, 1200);
    push(pacer, 0, MP_SIM_PROTECTION, 1200);
    push(pacer, 0, MP_SIM_RETRANSMISSION, 1200);
    push(pacer, 0, MP_SIM_AUDIO, 150);
    const MpSimKind order[] = {MP_SIM_AUDIO, MP_SIM_RETRANSMISSION, MP_SIM_VIDEO,
                               MP_SIM_PROTECTION};
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        MpSimPacket packet;
        g_assert_true(mp_sim_pacer_next(pacer, 0, &packet));
        g_assert_cmpint(packet.kind, ==, order[i]);
        g_assert_cmpuint(packet.transport_sequence, ==, i);
        g_assert_cmpint(packet.probe, ==, -1);
        g_assert_cmpint(packet.sent, ==, 0);
    }
    g_assert_cmpint(mp_sim_pacer_due(pacer), ==, MP_NEVER);
}

/* 40 ms of 1 Mbit/s are 5000 bytes: five packets of 1200 pass that, and are then paid off. */
static void a_burst_is_paid_off_before_the_next(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(1e6, 0);
    MpSimPacket packet;
    for (guint i = 0; i < 12; i++)
        push(pacer, 0, MP_SIM_VIDEO, 1200);
    for (guint i = 0; i < 5; i++)
        g_assert_true(mp_sim_pacer_next(pacer, 0, &packet));
    g_assert_false(mp_sim_pacer_next(pacer, 0, &packet));
    g_assert_cmpint(mp_sim_pacer_due(pacer), ==, MP_MSEC(48));
    for (guint i = 0; i < 5; i++)
        g_assert_true(mp_sim_pacer_next(pacer, MP_MSEC(48), &packet));
    g_assert_false(mp_sim_pacer_next(pacer, MP_MSEC(48), &packet));
    g_assert_cmpint(mp_sim_pacer_due(pacer), ==, MP_MSEC(96));
}

static void time_without_packets_is_not_saved_up(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(1e6, 0);
    MpSimPacket packet;
    for (guint round = 0; round < 2; round++) {
        const MpTime now = MP_SEC(round);
        for (guint i = 0; i < (round == 0 ? 5 : 12); i++)
            push(pacer, now, MP_SIM_VIDEO, 1200);
        for (guint i = 0; i < 5; i++)
            g_assert_true(mp_sim_pacer_next(pacer, now, &packet));
        g_assert_false(mp_sim_pacer_next(pacer, now, &packet));
    }
}

static void audio_does_not_wait_but_counts(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(1e6, 0);
    MpSimPacket packet;
    for (guint i = 0; i < 6; i++)
        push(pacer, 0, MP_SIM_VIDEO, 1200);
    while (mp_sim_pacer_next(pacer, 0, &packet))
        continue;
    g_assert_cmpint(mp_sim_pacer_due(pacer), ==, MP_MSEC(48));
    push(pacer, 0, MP_SIM_AUDIO, 125);
    g_assert_true(mp_sim_pacer_next(pacer, 0, &packet));
    g_assert_cmpint(packet.kind, ==, MP_SIM_AUDIO);
    g_assert_cmpint(mp_sim_pacer_due(pacer), ==, MP_MSEC(49));
}

/* 100 packets of 1250 bytes at 100 kbit/s would take 10 s. */
static void a_long_queue_raises_the_rate(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(100e3, 0);
    for (guint i = 0; i < 100; i++)
        push(pacer, 0, MP_SIM_VIDEO, 1250);
    g_assert_cmpint(mp_sim_pacer_backlog(pacer), <=, MP_SEC(2));
    MpSimPacket packet = {0};
    guint n = 0;
    for (MpTime due = 0; due != MP_NEVER; due = mp_sim_pacer_due(pacer)) {
        while (mp_sim_pacer_next(pacer, MAX(due, packet.sent), &packet))
            n++;
    }
    g_assert_cmpuint(n, ==, 100);
    g_assert_cmpint(packet.sent, <, MP_MSEC(2100));
    g_assert_cmpint(packet.sent, >, MP_MSEC(1000));
}

static void padding_fills_up_to_its_rate(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(1.1e6, 1e6);
    MpSimPacket packet;
    g_assert_cmpint(mp_sim_pacer_due(pacer), ==, MP_NEVER); /* nothing was ever sent */
    push(pacer, 0, MP_SIM_VIDEO, 1242);
    guint64 bytes = 0;
    for (MpTime due = 0; due < MP_SEC(1); due = mp_sim_pacer_due(pacer)) {
        while (mp_sim_pacer_next(pacer, due, &packet))
            bytes += packet.size;
    }
    g_assert_cmpint(packet.kind, ==, MP_SIM_PADDING);
    g_assert_cmpuint(bytes, >, 120000);
    g_assert_cmpuint(bytes, <, 130000);
}

/* What 5 ms ask for is too little to send a packet of 1200 again, even three times as much. */
static void slow_padding_carries_nothing(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(330e3, 300e3);
    MpSimPacket packet;
    push(pacer, 0, MP_SIM_VIDEO, 1242);
    g_assert_true(mp_sim_pacer_next(pacer, 0, &packet));
    g_assert_true(mp_sim_pacer_next(pacer, mp_sim_pacer_due(pacer), &packet));
    g_assert_cmpint(packet.kind, ==, MP_SIM_PADDING);
    g_assert_cmpuint(packet.size, ==, 224 + MP_SIM_OVERHEAD);
}

/* 900 kbit/s in 15 ms: 1687 bytes and five steps of at least 225 at the probe's pace, begun by a
 * small packet of its own. */
static void a_probe_keeps_its_rate(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(300e3, 0);
    const MpSimProbe probe = {.cluster = 1,
                              .rate_bps = 900e3,
                              .least_packets = 5,
                              .least_bytes = 1687,
                              .span = MP_MSEC(15),
                              .step = MP_MSEC(2)};
    MpSimPacket packet;
    mp_sim_pacer_probe(pacer, 0, &probe);
    push(pacer, 0, MP_SIM_AUDIO, 150);
    g_assert_true(mp_sim_pacer_next(pacer, 0, &packet));
    g_assert_cmpint(packet.probe, ==, -1);

    push(pacer, MP_MSEC(1), MP_SIM_VIDEO, 1000);
    g_assert_true(mp_sim_pacer_next(pacer, MP_MSEC(1), &packet));
    g_assert_cmpint(packet.kind, ==, MP_SIM_PADDING);
    g_assert_cmpint(packet.probe, ==, 1);
    g_assert_cmpuint(packet.size, ==, 224 + MP_SIM_OVERHEAD);
    guint bytes = packet.size;
    guint n = 1;
    MpTime due;
    while ((due = mp_sim_pacer_due(pacer)) != MP_NEVER) {
        /* In whole milliseconds, and at most one early. */
        const double exact = (double)MP_MSEC(1) + bytes * 8.0 / probe.rate_bps * (double)MP_SEC(1);
        g_assert_cmpint(due % MP_MSEC(1), ==, 0);
        g_assert_cmpfloat((double)due, >=, exact - (double)MP_MSEC(1));
        g_assert_cmpfloat((double)due, <=, exact);
        g_assert_true(mp_sim_pacer_next(pacer, due, &packet));
        g_assert_cmpint(packet.probe, ==, 1);
        bytes += packet.size;
        n++;
    }
    g_assert_cmpuint(n, ==, 5);
    g_assert_cmpuint(bytes, >=, 1687);
}

static guint sent_in_cluster(MpSimPacer *pacer, MpTime now, guint *n)
{
    MpSimPacket packet;
    guint bytes = 0;
    *n = 0;
    for (MpTime due = now; due != MP_NEVER; due = mp_sim_pacer_due(pacer)) {
        g_assert_true(mp_sim_pacer_next(pacer, MAX(due, now), &packet));
        bytes += packet.probe >= 0 ? packet.size : 0;
        *n += packet.probe >= 0;
    }
    return bytes;
}

/* 5 Mbit/s in 15 ms: 9375 bytes, more than five packets. */
static void a_fast_probe_takes_more_packets(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(300e3, 0);
    const MpSimProbe probe = {1, 5e6, 5, 9375, MP_MSEC(15), MP_MSEC(2)};
    guint n;
    mp_sim_pacer_probe(pacer, 0, &probe);
    push(pacer, 0, MP_SIM_VIDEO, 1242);
    g_assert_cmpuint(sent_in_cluster(pacer, 0, &n), >=, 9375);
    g_assert_cmpuint(n, >, 6);
}

/* Asked while nothing large was sent, and too old when another is asked for. */
static void a_probe_that_waited_too_long_is_forgotten(void)
{
    g_autoptr(MpSimPacer) pacer = pacer_at(300e3, 0);
    MpSimProbe probe = {1, 900e3, 5, 1687, MP_MSEC(15), MP_MSEC(2)};
    guint n;
    mp_sim_pacer_probe(pacer, 0, &probe);
    probe.cluster = 2;
    mp_sim_pacer_probe(pacer, MP_SEC(6), &probe);
    push(pacer, MP_SEC(6), MP_SIM_VIDEO, 1000);
    g_assert_cmpuint(sent_in_cluster(pacer, MP_SEC(6), &n), <, 3374);
    g_assert_cmpuint(n, ==, 5);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/order", audio_overtakes_and_padding_waits);
    g_test_add_func("/burst", a_burst_is_paid_off_before_the_next);
    g_test_add_func("/idle", time_without_packets_is_not_saved_up);
    g_test_add_func("/audio", audio_does_not_wait_but_counts);
    g_test_add_func("/long-queue", a_long_queue_raises_the_rate);
    g_test_add_func("/padding", padding_fills_up_to_its_rate);
    g_test_add_func("/padding/slow", slow_padding_carries_nothing);
    g_test_add_func("/probe/fast", a_fast_probe_takes_more_packets);
    g_test_add_func("/probe/old", a_probe_that_waited_too_long_is_forgotten);
    g_test_add_func("/probe", a_probe_keeps_its_rate);
    return g_test_run();
}
