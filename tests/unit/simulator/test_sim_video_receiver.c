/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Video over bad links, against what Chromium and a prototype of its rules showed: loss freezes
 * where a retransmission comes too late, jitter costs delay, outages freeze once each.
 */
#include "tests/support/playout_run.h"

static MpLink *link_of(guint round_trip_ms, double loss)
{
    MpLink *link = mp_link_new();
    link->up.conditions.delay = MP_MSEC(round_trip_ms) / 2;
    link->down.conditions.delay = MP_MSEC(round_trip_ms) / 2;
    link->up.conditions.loss = mp_link_loss_independent(loss);
    link->down.conditions.loss = mp_link_loss_independent(loss);
    return link;
}

static PlayoutResult run(MpSimCodec codec, guint round_trip_ms, double loss)
{
    g_autoptr(MpLink) link = link_of(round_trip_ms, loss);
    PlayoutSetup setup = playout_setup(codec, link);
    return playout_run(&setup);
}

static void a_good_link_shows_every_frame(void)
{
    PlayoutResult result = run(MP_SIM_VP8, 600, 0);
    g_assert_cmpuint(result.counters.freezes, ==, 0);
    g_assert_cmpuint(result.counters.nacks, ==, 0);
    g_assert_cmpuint(result.counters.plis, ==, 0);
    g_assert_cmpuint(result.counters.key_frames_decoded, ==, 1);
    g_assert_cmpfloat(result.decoded_percent, >, 99.8);
    /* 300 ms, 12 for a frame's packets, 11 for jitter, 12 to decode and draw. */
    g_assert_cmpfloat_with_epsilon(result.delay_ms, 340, 15);
}

/* One retransmission in time never freezes; below 300 ms few come late, from 400 ms all do. */
static void loss_freezes_where_a_retransmission_is_late(void)
{
    g_assert_cmpfloat(run(MP_SIM_H264, 50, 0.01).freezes_per_min, ==, 0);
    g_assert_cmpfloat(run(MP_SIM_H264, 300, 0.01).freezes_per_min, <, 6);
    g_assert_cmpfloat(run(MP_SIM_H264, 400, 0.01).freezes_per_min, >, 40);
    g_assert_cmpfloat(run(MP_SIM_H264, 50, 0.05).freezes_per_min, <, 2);
    g_assert_cmpfloat(run(MP_SIM_H264, 200, 0.05).freezes_per_min, >, 15);
}

static void protection_spares_most_of_them(void)
{
    PlayoutResult result = run(MP_SIM_VP8, 200, 0.05);
    g_assert_cmpfloat(result.freezes_per_min, <, 8);
    g_assert_cmpuint(result.counters.recovered, >, result.n_lost / 2);
    g_assert_cmpfloat(run(MP_SIM_VP8, 300, 0.03).freezes_per_min, <, 3);
    g_assert_cmpfloat(run(MP_SIM_VP8, 400, 0.01).freezes_per_min, <, 8);
}

static void every_loss_is_asked_for_and_nothing_else(void)
{
    PlayoutResult result = run(MP_SIM_H264, 100, 0.02);
    g_assert_cmpuint(result.counters.nacks, >=, result.n_lost);
    /* Some are asked for twice as the answer takes a little longer than a round trip. */
    g_assert_cmpuint(result.counters.nacks, <, result.n_lost * 5 / 4);
    g_assert_cmpuint(result.n_retransmissions, >=, result.n_lost * 95 / 100);
    g_assert_cmpuint(result.n_protection, ==, 0);
    g_assert_cmpfloat(result.decoded_percent, >, 99.8);
    g_assert_cmpuint(result.counters.plis, ==, 0);
}

static PlayoutResult run_with_jitter(MpTime scale)
{
    g_autoptr(MpLink) link = link_of(50, 0);
    link->up.conditions.jitter = (MpLinkJitter){.distribution = MP_JITTER_NORMAL, .scale = scale};
    PlayoutSetup setup = playout_setup(MP_SIM_VP8, link);
    return playout_run(&setup);
}

static void jitter_costs_delay_before_it_freezes(void)
{
    PlayoutResult none = run_with_jitter(0);
    PlayoutResult some = run_with_jitter(MP_MSEC(100));
    PlayoutResult much = run_with_jitter(MP_MSEC(200));
    g_assert_cmpfloat(some.freezes_per_min, <, 0.5);
    g_assert_cmpfloat(some.delay_ms, >, none.delay_ms + 150);
    g_assert_cmpfloat(much.freezes_per_min, >, 1);
    g_assert_cmpfloat(much.freezes_per_min, <, 15);
}

