/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Forecasts by simulated calls, on paths whose model is written by hand.
 */
#include "analysis/forecast_calls.h"

#include <math.h>

#include "analysis/judge.h"
#include "tests/support/result_builder.h"

/* So many packets lost one by one of 2,500, on a line that carries more than is asked for. */
static MpPathSide side(double one_way_ms, double lost)
{
    return (MpPathSide){
        .packets = 2500,
        .seconds = 10,
        .delay_ms = one_way_ms,
        .jitter = {.distribution = MP_JITTER_NORMAL, .scale_ms = {0.05, 0.03}},
        .loss = {.alone = {lost + 0.5, 2500 - lost + 0.5},
                 .good_to_bad = {0.5, 2500},
                 .bad_to_good = {1, 3},
                 .loss_in_good = {0, 1},
                 .loss_in_bad = {1, 0}},
        .rate_kbps = NAN,
        .rate_low_kbps = 20000,
        .rate_high_kbps = NAN,
        .queue_ms = NAN,
        .queue_low_ms = 10,
        .queue_high_ms = NAN,
        .outages = {.number = 0.001, .seconds = 10, .length_ms = {300, 0.5}},
    };
}

static MpPathSide narrow(double kbps)
{
    MpPathSide made = side(20, 0);
    made.rate_kbps = kbps;
    made.rate_low_kbps = 0.98 * kbps;
    made.rate_high_kbps = 1.02 * kbps;
    made.queue_ms = made.queue_low_ms = made.queue_high_ms = 300;
    return made;
}

static MpForecast *forecast_of(MpSessionType session, MpPathSide up, MpPathSide down)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    mp_judge(result, profile);
    MpPath *path = result->paths->pdata[0];
    g_assert_null(path->model);
    path->model = mp_path_model_new();
    path->model->up = up;
    path->model->down = down;
    /* What the model says must be what the metrics say. */
    path->up.loss_percent = 100 * (up.loss.alone.yes - 0.5) / 2500;
    path->down.loss_percent = 100 * (down.loss.alone.yes - 0.5) / 2500;
    path->up.unexplained_lost = path->down.unexplained_lost = NAN;
    MpForecast *forecast = mp_forecast_new(session);
    mp_forecast_by_calls(forecast, path, profile, result, TRUE);
    g_assert_true(forecast->is_simulated);
    return forecast;
}

static double with(const MpForecast *forecast, const char *change)
{
    for (guint i = 0; i < forecast->counterfactuals->len; i++) {
        const MpCounterfactual *told = &g_array_index(forecast->counterfactuals, MpCounterfactual,
                                                      i);
        if (g_str_equal(told->change, change))
            return told->probability;
    }
    return NAN;
}

static void a_good_path_is_stable_and_says_how_far_it_is_from_not_being(void)
{
    g_autoptr(MpForecast) forecast = forecast_of(MP_SESSION_LIVE_VIDEO, side(25, 0), side(25, 0));
    g_assert_cmpint(forecast->verdict, ==, MP_VERDICT_STABLE);
    g_assert_cmpfloat(forecast->probability, >, 0.9);
    g_assert_cmpfloat(forecast->margin, >, 0);
    g_assert_cmpfloat(forecast->turning_point, >, 0.5);
    g_assert_cmpfloat_with_epsilon(forecast->expected.fps, 30, 1);
    g_assert_cmpfloat(forecast->extend_s, ==, 0);
}

