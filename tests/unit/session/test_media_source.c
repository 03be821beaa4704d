/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The schedule of a call's packets, in virtual time.
 */
#include "session/media_source.h"

typedef struct {
    guint packets[MP_N_STREAMS];
    guint64 bytes[MP_N_STREAMS];
    guint frames;
    MpTime latest;
} Tally;

static Tally run(MpMediaSource *source, MpTime from, MpTime until)
{
    Tally tally = {0};
    for (MpTime now = from; now < until; now = MAX(now + 1, mp_media_source_deadline(source))) {
        MpMediaPacket packet;
        while (mp_media_source_next(source, now, &packet)) {
            tally.packets[packet.kind]++;
            tally.bytes[packet.kind] += packet.payload_size;
            tally.frames += packet.marker;
            tally.latest = MAX(tally.latest, now - packet.due);
            g_assert_cmpint(packet.due, <=, now);
        }
    }
    return tally;
}

static void test_ten_seconds_of_a_call(void)
{
    const MpMediaSourceConfig config = {MP_SEC(5), 2500, 30, TRUE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    Tally tally = run(source, MP_SEC(5), MP_SEC(15));
    g_assert_cmpuint(tally.packets[MP_STREAM_AUDIO], ==, 500);
    g_assert_cmpuint(tally.packets[MP_STREAM_ECHO], ==, 500);
    g_assert_cmpuint(tally.frames, ==, 300);
    double kbps = (double)tally.bytes[MP_STREAM_VIDEO] * 8 / 10 / 1000;
    g_assert_cmpfloat(kbps, >, 2499);
    g_assert_cmpfloat(kbps, <, 2501);
}

static void test_a_frame_is_spread_over_two_fifths_of_its_time(void)
{
    const MpMediaSourceConfig config = {0, 2500, 30, FALSE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    MpMediaPacket packet;
    MpTime last = -1;
    guint count = 0;
    while (mp_media_source_next(source, MP_MSEC(33), &packet))
        if (packet.kind == MP_STREAM_VIDEO) {
            g_assert_cmpint(packet.due, >, last);
            last = packet.due;
            count++;
        }
    g_assert_cmpuint(count, ==, 10); /* 10,416 bytes in 1,100 */
    g_assert_cmpint(last, ==, MP_SEC(1) / 30 * 2 / 5 * 9 / 10);
}

static void test_a_new_rate_begins_with_the_next_frame(void)
{
    const MpMediaSourceConfig config = {0, 2500, 30, FALSE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    run(source, 0, MP_SEC(1));
    mp_media_source_set_rate(source, 300, MP_SEC(1));
    run(source, MP_SEC(1), MP_SEC(1) + MP_MSEC(40));
    Tally tally = run(source, MP_SEC(1) + MP_MSEC(40), MP_SEC(3) + MP_MSEC(40));
    g_assert_cmpuint(tally.frames, ==, 60);
    g_assert_cmpuint(tally.bytes[MP_STREAM_VIDEO], ==, 60 * (300 * 125 / 30));
}

static void test_what_was_skipped_is_not_sent_later(void)
{
    const MpMediaSourceConfig config = {0, 500, 30, TRUE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    run(source, 0, MP_SEC(1));
    mp_media_source_skip(source, MP_SEC(4));
    MpMediaPacket packet;
    g_assert_false(mp_media_source_next(source, MP_SEC(4), &packet));
    Tally tally = run(source, MP_SEC(4), MP_SEC(5));
    g_assert_cmpuint(tally.packets[MP_STREAM_AUDIO], ==, 49);
    g_assert_cmpint(tally.latest, ==, 0);
}

static void test_no_video_leaves_audio_alone(void)
{
    const MpMediaSourceConfig config = {0, 0, 30, FALSE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    Tally tally = run(source, 0, MP_SEC(1));
    g_assert_cmpuint(tally.packets[MP_STREAM_AUDIO], ==, 50);
    g_assert_cmpuint(tally.packets[MP_STREAM_VIDEO], ==, 0);
    g_assert_cmpuint(tally.packets[MP_STREAM_ECHO], ==, 0);
}

/* A far end may ask for any rate in its packets; a call that was made without video has no frames.
 */
static void test_a_call_without_video_gets_none_later(void)
{
    const MpMediaSourceConfig config = {0, 0, 30, FALSE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    mp_media_source_set_rate(source, 2500, 0);
    g_assert_cmpuint(run(source, 0, MP_SEC(1)).packets[MP_STREAM_VIDEO], ==, 0);
}

/* Three packets quickly, so that one tells the far end, then ten a second: echoes and audio in
 * turn.
 */
static void test_a_rate_of_zero_is_rest(void)
{
    const MpMediaSourceConfig config = {0, 2500, 30, TRUE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    run(source, 0, MP_SEC(1));
    mp_media_source_set_rate(source, 0, MP_SEC(1));
    g_assert_cmpuint(mp_media_source_rate(source), ==, 0);
    const Tally first = run(source, MP_SEC(1), MP_SEC(1) + MP_MSEC(60));
    g_assert_cmpuint(first.packets[MP_STREAM_ECHO], ==, 3);
    const Tally rest = run(source, MP_SEC(1) + MP_MSEC(60), MP_SEC(2) + MP_MSEC(60));
    g_assert_cmpuint(rest.packets[MP_STREAM_AUDIO], ==, 5);
    g_assert_cmpuint(rest.packets[MP_STREAM_ECHO], ==, 5);
    g_assert_cmpuint(rest.packets[MP_STREAM_VIDEO], ==, 0);
    g_assert_cmpuint(rest.bytes[MP_STREAM_AUDIO] + rest.bytes[MP_STREAM_ECHO], <, 250);
}

static void test_an_answerer_at_rest_is_heard_as_often(void)
{
    const MpMediaSourceConfig config = {0, 2500, 30, FALSE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    mp_media_source_set_rate(source, 0, 0);
    g_assert_cmpuint(run(source, 0, MP_MSEC(40) + MP_SEC(1)).packets[MP_STREAM_AUDIO], ==, 13);
}

/* A question at once: told to rest once more, it sends its next echo now. */
static void test_rest_can_begin_anew(void)
{
    const MpMediaSourceConfig config = {0, 2500, 30, TRUE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    mp_media_source_set_rate(source, 0, 0);
    run(source, 0, MP_MSEC(1030));
    mp_media_source_set_rate(source, 0, MP_MSEC(1030));
    MpMediaPacket packet;
    g_assert_true(mp_media_source_next(source, MP_MSEC(1030), &packet));
    g_assert_cmpint(packet.kind, ==, MP_STREAM_ECHO);
}

/* Nothing of what the rest left out comes later, and the clocks of the streams have gone on. */
static void test_after_a_rest_the_call_goes_on_where_it_would_be(void)
{
    const MpMediaSourceConfig config = {0, 2500, 30, TRUE};
    g_autoptr(MpMediaSource) source = mp_media_source_new(&config);
    run(source, 0, MP_SEC(1));
    mp_media_source_set_rate(source, 0, MP_SEC(1));
    run(source, MP_SEC(1), MP_SEC(3));
    mp_media_source_set_rate(source, 300, MP_SEC(3));
    MpMediaPacket packet;
    g_assert_false(mp_media_source_next(source, MP_SEC(3), &packet));
    const Tally tally = run(source, MP_SEC(3), MP_SEC(5));
    g_assert_cmpuint(tally.packets[MP_STREAM_AUDIO], ==, 99);
    g_assert_cmpint(tally.frames, >=, 58);
    g_assert_cmpint(tally.frames, <=, 60);
    g_assert_cmpuint(tally.bytes[MP_STREAM_VIDEO], <=, 60 * (300 * 125 / 30));
    while (!mp_media_source_next(source, MP_SEC(6), &packet) || packet.kind != MP_STREAM_AUDIO)
        continue;
    g_assert_cmpuint(packet.timestamp, ==, 5 * 48000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media-source/call", test_ten_seconds_of_a_call);
    g_test_add_func("/media-source/pacing", test_a_frame_is_spread_over_two_fifths_of_its_time);
    g_test_add_func("/media-source/rate", test_a_new_rate_begins_with_the_next_frame);
    g_test_add_func("/media-source/skip", test_what_was_skipped_is_not_sent_later);
    g_test_add_func("/media-source/audio-only", test_no_video_leaves_audio_alone);
    g_test_add_func("/media-source/no-video-later", test_a_call_without_video_gets_none_later);
    g_test_add_func("/media-source/rest", test_a_rate_of_zero_is_rest);
    g_test_add_func("/media-source/answerer-at-rest", test_an_answerer_at_rest_is_heard_as_often);
    g_test_add_func("/media-source/rest-anew", test_rest_can_begin_anew);
    g_test_add_func("/media-source/after-a-rest",
                    test_after_a_rest_the_call_goes_on_where_it_would_be);
    return g_test_run();
}
