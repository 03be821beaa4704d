/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What NetEq makes up, packet by packet.
 */
#include "simulator/sim_audio.h"

#define PACKET MP_MSEC(20)

static MpSimAudioReceiver *make(void)
{
    return mp_sim_audio_receiver_new(mp_chromium_newest(), 0);
}

static double concealed(const MpSimAudioReceiver *receiver)
{
    double played_ms, concealed_ms;
    mp_sim_audio_receiver_counters(receiver, &played_ms, &concealed_ms);
    return concealed_ms;
}

/* Packets [from, to), each `delay` after it was captured. */
static void send(MpSimAudioReceiver *receiver, guint32 from, guint32 to, MpTime delay)
{
    for (guint32 i = from; i < to; i++)
        mp_sim_audio_receiver_take(receiver, (MpTime)i * PACKET + delay, i, FALSE);
}

static void what_comes_in_time_is_heard(void)
{
    g_autoptr(MpSimAudioReceiver) receiver = make();
    send(receiver, 0, 500, MP_MSEC(150));
    mp_sim_audio_receiver_advance(receiver, 499 * PACKET + MP_MSEC(150));
    double played_ms, concealed_ms;
    mp_sim_audio_receiver_counters(receiver, &played_ms, &concealed_ms);
    g_assert_cmpfloat_with_epsilon(played_ms, 9980, 20);
    g_assert_cmpfloat(concealed_ms, ==, 0);
}

/* 20 ms, less what the sound that comes back covers. */
static void a_lost_packet_is_made_up(void)
{
    g_autoptr(MpSimAudioReceiver) receiver = make();
    send(receiver, 0, 200, MP_MSEC(50));
    send(receiver, 201, 400, MP_MSEC(50));
    g_assert_cmpfloat_with_epsilon(concealed(receiver), 15, 5);
}

/* Where jitter makes it wait long enough for the next packet. */
static void a_repaired_packet_is_not(void)
{
    double made_up[2];
    for (guint has_repair = 0; has_repair < 2; has_repair++) {
        g_autoptr(MpSimAudioReceiver) receiver = make();
        for (guint32 i = 0; i < 200; i++)
            mp_sim_audio_receiver_take(
                receiver, (MpTime)i * PACKET + MP_MSEC(50) + (i % 20 == 9) * MP_MSEC(75), i, FALSE);
        mp_sim_audio_receiver_take(receiver, 201 * PACKET + MP_MSEC(50), 201, has_repair);
        send(receiver, 202, 210, MP_MSEC(50));
        made_up[has_repair] = concealed(receiver);
    }
    g_assert_cmpfloat_with_epsilon(made_up[0] - made_up[1], 15, 5);
}

static void a_repair_that_comes_too_late_does_not_help(void)
{
    g_autoptr(MpSimAudioReceiver) receiver = make();
    send(receiver, 0, 200, MP_MSEC(50));
    mp_sim_audio_receiver_take(receiver, 201 * PACKET + MP_MSEC(300), 201, TRUE);
    send(receiver, 215, 400, MP_MSEC(50));
    g_assert_cmpfloat(concealed(receiver), >, 100);
}

/* The first of such gaps is heard; then it waits long enough. */
static void jitter_is_waited_for(void)
{
    g_autoptr(MpSimAudioReceiver) receiver = make();
    send(receiver, 0, 100, MP_MSEC(50));
    double after_one = 0;
    for (guint32 i = 100; i < 3100; i++) {
        const MpTime late = i % 20 == 10 ? MP_MSEC(75) : 0;
        mp_sim_audio_receiver_take(receiver, (MpTime)i * PACKET + MP_MSEC(50) + late, i, FALSE);
        if (i == 600)
            after_one = concealed(receiver);
    }
    g_assert_cmpfloat(concealed(receiver) - after_one, <, 25);
}

/* What fades to silence is not counted. */
static void a_long_outage_fades(void)
{
    g_autoptr(MpSimAudioReceiver) receiver = make();
    send(receiver, 0, 200, MP_MSEC(50));
    send(receiver, 300, 500, MP_MSEC(50));
    g_assert_cmpfloat(concealed(receiver), >, 100);
    g_assert_cmpfloat(concealed(receiver), <, 400);
}

static void a_held_burst_is_played_after_it(void)
{
    g_autoptr(MpSimAudioReceiver) receiver = make();
    send(receiver, 0, 200, MP_MSEC(50));
    for (guint32 i = 200; i < 225; i++)
        mp_sim_audio_receiver_take(receiver, 225 * PACKET + MP_MSEC(50), i, FALSE);
    send(receiver, 225, 600, MP_MSEC(50));
    g_assert_cmpfloat(concealed(receiver), >, 100);
    g_assert_cmpfloat(concealed(receiver), <, 520);
}

static void repair_goes_with_loss_and_sound(void)
{
    const MpChromium *chromium = mp_chromium_newest();
    guint with = 0;
    for (guint32 i = 0; i < 1000; i++) {
        g_assert_false(mp_sim_audio_adds_repair(chromium, 0, i));
        with += mp_sim_audio_adds_repair(chromium, 0.1, i);
    }
    g_assert_cmpuint(with, >, 20);
    g_assert_cmpuint(with, <, 200);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim_audio/clean", what_comes_in_time_is_heard);
    g_test_add_func("/sim_audio/loss", a_lost_packet_is_made_up);
    g_test_add_func("/sim_audio/repair", a_repaired_packet_is_not);
    g_test_add_func("/sim_audio/repair/late", a_repair_that_comes_too_late_does_not_help);
    g_test_add_func("/sim_audio/jitter", jitter_is_waited_for);
    g_test_add_func("/sim_audio/outage", a_long_outage_fades);
    g_test_add_func("/sim_audio/hold", a_held_burst_is_played_after_it);
    g_test_add_func("/sim_audio/repair/when", repair_goes_with_loss_and_sound);
    return g_test_run();
}
