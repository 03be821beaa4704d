/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What encoders make of rates: as calls in Chromium and libvpx itself do with the same pictures.
 */
#include "simulator/sim_encoder.h"

#include <math.h>

#include "simulator/sim_encoder_dropper.h"

#define MOST_FRAMES 4000

typedef struct {
    guint n;
    MpSimFrame frames[MOST_FRAMES];
    double fps;
    double qp;
    double kbps;
    guint keys;
} Seen;

static const MpSimSetup camera = {
    .session = MP_SESSION_LIVE_VIDEO, .codec = MP_SIM_VP8, .width = 640, .height = 480, .fps = 30};
static const MpSimSetup slides = {.session = MP_SESSION_SCREEN_SHARE,
                                  .codec = MP_SIM_VP8,
                                  .screen = MP_SIM_SLIDES,
                                  .width = 1280,
                                  .height = 720,
                                  .fps = 5};

static MpSimEncoder *make(const MpSimSetup *setup, guint64 seed)
{
    return mp_sim_encoder_new(mp_chromium_newest(), setup, seed, 0);
}

static void run(MpSimEncoder *encoder, MpTime *at, MpTime until, Seen *seen)
{
    *seen = (Seen){0};
    const MpTime from = *at;
    double bits = 0;
    while (mp_sim_encoder_deadline(encoder) < until) {
        *at = mp_sim_encoder_deadline(encoder);
        MpSimFrame frame;
        while (mp_sim_encoder_take(encoder, *at, &frame)) {
            g_assert_cmpuint(seen->n, <, MOST_FRAMES);
            g_assert_cmpint(frame.captured, <=, frame.encoded);
            g_assert_cmpint(frame.encoded, <=, *at);
            seen->frames[seen->n++] = frame;
            seen->qp += frame.qp;
            seen->keys += frame.is_key;
            bits += 8.0 * frame.bytes;
        }
    }
    const double seconds = (double)(until - from) / (double)MP_SEC(1);
    seen->fps = seen->n / seconds;
    seen->qp /= MAX(seen->n, 1);
    seen->kbps = bits / 1000 / seconds;
    *at = until;
}

/* From 10 to 40 s after the start, all at one rate. */
static void hold_with_seed(const MpSimSetup *setup, double kbps, guint64 seed, Seen *seen)
{
    g_autoptr(MpSimEncoder) encoder = make(setup, seed);
    mp_sim_encoder_set_rate(encoder, kbps * 1e3, 0);
    mp_sim_encoder_set_link(encoder, 2 * kbps * 1e3);
    MpTime at = 0;
    run(encoder, &at, MP_SEC(10), seen);
    run(encoder, &at, MP_SEC(40), seen);
}

static void hold(const MpSimSetup *setup, double kbps, Seen *seen)
{
    hold_with_seed(setup, kbps, 1, seen);
}

static void a_camera_meets_its_rate_with_the_quantizer(void)
{
    /* What libvpx and OpenH264 have with libwebrtc's settings and this camera's pictures. */
    static const struct {
        MpSimCodec codec;
        double kbps, qp, within;
    } rows[] = {
        {MP_SIM_VP8, 1700, 6, 2},      {MP_SIM_VP8, 1200, 8.6, 2},
        {MP_SIM_VP8, 800, 11.8, 2.5},  {MP_SIM_VP8, 500, 18.3, 3},
        {MP_SIM_VP8, 300, 28.6, 4},    {MP_SIM_H264, 1700, 17.2, 1.5},
        {MP_SIM_H264, 800, 20.3, 1.5}, {MP_SIM_H264, 300, 23.9, 1.5},
        {MP_SIM_H264, 150, 27.3, 1.5},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        MpSimSetup setup = camera;
        setup.codec = rows[i].codec;
        Seen seen;
        hold(&setup, rows[i].kbps, &seen);
        g_assert_cmpfloat_with_epsilon(seen.kbps, rows[i].kbps, 0.03 * rows[i].kbps);
        g_assert_cmpfloat_with_epsilon(seen.qp, rows[i].qp, rows[i].within);
        g_assert_cmpfloat_with_epsilon(seen.fps, 30, 0.1);
        g_assert_cmpuint(seen.frames[0].height, ==, 480);
    }
}

