/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cameras, screens and the pacer, each for itself, in virtual time.
 */
#include "session/pacer.h"
#include "session/stream_audio.h"
#include "session/stream_camera.h"
#include "session/stream_screen.h"

static const MpStreamSpec camera_spec = {.kind = MP_SPEC_CAMERA,
                                         .kbps = 1500,
                                         .fps = 30,
                                         .key_frame_ms = 3000,
                                         .key_frame_percent = 500};

/* 1,500 kbps at 30 frames a second are 6,250 bytes on average. */
static void test_key_frames_are_large_and_paid_back(void)
{
    MpStreamCamera camera = mp_stream_camera(&camera_spec, 0, 0, 1);
    guint64 bytes = 0;
    guint keys = 0;
    for (guint i = 0; i < 900; i++) {
        const MpVideoFrame frame = mp_stream_camera_next(&camera, 1);
        g_assert_cmpint(frame.captured, ==, (MpTime)(i * (guint64)MP_SEC(1) / 30));
        g_assert_cmpuint(frame.timestamp, ==, i * 3000);
        bytes += frame.bytes;
        if (frame.bytes == 31251) {
            g_assert_cmpint(frame.captured % MP_SEC(3), ==, 0);
            keys++;
        }
    }
    g_assert_cmpuint(keys, ==, 9); /* the one at the beginning is of 300 kbps */
    g_assert_cmpfloat_with_epsilon((double)bytes / 900, 6250, 90);
}

static void test_a_call_begins_small(void)
{
    MpStreamCamera camera = mp_stream_camera(&camera_spec, 0, 0, 1);
    g_assert_cmpuint(mp_stream_camera_next(&camera, 1).bytes, ==, 6251); /* 300 kbps, 500 % */
}

static void test_a_paused_camera_keeps_its_clock(void)
{
    MpStreamCamera camera = mp_stream_camera(&camera_spec, MP_SEC(1), 0.5, 1);
    g_assert_cmpuint(mp_stream_camera_next(&camera, 0).bytes, ==, 0);
    const MpVideoFrame frame = mp_stream_camera_next(&camera, 1);
    g_assert_cmpuint(frame.timestamp, ==, 3000);
    g_assert_cmpint(frame.captured, ==, MP_SEC(1) + MP_SEC(1) / 60 + MP_SEC(1) / 30);
}

static const MpStreamSpec screen_spec = {.kind = MP_SPEC_SCREEN,
                                         .kbps = 1000,
                                         .fps = 10,
                                         .slide_ms = 5000,
                                         .slide_least_bytes = 50000,
                                         .slide_most_bytes = 300000,
                                         .motion_ms = 1000};

static void test_a_screen_has_slides_motion_and_rest(void)
{
    MpStreamScreen screen = mp_stream_screen(&screen_spec, 0, 7);
    guint slides = 0;
    guint moving = 0;
    guint still = 0;
    guint64 slide_bytes = 0;
    MpTime last_slide = 0;
    while (mp_stream_screen_due(&screen) < MP_SEC(500)) {
        const MpVideoFrame frame = mp_stream_screen_next(&screen, 1);
        if (frame.bytes >= 50000) {
            g_assert_cmpuint(frame.bytes, <=, 300000);
            g_assert_true(slides == 0 || frame.captured - last_slide >= MP_MSEC(2500));
            g_assert_true(frame.captured - last_slide <= MP_MSEC(7500));
            last_slide = frame.captured;
            slide_bytes += frame.bytes;
            slides++;
        } else if (frame.bytes > 200) {
            g_assert_cmpint(frame.captured - last_slide, <, MP_SEC(1));
            moving++;
        } else {
            g_assert_cmpint(frame.captured - last_slide, >=, MP_SEC(1));
            still++;
        }
    }
    g_assert_cmpuint(slides, >, 90);
    g_assert_cmpuint(slides, <, 110);
    g_assert_cmpfloat_with_epsilon((double)slide_bytes / slides, 175000, 20000);
    g_assert_cmpuint(moving / slides, ==, 9);
    g_assert_cmpuint(still / slides, ==, 4);
}

static void test_a_slide_that_a_pause_held_back_comes_after_it(void)
{
    MpStreamScreen screen = mp_stream_screen(&screen_spec, 0, 7);
    for (guint i = 0; i < 10; i++)
        g_assert_cmpuint(mp_stream_screen_next(&screen, 0).bytes, ==, 0);
    g_assert_cmpuint(mp_stream_screen_next(&screen, 1).bytes, >=, 50000);
}

static MpPacer *pacer_with(guint32 bytes, double kbps)
{
    MpPacer *pacer = mp_pacer_new();
    mp_pacer_set_target(pacer, kbps);
    mp_pacer_push(pacer, &(MpVideoFrame){1, bytes, 90, MP_SEC(1)});
    return pacer;
}

