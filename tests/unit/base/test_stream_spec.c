/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptions of streams: what is written is read, and nothing else is.
 */
#include "base/stream_spec.h"

static void test_what_is_written_is_read(void)
{
    static const char *const texts[] = {
        "0 audio participant=0 kbps=40 talk_ms=1000 silence_ms=800",
        "3 camera participant=15 kbps=2500 fps=30 key_frame_ms=0 key_frame_percent=500",
        ("1 screen participant=2 kbps=1000 fps=15 slide_ms=2000 slide_least_bytes=50000 "
         "slide_most_bytes=300000 motion_ms=500"),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        MpStreamSpec spec;
        g_assert_true(mp_stream_spec_parse(&spec, texts[i]));
        g_autofree char *again = mp_stream_spec_to_string(&spec);
        g_assert_cmpstr(again, ==, texts[i]);
    }
}

static void test_anything_else_is_refused(void)
{
    static const char *const texts[] = {
        "",
        "0",
        "0 audio",
        "4 audio participant=0 kbps=40 talk_ms=0 silence_ms=0",
        "0 phone participant=0 kbps=40 talk_ms=0 silence_ms=0",
        "0 audio participant=0 kbps=511 talk_ms=0 silence_ms=0",
        "0 audio participant=0 kbps=+40 talk_ms=0 silence_ms=0",
        "0 audio kbps=40 participant=0 talk_ms=0 silence_ms=0",
        "0 audio participant=0 kbps=40 talk_ms=0",
        "0 audio participant=0 kbps=40 talk_ms=0 silence_ms=0 fps=30",
        "0 audio participant=0 kbps=40 talk_ms=0 silence_ms=0 ",
        ("0 screen participant=2 kbps=1000 fps=15 slide_ms=2000 slide_least_bytes=2 "
         "slide_most_bytes=1 motion_ms=500"),
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        MpStreamSpec spec;
        g_test_message("%s", texts[i]);
        g_assert_false(mp_stream_spec_parse(&spec, texts[i]));
    }
}

static void test_a_rate_counts_slides_and_key_frames(void)
{
    MpStreamSpec screen = {.kind = MP_SPEC_SCREEN,
                           .kbps = 1000,
                           .fps = 15,
                           .slide_ms = 1000,
                           .slide_least_bytes = 50000,
                           .slide_most_bytes = 100000};
    g_assert_cmpuint(mp_stream_spec_kbps(&screen), ==, 1800);
    mp_stream_spec_reduce(&screen, 0.5);
    g_assert_cmpuint(mp_stream_spec_kbps(&screen), ==, 900);

    MpStreamSpec camera = {
        .kind = MP_SPEC_CAMERA, .kbps = 1000, .fps = 1, .key_frame_percent = 1000};
    g_assert_cmpuint(mp_stream_spec_kbps(&camera), ==, 1000);
    camera.key_frame_ms = 200; /* every frame is one */
    g_assert_cmpuint(mp_stream_spec_kbps(&camera), ==, 10000);
    camera.fps = 30;
    camera.key_frame_ms = 3000;
    g_assert_cmpuint(mp_stream_spec_kbps(&camera), ==, 1000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stream-spec/again", test_what_is_written_is_read);
    g_test_add_func("/stream-spec/refused", test_anything_else_is_refused);
    g_test_add_func("/stream-spec/kbps", test_a_rate_counts_slides_and_key_frames);
    return g_test_run();
}