/* Of the logarithm of the frames' sizes. */
static double spread_of(const MpSimSetup *setup, double kbps)
{
    Seen seen;
    hold(setup, kbps, &seen);
    double sum = 0;
    double squares = 0;
    for (guint i = 0; i < seen.n; i++) {
        const double size = log(seen.frames[i].bytes);
        sum += size;
        squares += size * size;
    }
    return sqrt(squares / seen.n - pow(sum / seen.n, 2));
}

/* The noise of a camera is in fine pictures, and OpenH264 evens it out. */
static void fine_pictures_vary_more_than_coarse_ones(void)
{
    MpSimSetup h264 = camera;
    h264.codec = MP_SIM_H264;
    g_assert_cmpfloat(spread_of(&camera, 1000), >, 1.4 * spread_of(&camera, 200));
    g_assert_cmpfloat(spread_of(&camera, 1000), >, 1.1 * spread_of(&h264, 1000));
}

/* Calls in Chromium over links without loss but with jitter: 1500 to 1600 kbit/s of 1700. */
static void uneven_frames_take_less_where_the_link_has_no_room(void)
{
    g_autoptr(MpSimEncoder) encoder = make(&camera, 1);
    mp_sim_encoder_set_rate(encoder, 1700e3, 0);
    Seen seen;
    MpTime at = 0;
    run(encoder, &at, MP_MSEC(900), &seen);
    g_assert_cmpfloat_with_epsilon(seen.kbps, 1700 / 1.2, 150);
    run(encoder, &at, MP_SEC(10), &seen);
    run(encoder, &at, MP_SEC(40), &seen);
    g_assert_cmpfloat(seen.kbps, >, 1500);
    g_assert_cmpfloat(seen.kbps, <, 1630);
}

static void no_more_than_the_most_of_its_height(void)
{
    Seen seen;
    hold(&camera, 5000, &seen);
    g_assert_cmpfloat(seen.kbps, <, 1.03 * 1700);
    g_autoptr(MpSimEncoder) screen = make(&slides, 1);
    g_assert_cmpfloat(mp_sim_encoder_most_bps(screen), ==, 2500e3);
}

static void key_frames_come_first_and_when_wanted(void)
{
    g_autoptr(MpSimEncoder) encoder = make(&camera, 1);
    mp_sim_encoder_set_rate(encoder, 800e3, 0);
    Seen seen;
    MpTime at = 0;
    run(encoder, &at, MP_SEC(8), &seen);
    g_assert_true(seen.frames[0].is_key);
    g_assert_cmpuint(seen.keys, ==, 1);

    mp_sim_encoder_want_key_frame(encoder);
    const double usual = seen.kbps * 1000 / 8 / 30;
    run(encoder, &at, MP_SEC(9), &seen);
    g_assert_true(seen.frames[0].is_key);
    g_assert_cmpuint(seen.keys, ==, 1);
    g_assert_cmpfloat(seen.frames[0].bytes, >, 1.5 * usual);
    g_assert_cmpfloat(seen.frames[0].bytes, <, 10 * usual);
}

static void too_coarse_for_long_is_lower(void)
{
    Seen seen;
    hold(&camera, 45, &seen);
    g_assert_cmpuint(seen.frames[seen.n - 1].height, ==, 240);

    g_autoptr(MpSimEncoder) encoder = make(&camera, 1);
    mp_sim_encoder_set_rate(encoder, 45e3, 0);
    MpTime at = 0;
    run(encoder, &at, MP_SEC(60), &seen);
    mp_sim_encoder_set_rate(encoder, 800e3, 0);
    run(encoder, &at, MP_SEC(100), &seen);
    g_assert_cmpuint(seen.frames[seen.n - 1].height, ==, 480);
}