static PlayoutResult run_with_outage(MpLinkOutage outage)
{
    g_autoptr(MpLink) link = link_of(50, 0);
    g_array_append_val(link->up.outages, outage);
    PlayoutSetup setup = playout_setup(MP_SIM_VP8, link);
    return playout_run(&setup);
}

static void a_hold_of_300_ms_freezes_about_once(void)
{
    MpLinkOutage hold = {MP_OUTAGE_HOLDS, MP_SEC(3), MP_MSEC(300), MP_SEC(3)};
    PlayoutResult result = run_with_outage(hold);
    g_assert_cmpfloat_with_epsilon(result.freezes_per_min, 20, 2);
    g_assert_cmpfloat_with_epsilon(result.frozen_percent, 10, 2);
    g_assert_cmpfloat(result.decoded_percent, >, 99.5);
}

/* What six seconds lost is not asked for one by one: after three a key frame is. */
static void a_long_outage_is_a_pause_and_ends_with_a_key_frame(void)
{
    MpLinkOutage away = {MP_OUTAGE_DROPS, MP_SEC(60), MP_SEC(6), 0};
    PlayoutResult result = run_with_outage(away);
    g_assert_cmpuint(result.counters.pauses, ==, 1);
    g_assert_cmpuint(result.counters.freezes, ==, 0);
    g_assert_cmpuint(result.counters.key_frames_decoded, ==, 2);
    g_assert_cmpint(result.counters.paused, >, MP_SEC(6));
    g_assert_cmpint(result.counters.paused, <, MP_SEC(7));
}

/* A frame of one packet each 40 ms: released by ticks of 15.625 ms, never after its moment, which
 * is 11 ms after its arrival once the clocks are known. */
static void frames_are_decoded_on_the_metronome(void)
{
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(MpSimFrame));
    g_autoptr(MpSimVideoReceiver)
        receiver = mp_sim_video_receiver_new(mp_chromium_newest(), frames, 0);
    MpTime decode = mp_chromium_newest()->playout.timing.decode;
    guint n_on_tick = 0;
    for (guint32 i = 0; i < 100; i++) {
        MpTime now = MP_MSEC(100 + 40 * i);
        MpSimFrame frame = {.number = i,
                            .first_sequence = i,
                            .n_packets = 1,
                            .bytes = 1000,
                            .is_key = i == 0,
                            .captured = now - MP_MSEC(50)};
        g_array_append_val(frames, frame);
        MpSimPacket packet = {.kind = MP_SIM_VIDEO, .size = 1064, .sequence = i, .frame = i};
        mp_sim_video_receiver_take(receiver, now, &packet);
        mp_sim_video_receiver_advance(receiver, now + MP_MSEC(30));
        MpSimShown shown;
        g_assert_true(mp_sim_video_receiver_shown(receiver, &shown));
        g_assert_cmpuint(shown.number, ==, i);
        MpTime released = shown.decoded - decode;
        gboolean is_on_tick = released % MP_USEC(15625) == 0;
        g_assert_true(is_on_tick || released == now);
        g_assert_cmpint(released, >=, now);
        g_assert_cmpint(released, <=, now + MP_MSEC(17));
        n_on_tick += is_on_tick;
    }
    g_assert_cmpuint(n_on_tick, >, 50);
}

static void one_seed_is_one_call(void)
{
    PlayoutResult first = run(MP_SIM_VP8, 200, 0.05);
    PlayoutResult second = run(MP_SIM_VP8, 200, 0.05);
    g_assert_cmpmem(&first, sizeof first, &second, sizeof second);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/simulator/sim_video_receiver/good", a_good_link_shows_every_frame);
    g_test_add_func("/simulator/sim_video_receiver/loss",
                    loss_freezes_where_a_retransmission_is_late);
    g_test_add_func("/simulator/sim_video_receiver/protection", protection_spares_most_of_them);
    g_test_add_func("/simulator/sim_video_receiver/nacks",
                    every_loss_is_asked_for_and_nothing_else);
    g_test_add_func("/simulator/sim_video_receiver/jitter", jitter_costs_delay_before_it_freezes);
    g_test_add_func("/simulator/sim_video_receiver/hold", a_hold_of_300_ms_freezes_about_once);
    g_test_add_func("/simulator/sim_video_receiver/outage",
                    a_long_outage_is_a_pause_and_ends_with_a_key_frame);
    g_test_add_func("/simulator/sim_video_receiver/metronome", frames_are_decoded_on_the_metronome);
    g_test_add_func("/simulator/sim_video_receiver/seed", one_seed_is_one_call);
    return g_test_run();
}
