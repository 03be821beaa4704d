/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The schedule of a call's packets, in virtual time: rates, bursts and spacing.
 */
#include "session/media_source.h"

#define AUDIO                                                                                      \
    {                                                                                              \
        .kind = MP_SPEC_AUDIO, .kbps = 40                                                          \
    }
#define CAMERA                                                                                     \
    {                                                                                              \
        .kind = MP_SPEC_CAMERA, .kbps = 2500, .fps = 30, .key_frame_percent = 500                  \
    }

typedef struct {
    guint packets[MP_MOST_STREAMS];
    guint64 bytes[MP_MOST_STREAMS];
    guint frames[MP_MOST_STREAMS];
    guint largest[MP_MOST_STREAMS]; /* payload */
    MpTime latest;
} Tally;

static Tally run(MpMediaSource *source, MpTime from, MpTime until)
{
    Tally tally = {0};
    for (MpTime now = from; now < until; now = MAX(now + 1, mp_media_source_deadline(source))) {
        MpMediaPacket packet;
        while (mp_media_source_next(source, now, &packet)) {
            tally.packets[packet.stream]++;
            tally.bytes[packet.stream] += packet.payload_size;
            tally.frames[packet.stream] += packet.marker;
            tally.largest[packet.stream] = MAX(tally.largest[packet.stream], packet.payload_size);
            tally.latest = MAX(tally.latest, now - packet.due);
            g_assert_cmpint(packet.due, <=, now);
        }
    }
    return tally;
}

static MpMediaSource *make(const MpStreamSpec *specs, guint n, MpTime start, gboolean sends_echo)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    g_array_append_vals(list, specs, n);
    return mp_media_source_new(&(MpMediaSourceConfig){
        .start = start, .specs = list, .scale = 1, .sends_echo = sends_echo, .seed = 1});
}

static MpMediaSource *make_call(MpTime start, gboolean sends_echo)
{
    const MpStreamSpec specs[] = {AUDIO, CAMERA};
    return make(specs, G_N_ELEMENTS(specs), start, sends_echo);
}

static void assert_kbps(guint64 bytes, double seconds, double expected, double share)
{
    const double kbps = (double)bytes * 8 / seconds / 1000;
    g_assert_cmpfloat_with_epsilon(kbps, expected, expected * share);
}

static void test_ten_seconds_of_a_call(void)
{
    g_autoptr(MpMediaSource) source = make_call(MP_SEC(5), TRUE);
    const Tally tally = run(source, MP_SEC(5), MP_SEC(15));
    g_assert_cmpuint(tally.packets[MP_STREAM_ECHO], ==, 500);
    g_assert_cmpuint(tally.packets[1], ==, 500);
    g_assert_cmpuint(tally.frames[2], ==, 300);
    assert_kbps(tally.bytes[1], 10, 40, 0.02);
    assert_kbps(tally.bytes[2], 10, 2500, 0.01);
    g_assert_cmpuint(tally.largest[2], <=, 1178);
    g_assert_cmpint(tally.latest, ==, 0);
}

static void test_a_seed_is_one_call(void)
{
    g_autoptr(MpMediaSource) one = make_call(0, TRUE);
    g_autoptr(MpMediaSource) other = make_call(0, TRUE);
    const Tally first = run(one, 0, MP_SEC(3));
    const Tally second = run(other, 0, MP_SEC(3));
    g_assert_cmpmem(&first, sizeof first, &second, sizeof second);
}

/* 2,500 kbps at 2.5 times are 31,250 bytes in 40 ms: an average frame of 10,416 leaves at once. */
static void test_a_frame_leaves_in_one_burst(void)
{
    g_autoptr(MpMediaSource) source = make_call(0, FALSE);
    run(source, 0, MP_SEC(2));
    MpMediaPacket packet;
    MpTime due = 0;
    guint count = 0;
    while (mp_media_source_next(source, MP_SEC(2) + MP_MSEC(33), &packet)) {
        if (packet.stream != 2)
            continue;
        g_assert_true(count == 0 || packet.due == due);
        due = packet.due;
        count++;
    }
    g_assert_cmpuint(count, >=, 6);
    g_assert_cmpuint(count, <=, 12);
}