static void loss_over_a_long_way_is_named_and_how_much_of_it_would_do(void)
{
    g_autoptr(MpForecast)
        forecast = forecast_of(MP_SESSION_LIVE_VIDEO, side(200, 200), side(200, 200));
    g_assert_cmpint(forecast->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpstr(forecast->limiting_factor, ==, "loss_percent");
    g_assert_cmpfloat_with_epsilon(forecast->limit_value, 8, 0.1);
    g_assert_cmpfloat(with(forecast, "no_loss"), >, 0.8);
    g_assert_cmpfloat(with(forecast, "more_rate"), <, 0.2);
    g_assert_cmpfloat(forecast->turning_point, <, 8);
    g_assert_cmpfloat(forecast->margin, <, 0);
}

static void a_narrow_line_is_named_and_what_it_would_need(void)
{
    g_autoptr(MpForecast) forecast = forecast_of(MP_SESSION_LIVE_VIDEO, narrow(200), narrow(200));
    g_assert_cmpint(forecast->verdict, !=, MP_VERDICT_STABLE);
    g_assert_cmpstr(forecast->limiting_factor, ==, "capacity_kbps");
    g_assert_cmpfloat_with_epsilon(forecast->limit_value, 200, 5);
    g_assert_cmpfloat(forecast->turning_point, >, 200);
    g_assert_cmpfloat(with(forecast, "no_loss"), <, 0.5);
    /* A height that calls had, not the mean of several. */
    g_assert_cmpfloat(fmod(forecast->expected.height, 2), ==, 0);
    g_assert_nonnull(forecast->setting);
}

/* Ten of two hundred lost: between 2 and 8 % everything is possible, and the sound decides at 5. */
static void too_little_evidence_is_unknown_and_says_how_much_more_is_needed(void)
{
    MpPathSide little = side(25, 0);
    little.packets = 200;
    little.seconds = 2;
    little.loss.alone = (MpChance){12, 188};
    g_autoptr(MpForecast) forecast = forecast_of(MP_SESSION_LIVE_VIDEO, little, little);
    g_assert_cmpint(forecast->verdict, ==, MP_VERDICT_UNKNOWN);
    g_assert_cmpfloat(forecast->low, <, 0.35);
    g_assert_cmpfloat(forecast->high, >, 0.65);
    g_assert_cmpfloat(forecast->extend_s, >=, 5);
    g_assert_cmpfloat(forecast->extend_s, <=, 60);
}

static void a_slow_computer_is_the_backgrounds_trouble_alone(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    mp_judge(result, profile);
    MpPath *path = result->paths->pdata[0];
    path->model = mp_path_model_new();
    path->model->up = path->model->down = side(25, 0);
    path->background_frame_p95_ms = 70;
    path->sessions[MP_SESSION_VIRTUAL_BACKGROUND] = mp_path_new(path->way);
    path->sessions[MP_SESSION_VIRTUAL_BACKGROUND]->background_frame_p95_ms = 70;
    g_autoptr(MpForecast) background = mp_forecast_new(MP_SESSION_VIRTUAL_BACKGROUND);
    mp_forecast_by_calls(background, path, profile, result, TRUE);
    g_assert_cmpint(background->verdict, !=, MP_VERDICT_STABLE);
    g_assert_cmpstr(background->limiting_factor, ==, "background_frame_p95_ms");
    g_assert_cmpstr(background->setting, ==, "no_background");
}

/* Judges what no packets were kept of, but the model that they once made. */
static MpResult *judged_again(MpPathSide up, MpPathSide down)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autofree MpPathModel *model = mp_path_model_new();
    MpResult *result = built_result(&(BuiltCase){0});
    model->up = up;
    model->down = down;
    built_facts(built_measurement(result, "media-udp"), "{\"down\": {\"packets_received\": 900}}");
    result->kept_models[MP_WAY_UDP] = mp_path_model_to_json(model);
    mp_judge(result, profile);
    return result;
}

static void one_good_direction_does_not_speak_for_the_other(void)
{
    g_autoptr(MpResult) both = judged_again(side(25, 0), side(25, 0));
    g_assert_true(both->forecasts[MP_SESSION_LIVE_VIDEO]->is_simulated);
    g_autoptr(MpResult) one = judged_again(side(25, 0), (MpPathSide){.packets = 0});
    g_assert_false(one->forecasts[MP_SESSION_LIVE_VIDEO]->is_simulated);
    g_assert_cmpint(one->forecasts[MP_SESSION_LIVE_VIDEO]->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void a_background_of_unknown_cost_is_not_simulated_as_one_that_costs_nothing(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    g_ptr_array_add(result->plan, mp_step_new("computer", "computer"));
    g_autoptr(MpPath) path = mp_path_new(MP_WAY_UDP);
    path->model = mp_path_model_new();
    path->model->up = path->model->down = side(25, 0);
    g_assert_true(mp_forecast_can_simulate(MP_SESSION_LIVE_VIDEO, result, path));
    g_assert_false(mp_forecast_can_simulate(MP_SESSION_VIRTUAL_BACKGROUND, result, path));
    path->background_frame_p95_ms = 12;
    g_assert_true(mp_forecast_can_simulate(MP_SESSION_VIRTUAL_BACKGROUND, result, path));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/forecast_calls/good",
                    a_good_path_is_stable_and_says_how_far_it_is_from_not_being);
    g_test_add_func("/forecast_calls/loss",
                    loss_over_a_long_way_is_named_and_how_much_of_it_would_do);
    g_test_add_func("/forecast_calls/narrow", a_narrow_line_is_named_and_what_it_would_need);
    g_test_add_func("/forecast_calls/undecided",
                    too_little_evidence_is_unknown_and_says_how_much_more_is_needed);
    g_test_add_func("/forecast_calls/background", a_slow_computer_is_the_backgrounds_trouble_alone);
    g_test_add_func("/forecast_calls/one-direction",
                    one_good_direction_does_not_speak_for_the_other);
    g_test_add_func("/forecast_calls/unknown-cost",
                    a_background_of_unknown_cost_is_not_simulated_as_one_that_costs_nothing);
    return g_test_run();
}