static void begins_lower_where_the_first_rate_is_too_low(void)
{
    MpSimSetup setup = camera;
    setup.width = 1280;
    setup.height = 720;
    g_autoptr(MpSimEncoder) encoder = make(&setup, 1);
    mp_sim_encoder_set_rate(encoder, 300e3, 0);
    Seen seen;
    MpTime at = 0;
    run(encoder, &at, MP_MSEC(500), &seen);
    g_assert_cmpuint(seen.frames[0].height, ==, 360);
    mp_sim_encoder_set_rate(encoder, 2500e3, 0);
    run(encoder, &at, MP_SEC(30), &seen);
    g_assert_cmpuint(seen.frames[seen.n - 1].height, ==, 720);
}

/* libvpx leaves out the first frame of a page, sends the second at its coarsest quantizer and is
 * finer by 12 from frame to frame. */
static void a_slide_comes_coarse_and_becomes_fine(void)
{
    Seen seen;
    hold(&slides, 2500, &seen);
    guint pages = 0;
    for (guint i = 2; i + 2 < seen.n; i++) {
        if (seen.frames[i].qp < 106 || seen.frames[i - 1].qp > 15)
            continue;
        pages++;
        g_assert_cmpint(seen.frames[i].captured - seen.frames[i - 1].captured, >=, MP_MSEC(399));
        g_assert_cmpfloat(seen.frames[i].bytes, >, 45000);
        g_assert_cmpfloat(seen.frames[i + 1].qp, <, 106);
        g_assert_cmpfloat(seen.frames[i + 2].qp, <=, seen.frames[i + 1].qp);
    }
    g_assert_cmpuint(pages, ==, 6);
    g_assert_cmpfloat(seen.fps, >, 4.7);
    g_assert_cmpfloat(seen.kbps, <, 1000);
    g_assert_cmpuint(seen.frames[seen.n - 1].height, ==, 720);
}

static void a_slow_link_makes_slides_rare_not_small(void)
{
    Seen seen;
    hold(&slides, 300, &seen);
    g_assert_cmpfloat(seen.fps, <, 4);
    g_assert_cmpfloat(seen.qp, >, 85);
    g_assert_cmpuint(seen.frames[seen.n - 1].height, ==, 720);
}

static void scrolling_text_needs_more_than_slides(void)
{
    MpSimSetup motion = slides;
    motion.screen = MP_SIM_MOTION;
    motion.fps = 15;
    Seen seen;
    hold(&motion, 2500, &seen);
    g_assert_cmpfloat(seen.fps, >, 11.5);
    g_assert_cmpfloat_with_epsilon(seen.qp, 94, 6);
    hold(&motion, 600, &seen);
    g_assert_cmpfloat(seen.fps, <, 3);
}

static void h264_takes_every_other_picture_of_a_screen(void)
{
    MpSimSetup setup = slides;
    setup.codec = MP_SIM_H264;
    Seen seen;
    hold(&setup, 2500, &seen);
    g_assert_cmpfloat_with_epsilon(seen.fps, 2.5, 0.3);
}

/* The browser draws with its screen: what misses 33 ms comes after 50. */
static void a_dear_pipeline_makes_fewer_frames(void)
{
    static const struct {
        double cost_ms, least_fps, most_fps;
    } rows[] = {{2, 29.5, 30.1}, {12, 27, 30.1}, {20, 22, 27}, {33, 15.5, 19.5}, {45, 12, 16}};
    MpSimSetup setup = camera;
    setup.session = MP_SESSION_VIRTUAL_BACKGROUND;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        setup.frame_cost_ms = rows[i].cost_ms;
        const guint n_calls = 10;
        double fps = 0;
        for (guint64 seed = 0; seed < n_calls; seed++) {
            Seen seen;
            hold_with_seed(&setup, 1700, seed, &seen);
            fps += seen.fps / n_calls;
            g_assert_cmpfloat(seen.kbps, <, 1.05 * 1700);
        }
        g_assert_cmpfloat(fps, >=, rows[i].least_fps);
        g_assert_cmpfloat(fps, <=, rows[i].most_fps);
    }
}

