/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whole calls in virtual time. The figures are those of real calls over the same links
 * (tests/truth/data), with room for chance.
 */
#include "simulator/sim_call.h"

#include <math.h>

#define CALL_SPAN MP_SEC(30)

static MpSimSetup camera(void)
{
    return (MpSimSetup){.session = MP_SESSION_LIVE_VIDEO,
                        .codec = MP_SIM_VP8,
                        .width = 640,
                        .height = 480,
                        .fps = 30,
                        .warm_up = MP_SEC(10),
                        .span = CALL_SPAN};
}

static MpSimSetup slides(void)
{
    return (MpSimSetup){.session = MP_SESSION_SCREEN_SHARE,
                        .codec = MP_SIM_VP8,
                        .screen = MP_SIM_SLIDES,
                        .width = 1280,
                        .height = 720,
                        .fps = 5,
                        .warm_up = MP_SEC(10),
                        .span = CALL_SPAN};
}

static MpLinkConditions line(guint round_trip_ms, double loss_percent, guint64 kbps, guint queue_ms)
{
    return (MpLinkConditions){
        .delay = MP_MSEC(round_trip_ms) / 2,
        .loss = mp_link_loss_independent(loss_percent / 100),
        .rate_bps = 1000 * kbps,
        .queue = {.limit_time = MP_MSEC(queue_ms)},
    };
}

static MpSimOutcome call_over(const MpSimSetup *setup, MpLinkConditions up, MpLinkConditions down,
                              guint64 seed)
{
    g_autoptr(MpLink) link = mp_link_new();
    link->up.conditions = up;
    link->down.conditions = down;
    return mp_sim_call(mp_chromium_newest(), setup, &link->up, &link->down, seed);
}

static void a_clean_link_keeps_a_call_as_it_was_sent(void)
{
    const MpSimSetup setup = camera();
    const MpSimOutcome call = call_over(&setup, line(50, 0, 0, 0), line(50, 0, 0, 0), 1);
    const MpSimFigures *const both[] = {&call.up, &call.down};
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
        g_assert_cmpfloat_with_epsilon(both[i]->fps, 30, 0.5);
        g_assert_cmpfloat_with_epsilon(both[i]->video_kbps, 1700, 50);
        g_assert_cmpfloat(both[i]->height, ==, 480);
        g_assert_cmpfloat(both[i]->freezes_per_min, ==, 0);
        g_assert_cmpfloat(both[i]->concealed_percent, <, 0.5);
        g_assert_cmpfloat(both[i]->delay_ms, <, 120);
        g_assert_true(isnan(both[i]->age_p95_ms));
    }
}

static void one_seed_is_one_call(void)
{
    const MpSimSetup setup = camera();
    const MpLinkConditions lossy = line(100, 5, 0, 0);
    const MpSimOutcome first = call_over(&setup, lossy, lossy, 7);
    const MpSimOutcome again = call_over(&setup, lossy, lossy, 7);
    const MpSimOutcome other = call_over(&setup, lossy, lossy, 8);
    g_assert_cmpfloat(first.up.concealed_percent, ==, again.up.concealed_percent);
    g_assert_cmpfloat(first.down.delay_ms, ==, again.down.delay_ms);
    g_assert_cmpfloat(first.down.delay_ms, !=, other.down.delay_ms);
}

/* The same loss: what is asked for again comes in time over a short way, too late over a long one.
 * H.264 has nothing but that. */
static void loss_freezes_where_the_other_end_is_far(void)
{
    MpSimSetup setup = camera();
    setup.codec = MP_SIM_H264;
    double near = 0;
    double far = 0;
    for (guint64 seed = 0; seed < 4; seed++) {
        near += call_over(&setup, line(20, 5, 0, 0), line(20, 5, 0, 0), seed).down.freezes_per_min;
        far += call_over(&setup, line(400, 5, 0, 0), line(400, 5, 0, 0), seed).down.freezes_per_min;
    }
    g_assert_cmpfloat(near / 4, <=, 1);
    g_assert_cmpfloat(far / 4, >, 10);
}

static void sound_is_made_up_about_as_much_as_is_lost(void)
{
    const MpSimSetup setup = camera();
    const MpSimOutcome call = call_over(&setup, line(50, 5, 0, 0), line(50, 0, 0, 0), 3);
    g_assert_cmpfloat_with_epsilon(call.up.concealed_percent, 4.2, 1.5);
    g_assert_cmpfloat(call.down.concealed_percent, <, 0.5);
}

static void a_narrow_line_lowers_the_picture_of_its_direction(void)
{
    const MpSimSetup setup = camera();
    const MpSimOutcome call = call_over(&setup, line(40, 0, 150, 300), line(40, 0, 0, 0), 1);
    g_assert_cmpfloat(call.up.video_kbps, <, 150);
    g_assert_cmpfloat(call.up.low_percent + call.up.blocky_percent, >, 50);
    g_assert_cmpfloat(call.down.height, ==, 480);
    g_assert_cmpfloat(call.down.video_kbps, >, 1500);
}

static void a_screen_on_a_narrow_line_is_seconds_old(void)
{
    const MpSimSetup setup = slides();
    const MpSimOutcome narrow = call_over(&setup, line(40, 0, 300, 1000), line(40, 0, 300, 1000),
                                          1);
    const MpSimOutcome wide = call_over(&setup, line(40, 0, 5000, 200), line(40, 0, 5000, 200), 1);
    g_assert_cmpfloat(narrow.down.age_p95_ms, >, 1500);
    g_assert_cmpfloat(wide.down.age_p95_ms, <, 800);
}

static void a_pipeline_that_is_too_slow_costs_frames_at_its_own_end_only(void)
{
    MpSimSetup setup = camera();
    setup.session = MP_SESSION_VIRTUAL_BACKGROUND;
    setup.frame_cost_ms = 60;
    const MpSimOutcome call = call_over(&setup, line(50, 0, 0, 0), line(50, 0, 0, 0), 1);
    g_assert_cmpfloat(call.up.fps, <, 20);
    g_assert_cmpfloat_with_epsilon(call.down.fps, 30, 0.5);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim_call/clean", a_clean_link_keeps_a_call_as_it_was_sent);
    g_test_add_func("/sim_call/seed", one_seed_is_one_call);
    g_test_add_func("/sim_call/loss-by-round-trip", loss_freezes_where_the_other_end_is_far);
    g_test_add_func("/sim_call/sound", sound_is_made_up_about_as_much_as_is_lost);
    g_test_add_func("/sim_call/narrow", a_narrow_line_lowers_the_picture_of_its_direction);
    g_test_add_func("/sim_call/screen", a_screen_on_a_narrow_line_is_seconds_old);
    g_test_add_func("/sim_call/background",
                    a_pipeline_that_is_too_slow_costs_frames_at_its_own_end_only);
    return g_test_run();
}