static void test_a_new_rate_begins_with_the_next_frame(void)
{
    g_autoptr(MpMediaSource) source = make_call(0, FALSE);
    run(source, 0, MP_SEC(5));
    mp_media_source_set_scale(source, 0.12, MP_SEC(5));
    run(source, MP_SEC(5), MP_SEC(6)); /* what waits leaves at the new rate */
    const Tally tally = run(source, MP_SEC(6), MP_SEC(16));
    g_assert_cmpuint(tally.frames[2], ==, 300);
    assert_kbps(tally.bytes[2], 10, 300, 0.03);
}

static void test_what_was_skipped_is_not_sent_later(void)
{
    g_autoptr(MpMediaSource) source = make_call(0, TRUE);
    run(source, 0, MP_SEC(1));
    mp_media_source_skip(source, MP_SEC(4));
    MpMediaPacket packet;
    g_assert_false(mp_media_source_next(source, MP_SEC(4), &packet));
    const Tally tally = run(source, MP_SEC(4), MP_SEC(5));
    g_assert_cmpuint(tally.packets[1], ==, 49);
    g_assert_cmpint(tally.latest, ==, 0);
}

static void test_no_video_leaves_audio_alone(void)
{
    const MpStreamSpec audio = AUDIO;
    g_autoptr(MpMediaSource) source = make(&audio, 1, 0, FALSE);
    mp_media_source_set_scale(source, 0.5, 0);
    const Tally tally = run(source, 0, MP_SEC(1));
    g_assert_cmpuint(tally.packets[1], ==, 50);
    g_assert_cmpuint(tally.packets[2], ==, 0);
    g_assert_cmpuint(tally.packets[MP_STREAM_ECHO], ==, 0);
}

/* Talk of a second and pauses of a second, on average: half of the packets, and in each pause one
 * every 400 ms. */
static void test_pauses_of_speech_have_few_packets(void)
{
    const MpStreamSpec audio = {
        .kind = MP_SPEC_AUDIO, .kbps = 40, .talk_ms = 1000, .silence_ms = 1000};
    g_autoptr(MpMediaSource) source = make(&audio, 1, 0, FALSE);
    const Tally tally = run(source, 0, MP_SEC(200));
    g_assert_cmpuint(tally.packets[1], >, 200 * 25 * 0.9);
    g_assert_cmpuint(tally.packets[1], <, 200 * 26.5 * 1.1);
    assert_kbps(tally.bytes[1], 200, 20, 0.1);
    g_assert_cmpuint(tally.frames[1], >, 80); /* talk spurts */
    g_assert_cmpuint(tally.frames[1], <, 120);
}

/* Several participants: streams of their own, and not all frames at the same instant. */
static void test_participants_have_their_own_moments(void)
{
    MpStreamSpec specs[4] = {CAMERA, CAMERA, CAMERA, CAMERA};
    for (guint i = 0; i < 4; i++)
        specs[i].participant = i;
    g_autoptr(MpMediaSource) source = make(specs, 4, 0, FALSE);
    const Tally tally = run(source, 0, MP_SEC(10));
    for (guint i = 1; i <= 4; i++) {
        g_assert_cmpuint(tally.frames[i], >=, 299);
        assert_kbps(tally.bytes[i], 10, 2500, 0.02);
    }
    MpMediaPacket packet;
    MpTime first[5] = {0};
    while (mp_media_source_next(source, MP_SEC(10) + MP_MSEC(33), &packet))
        if (!first[packet.stream])
            first[packet.stream] = packet.due;
    for (guint i = 2; i <= 4; i++)
        g_assert_cmpint(first[i], !=, first[i - 1]);
}

/* Layers of simulcast share capture and pacer: one burst after the other. */
static void test_layers_go_through_one_pacer(void)
{
    MpStreamSpec specs[3] = {CAMERA, CAMERA, CAMERA};
    specs[1].kbps = 500;
    specs[2].kbps = 150;
    g_autoptr(MpMediaSource) source = make(specs, 3, 0, FALSE);
    const Tally tally = run(source, 0, MP_SEC(10));
    assert_kbps(tally.bytes[1], 10, 2500, 0.01);
    assert_kbps(tally.bytes[2], 10, 500, 0.02);
    assert_kbps(tally.bytes[3], 10, 150, 0.03);
}

static void test_another_set_is_not_sent(void)
{
    MpStreamSpec specs[2] = {AUDIO, CAMERA};
    specs[1].set = 1;
    g_autoptr(MpMediaSource) source = make(specs, 2, 0, FALSE);
    const Tally tally = run(source, 0, MP_SEC(1));
    g_assert_cmpuint(tally.packets[1], ==, 50);
    g_assert_cmpuint(tally.packets[2], ==, 0);
}