/* A slide of 200 kB at 2.5 times 1,000 kbps: 40 ms are 12,500 bytes, and each burst waits until the
 * one before is paid off. The queue empties within two seconds, whatever the rate. */
static void test_a_slide_leaves_in_bursts(void)
{
    g_autoptr(MpPacer) pacer = pacer_with(200000, 1000);
    MpTime burst_start = 0;
    guint burst = 0;
    guint bursts = 0;
    guint64 bytes = 0;
    gboolean is_last = FALSE;
    while (!is_last) {
        const MpPacedPacket packet = mp_pacer_next(pacer);
        if (packet.due != burst_start) {
            g_assert_true(bursts == 0 || packet.due - burst_start >= MP_MSEC(40));
            g_assert_true(bursts == 0 || packet.due - burst_start <= MP_MSEC(44));
            burst_start = packet.due;
            burst = 0;
            bursts++;
        }
        burst += packet.payload_size;
        g_assert_cmpuint(burst, <=, 12500 + 1178);
        bytes += packet.payload_size;
        is_last = packet.marker;
    }
    g_assert_cmpuint(bytes, ==, 200000);
    g_assert_cmpuint(bursts, >=, 15);
    g_assert_cmpint(burst_start, <=, MP_SEC(1) + MP_MSEC(640));
    g_assert_cmpint(mp_pacer_due(pacer), ==, MP_NEVER);
}

static void test_a_long_queue_is_gone_in_two_seconds(void)
{
    g_autoptr(MpPacer) pacer = pacer_with(1000000, 100);
    MpTime due = 0;
    while (mp_pacer_due(pacer) != MP_NEVER)
        due = mp_pacer_next(pacer).due;
    g_assert_cmpint(due, <=, MP_SEC(3));
    g_assert_cmpint(due, >=, MP_SEC(2));
}

static void test_packets_of_a_frame_are_about_as_large(void)
{
    g_autoptr(MpPacer) pacer = pacer_with(3000, 2500);
    guint sizes[3];
    for (guint i = 0; i < 3; i++) {
        const MpPacedPacket packet = mp_pacer_next(pacer);
        sizes[i] = packet.payload_size;
        g_assert_cmpint(packet.marker, ==, i == 2);
        g_assert_cmpuint(packet.timestamp, ==, 90);
    }
    g_assert_cmpuint(sizes[0] + sizes[1] + sizes[2], ==, 3000);
    g_assert_cmpuint(sizes[0], ==, 1000);
}

static void test_one_frame_too_many_is_dropped(void)
{
    g_autoptr(MpPacer) pacer = mp_pacer_new();
    for (guint i = 0; i < 1000; i++)
        mp_pacer_push(pacer, &(MpVideoFrame){1, 10, i, 0});
    guint count = 0;
    for (; mp_pacer_due(pacer) != MP_NEVER; count++)
        g_assert_cmpuint(mp_pacer_next(pacer).timestamp, ==, count);
    g_assert_cmpuint(count, ==, 128);
}

/* RFC 6716 section 3.4: an Opus frame has 1275 bytes at most, whatever rate is asked for. */
static void test_a_voice_frame_is_never_larger_than_opus_makes_it(void)
{
    const MpStreamSpec spec = {.kind = MP_SPEC_AUDIO, .kbps = 510};
    MpStreamAudio audio = mp_stream_audio(&spec, 0, 1);
    guint largest = 0;
    for (guint i = 0; i < 1000; i++) {
        guint32 timestamp;
        gboolean begins_talk;
        largest = MAX(largest, mp_stream_audio_next(&audio, &timestamp, &begins_talk));
    }
    g_assert_cmpuint(largest, ==, 1275);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/streams/key-frames", test_key_frames_are_large_and_paid_back);
    g_test_add_func("/streams/begin", test_a_call_begins_small);
    g_test_add_func("/streams/paused-camera", test_a_paused_camera_keeps_its_clock);
    g_test_add_func("/streams/screen", test_a_screen_has_slides_motion_and_rest);
    g_test_add_func("/streams/paused-screen", test_a_slide_that_a_pause_held_back_comes_after_it);
    g_test_add_func("/streams/bursts", test_a_slide_leaves_in_bursts);
    g_test_add_func("/streams/long-queue", test_a_long_queue_is_gone_in_two_seconds);
    g_test_add_func("/streams/split", test_packets_of_a_frame_are_about_as_large);
    g_test_add_func("/streams/too-many", test_one_frame_too_many_is_dropped);
    g_test_add_func("/streams/voice", test_a_voice_frame_is_never_larger_than_opus_makes_it);
    return g_test_run();
}
