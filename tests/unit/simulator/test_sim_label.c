/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls are stable, degraded or unstable by what their two ends saw.
 */
#include "simulator/sim_label.h"

#include <math.h>

static MpSimOutcome good(void)
{
    const MpSimFigures camera = {.fps = 30,
                                 .source_fps = 30,
                                 .height = 480,
                                 .video_kbps = 1700,
                                 .age_p50_ms = NAN,
                                 .age_p95_ms = NAN,
                                 .cpu_limited_percent = NAN};
    return (MpSimOutcome){camera, camera};
}

static void expect(MpSessionType session, const MpSimOutcome *outcome, MpVerdict verdict,
                   const char *figure, gboolean is_up)
{
    const MpSimLabel label = mp_sim_label(session, outcome);
    g_assert_cmpstr(mp_verdict_name(label.verdict), ==, mp_verdict_name(verdict));
    g_assert_cmpstr(label.figure, ==, figure);
    g_assert_cmpint(label.is_up, ==, is_up);
}

static void good_call_is_stable(void)
{
    const MpSimOutcome outcome = good();
    for (int session = 0; session < MP_N_SESSION_TYPES; session++)
        expect((MpSessionType)session, &outcome, MP_VERDICT_STABLE, NULL, FALSE);
}

static void limit_itself_is_still_the_better(void)
{
    MpSimOutcome outcome = good();
    outcome.up.freezes_per_min = 1;
    outcome.up.fps = 24;
    expect(MP_SESSION_LIVE_VIDEO, &outcome, MP_VERDICT_STABLE, NULL, FALSE);
    outcome.up.freezes_per_min = 4;
    expect(MP_SESSION_LIVE_VIDEO, &outcome, MP_VERDICT_DEGRADED, "freezes_per_min", TRUE);
    outcome.up.freezes_per_min = 4.1;
    expect(MP_SESSION_LIVE_VIDEO, &outcome, MP_VERDICT_UNSTABLE, "freezes_per_min", TRUE);
}

static void worse_direction_and_worse_figure_count(void)
{
    MpSimOutcome outcome = good();
    outcome.down.concealed_percent = 6;
    outcome.up.freezes_per_min = 2;
    outcome.up.fps = 14;
    expect(MP_SESSION_LIVE_VIDEO, &outcome, MP_VERDICT_UNSTABLE, "fps", TRUE);
}

static void screen_is_judged_by_age_and_share_of_its_changes(void)
{
    MpSimOutcome outcome = good();
    outcome.down.freezes_per_min = 40;
    outcome.down.blocky_percent = 100;
    outcome.down.source_fps = 5;
    outcome.down.fps = 4;
    outcome.down.age_p95_ms = 1500;
    expect(MP_SESSION_SCREEN_SHARE, &outcome, MP_VERDICT_STABLE, NULL, FALSE);
    outcome.down.fps = 3.9;
    expect(MP_SESSION_SCREEN_SHARE, &outcome, MP_VERDICT_DEGRADED, "fps_share", FALSE);
    outcome.down.age_p95_ms = 4001;
    expect(MP_SESSION_SCREEN_SHARE, &outcome, MP_VERDICT_UNSTABLE, "age_p95_ms", FALSE);
}

static void processor_counts_for_a_background_only(void)
{
    MpSimOutcome outcome = good();
    outcome.up.cpu_limited_percent = 31;
    expect(MP_SESSION_LIVE_VIDEO, &outcome, MP_VERDICT_STABLE, NULL, FALSE);
    expect(MP_SESSION_VIRTUAL_BACKGROUND, &outcome, MP_VERDICT_UNSTABLE, "cpu_limited_percent",
           TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim-label/good", good_call_is_stable);
    g_test_add_func("/sim-label/limit", limit_itself_is_still_the_better);
    g_test_add_func("/sim-label/worse", worse_direction_and_worse_figure_count);
    g_test_add_func("/sim-label/screen", screen_is_judged_by_age_and_share_of_its_changes);
    g_test_add_func("/sim-label/background", processor_counts_for_a_background_only);
    return g_test_run();
}