/* Real calls with a pipeline of 33 ms had 15 and 25 frames a second. */
static void twins_differ_by_how_busy_the_computer_is(void)
{
    MpSimSetup setup = camera;
    setup.session = MP_SESSION_VIRTUAL_BACKGROUND;
    setup.frame_cost_ms = 33;
    double least = INFINITY, most = 0;
    for (guint64 seed = 0; seed < 10; seed++) {
        Seen seen;
        hold_with_seed(&setup, 1700, seed, &seen);
        least = fmin(least, seen.fps);
        most = fmax(most, seen.fps);
    }
    g_assert_cmpfloat(least, <, 16);
    g_assert_cmpfloat(most, >, 19);
}

static void nothing_is_encoded_for_a_pacer_that_is_full(void)
{
    g_autoptr(MpSimEncoder) encoder = make(&camera, 1);
    mp_sim_encoder_set_rate(encoder, 500e3, MP_MSEC(2500));
    Seen seen;
    MpTime at = 0;
    run(encoder, &at, MP_SEC(2), &seen);
    g_assert_cmpuint(seen.n, ==, 0);
    g_assert_cmpuint(mp_sim_encoder_source_frames(encoder), >, 55);
    mp_sim_encoder_set_rate(encoder, 500e3, MP_MSEC(100));
    run(encoder, &at, MP_SEC(4), &seen);
    g_assert_cmpfloat(seen.fps, >, 29);
}

/* 30 kbit/s are video's, whatever audio leaves of the rate. */
static void a_little_is_sent_at_any_rate(void)
{
    Seen seen;
    hold(&camera, 0, &seen);
    g_assert_cmpfloat_with_epsilon(seen.kbps, 30, 4);
    g_assert_cmpfloat(seen.fps, >, 15);
    g_assert_cmpuint(seen.frames[seen.n - 1].height, ==, 240);
}

static void frames_are_left_out_for_what_is_in_flight(void)
{
    g_autoptr(MpSimEncoder) encoder = make(&camera, 1);
    mp_sim_encoder_set_rate(encoder, 500e3, 0);
    mp_sim_encoder_set_drop_share(encoder, 0.3);
    Seen seen;
    MpTime at = 0;
    run(encoder, &at, MP_SEC(10), &seen);
    run(encoder, &at, MP_SEC(20), &seen);
    g_assert_cmpfloat_with_epsilon(seen.fps, 20, 0.3);
    g_assert_cmpfloat(seen.kbps, <, 380);
}

/* Half a second of bits ahead: H.264 is not believed to save them itself. */
static void media_optimization_leaves_out_what_is_ahead(void)
{
    MpSimDropper dropper;
    mp_sim_dropper_init(&dropper, &mp_chromium_newest()->encoder);
    mp_sim_dropper_set(&dropper, 300e3);
    guint before = 0, after = 0;
    for (guint i = 0; i < 60; i++) {
        const gboolean is_dropped = mp_sim_dropper_drops(&dropper, 30);
        before += is_dropped;
        if (!is_dropped)
            mp_sim_dropper_encoded(&dropper, 10e3, i == 0, 30);
    }
    mp_sim_dropper_set(&dropper, 150e3);
    for (guint i = 0; i < 300; i++) {
        const gboolean is_dropped = mp_sim_dropper_drops(&dropper, 30);
        after += is_dropped;
        if (!is_dropped)
            mp_sim_dropper_encoded(&dropper, 10e3, FALSE, 30);
    }
    g_assert_cmpuint(before, ==, 0);
    g_assert_cmpuint(after, >, 120);
    g_assert_cmpuint(after, <, 180);
}