/* Three packets quickly, so that one tells the far end, then ten a second: echoes and audio in
 * turn. */
static void test_a_rate_of_zero_is_rest(void)
{
    g_autoptr(MpMediaSource) source = make_call(0, TRUE);
    run(source, 0, MP_SEC(1));
    mp_media_source_set_scale(source, 0, MP_SEC(1));
    const Tally first = run(source, MP_SEC(1), MP_SEC(1) + MP_MSEC(60));
    g_assert_cmpuint(first.packets[MP_STREAM_ECHO], ==, 3);
    const Tally rest = run(source, MP_SEC(1) + MP_MSEC(60), MP_SEC(2) + MP_MSEC(60));
    g_assert_cmpuint(rest.packets[1], ==, 5);
    g_assert_cmpuint(rest.packets[MP_STREAM_ECHO], ==, 5);
    g_assert_cmpuint(rest.packets[2], ==, 0);
    g_assert_cmpuint(rest.bytes[1] + rest.bytes[MP_STREAM_ECHO], <, 250);
}

static void test_an_answerer_at_rest_is_heard_as_often(void)
{
    g_autoptr(MpMediaSource) source = make_call(0, FALSE);
    mp_media_source_set_scale(source, 0, 0);
    g_assert_cmpuint(run(source, 0, MP_MSEC(40) + MP_SEC(1)).packets[1], ==, 13);
}

/* A question at once: told to rest once more, it sends its next echo now. */
static void test_rest_can_begin_anew(void)
{
    g_autoptr(MpMediaSource) source = make_call(0, TRUE);
    mp_media_source_set_scale(source, 0, 0);
    run(source, 0, MP_MSEC(1030));
    mp_media_source_set_scale(source, 0, MP_MSEC(1030));
    MpMediaPacket packet;
    g_assert_true(mp_media_source_next(source, MP_MSEC(1030), &packet));
    g_assert_cmpuint(packet.stream, ==, MP_STREAM_ECHO);
}

/* Nothing of what the rest left out comes later, and the clocks of the streams have gone on. */
static void test_after_a_rest_the_call_goes_on_where_it_would_be(void)
{
    g_autoptr(MpMediaSource) source = make_call(0, TRUE);
    run(source, 0, MP_SEC(1));
    mp_media_source_set_scale(source, 0, MP_SEC(1));
    run(source, MP_SEC(1), MP_SEC(3));
    mp_media_source_set_scale(source, 0.12, MP_SEC(3));
    MpMediaPacket packet;
    g_assert_false(mp_media_source_next(source, MP_SEC(3), &packet));
    const Tally tally = run(source, MP_SEC(3), MP_SEC(5));
    g_assert_cmpuint(tally.packets[1], ==, 99);
    g_assert_cmpint(tally.frames[2], >=, 58);
    g_assert_cmpint(tally.frames[2], <=, 60);
    assert_kbps(tally.bytes[2], 2, 300, 0.15);
    while (!mp_media_source_next(source, MP_SEC(6), &packet) || packet.stream != 1)
        continue;
    g_assert_cmpuint(packet.timestamp, ==, 5 * 48000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media-source/call", test_ten_seconds_of_a_call);
    g_test_add_func("/media-source/seed", test_a_seed_is_one_call);
    g_test_add_func("/media-source/burst", test_a_frame_leaves_in_one_burst);
    g_test_add_func("/media-source/rate", test_a_new_rate_begins_with_the_next_frame);
    g_test_add_func("/media-source/skip", test_what_was_skipped_is_not_sent_later);
    g_test_add_func("/media-source/audio-only", test_no_video_leaves_audio_alone);
    g_test_add_func("/media-source/dtx", test_pauses_of_speech_have_few_packets);
    g_test_add_func("/media-source/participants", test_participants_have_their_own_moments);
    g_test_add_func("/media-source/simulcast", test_layers_go_through_one_pacer);
    g_test_add_func("/media-source/sets", test_another_set_is_not_sent);
    g_test_add_func("/media-source/rest", test_a_rate_of_zero_is_rest);
    g_test_add_func("/media-source/answerer-at-rest", test_an_answerer_at_rest_is_heard_as_often);
    g_test_add_func("/media-source/rest-anew", test_rest_can_begin_anew);
    g_test_add_func("/media-source/after-a-rest",
                    test_after_a_rest_the_call_goes_on_where_it_would_be);
    return g_test_run();
}