static void a_processor_too_slow_for_its_encoder_is_seen(void)
{
    MpSimSetup setup = camera;
    g_autoptr(MpSimEncoder) small = make(&setup, 1);
    setup.codec = MP_SIM_AV1;
    setup.width = 1920;
    setup.height = 1080;
    g_autoptr(MpSimEncoder) large = make(&setup, 1);
    Seen seen;
    MpTime at = 0;
    mp_sim_encoder_set_rate(small, 4e6, 0);
    run(small, &at, MP_SEC(5), &seen);
    at = 0;
    mp_sim_encoder_set_rate(large, 4e6, 0);
    run(large, &at, MP_SEC(5), &seen);
    g_assert_cmpint(mp_sim_encoder_cpu_limited(small), ==, 0);
    g_assert_cmpint(mp_sim_encoder_cpu_limited(large), >, MP_SEC(4));
}

static void one_seed_is_one_call(void)
{
    Seen first, again;
    hold(&camera, 700, &first);
    hold(&camera, 700, &again);
    g_assert_cmpuint(first.n, ==, again.n);
    for (guint i = 0; i < first.n; i++)
        g_assert_cmpuint(first.frames[i].bytes, ==, again.frames[i].bytes);

    g_autoptr(MpSimEncoder) other = make(&camera, 2);
    mp_sim_encoder_set_rate(other, 700e3, 0);
    MpTime at = 0;
    run(other, &at, MP_SEC(10), &again);
    g_assert_cmpuint(first.frames[0].bytes, !=, again.frames[again.n - 1].bytes);
}

static void every_codec_meets_its_rate(void)
{
    for (int codec = MP_SIM_VP8; codec <= MP_SIM_AV1; codec++) {
        MpSimSetup setup = camera;
        setup.codec = (MpSimCodec)codec;
        Seen seen;
        hold(&setup, 600, &seen);
        g_assert_cmpfloat_with_epsilon(seen.kbps, 600, 30);
        g_assert_cmpfloat(seen.fps, >, 29);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim_encoder/camera/rate", a_camera_meets_its_rate_with_the_quantizer);
    g_test_add_func("/sim_encoder/camera/varied", fine_pictures_vary_more_than_coarse_ones);
    g_test_add_func("/sim_encoder/camera/uneven",
                    uneven_frames_take_less_where_the_link_has_no_room);
    g_test_add_func("/sim_encoder/camera/most", no_more_than_the_most_of_its_height);
    g_test_add_func("/sim_encoder/camera/key", key_frames_come_first_and_when_wanted);
    g_test_add_func("/sim_encoder/camera/height", too_coarse_for_long_is_lower);
    g_test_add_func("/sim_encoder/camera/begin", begins_lower_where_the_first_rate_is_too_low);
    g_test_add_func("/sim_encoder/slides/fine", a_slide_comes_coarse_and_becomes_fine);
    g_test_add_func("/sim_encoder/slides/slow", a_slow_link_makes_slides_rare_not_small);
    g_test_add_func("/sim_encoder/motion", scrolling_text_needs_more_than_slides);
    g_test_add_func("/sim_encoder/screen/h264", h264_takes_every_other_picture_of_a_screen);
    g_test_add_func("/sim_encoder/background", a_dear_pipeline_makes_fewer_frames);
    g_test_add_func("/sim_encoder/twins", twins_differ_by_how_busy_the_computer_is);
    g_test_add_func("/sim_encoder/paused", nothing_is_encoded_for_a_pacer_that_is_full);
    g_test_add_func("/sim_encoder/least", a_little_is_sent_at_any_rate);
    g_test_add_func("/sim_encoder/in_flight", frames_are_left_out_for_what_is_in_flight);
    g_test_add_func("/sim_encoder/dropper", media_optimization_leaves_out_what_is_ahead);
    g_test_add_func("/sim_encoder/processor", a_processor_too_slow_for_its_encoder_is_seen);
    g_test_add_func("/sim_encoder/seed", one_seed_is_one_call);
    g_test_add_func("/sim_encoder/codecs", every_codec_meets_its_rate);
    return g_test_run();
}
