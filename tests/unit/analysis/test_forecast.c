/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forecast by the limits of a profile.
 */
#include "analysis/forecast_limits.h"

#include <math.h>

#include "analysis/judge.h"
#include "tests/support/result_builder.h"

/* The network keeps media after it was agreed on. */
#define BROKEN "whip answered 201, ice silent"

static const MpForecast *live_video(const MpResult *result)
{
    return result->forecasts[MP_SESSION_LIVE_VIDEO];
}

static gboolean is_missing(const MpForecast *forecast, const char *metric)
{
    return g_ptr_array_find_with_equal_func(forecast->missing, metric, g_str_equal, NULL);
}

/* Judges a healthy result whose direct media has other facts. */
static MpResult *judged_with(const char *facts)
{
    g_autoptr(MpProfile) profile = built_profile();
    MpResult *result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-udp"), facts);
    mp_judge(result, profile);
    return result;
}

static MpResult *judged(const BuiltCase *built)
{
    g_autoptr(MpProfile) profile = built_profile();
    MpResult *result = built_result(built);
    mp_judge(result, profile);
    return result;
}

static void margin_is_1_far_inside_0_on_the_limit_and_negative_past_it(void)
{
    const MpLimit lower = {.stable = 0.5, .degraded = 3};
    const MpLimit higher = {.higher_is_better = TRUE, .stable = 1000, .degraded = 350};

    g_assert_cmpfloat(mp_limit_margin(&lower, 0), ==, 1);
    g_assert_cmpfloat(mp_limit_margin(&lower, 0.25), ==, 0.5);
    g_assert_cmpfloat(mp_limit_margin(&lower, 0.5), ==, 0);
    g_assert_cmpfloat(mp_limit_margin(&lower, 1), ==, -1);
    g_assert_cmpfloat(mp_limit_margin(&lower, 100), ==, -100);
    g_assert_cmpfloat(mp_limit_margin(&higher, 5000), ==, 1);
    g_assert_cmpfloat(mp_limit_margin(&higher, 2000), ==, 1);
    g_assert_cmpfloat(mp_limit_margin(&higher, 1500), ==, 0.5);
    g_assert_cmpfloat(mp_limit_margin(&higher, 1000), ==, 0);
    g_assert_cmpfloat(mp_limit_margin(&higher, 500), ==, -1);
    g_assert_cmpfloat(mp_limit_margin(&higher, 0), ==, -100);
    g_assert_true(isnan(mp_limit_margin(&lower, NAN)));
}

static void a_limit_of_nothing_is_met_by_nothing_only(void)
{
    const MpLimit none = {.stable = 0, .degraded = 0};

    g_assert_cmpfloat(mp_limit_margin(&none, 0), ==, 0);
    g_assert_cmpfloat(mp_limit_margin(&none, 0.1), ==, -100);
}

static void a_value_on_a_limit_still_keeps_it(void)
{
    const MpLimit lower = {.stable = 0.5, .degraded = 3};
    const MpLimit higher = {.higher_is_better = TRUE, .stable = 1000, .degraded = 350};

    g_assert_cmpuint(mp_limit_verdict(&lower, 0.5), ==, MP_VERDICT_STABLE);
    g_assert_cmpuint(mp_limit_verdict(&lower, 3), ==, MP_VERDICT_DEGRADED);
    g_assert_cmpuint(mp_limit_verdict(&lower, 3.01), ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpuint(mp_limit_verdict(&higher, 1000), ==, MP_VERDICT_STABLE);
    g_assert_cmpuint(mp_limit_verdict(&higher, 350), ==, MP_VERDICT_DEGRADED);
    g_assert_cmpuint(mp_limit_verdict(&higher, 349), ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpuint(mp_limit_verdict(&lower, NAN), ==, MP_VERDICT_UNKNOWN);
}

static void a_healthy_network_is_stable_on_the_direct_way(void)
{
    g_autoptr(MpResult) result = judged(&(BuiltCase){0});

    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        g_assert_cmpuint(result->forecasts[i]->verdict, ==, MP_VERDICT_STABLE);
        g_assert_true(result->forecasts[i]->has_way);
        g_assert_cmpuint(result->forecasts[i]->way, ==, MP_WAY_UDP);
        g_assert_cmpuint(result->forecasts[i]->missing->len, ==, 0);
    }
    /* The figure nearest to its limit: 25 of 300 ms, 2 of 30 ms, 2500 of 1000 kbps, no loss. */
    g_assert_cmpstr(live_video(result)->limiting_factor, ==, "rtt_p95_ms");
    g_assert_cmpfloat_with_epsilon(live_video(result)->margin, 1 - 25.0 / 300, 1e-9);
    g_assert_cmpfloat(live_video(result)->limit_value, ==, 25);
}

static void the_worse_direction_counts(void)
{
    g_autoptr(MpResult)
        result = judged_with("{\"down\": {\"packets_sent\": 1000, \"packets_received\": 980, "
                             "\"loss_percent\": 2, \"pdv_p95_ms\": 2}}");

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_DEGRADED);
    g_assert_cmpstr(live_video(result)->limiting_factor, ==, "loss_percent");
    g_assert_cmpfloat(live_video(result)->limit_value, ==, 2);
    g_assert_cmpfloat(live_video(result)->margin, ==, -3);
}

static void the_limiting_factor_explains_the_verdict(void)
{
    /* 2.9 % loss is further past its stable limit, but only 101 ms of PDV are unstable. */
    g_autoptr(MpResult)
        result = judged_with("{\"up\": {\"packets_sent\": 1000, \"packets_received\": 971, "
                             "\"loss_percent\": 2.9, \"pdv_p95_ms\": 101}}");

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpstr(live_video(result)->limiting_factor, ==, "pdv_p95_ms");
}

static void a_lower_tier_shows_as_the_rate(void)
{
    g_autoptr(MpResult) result = judged_with("{\"tier\": \"360p\", \"tier_kbps\": 500}");

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_DEGRADED);
    g_assert_cmpstr(live_video(result)->limiting_factor, ==, "rate_kbps");
    g_assert_cmpfloat(live_video(result)->limit_value, ==, 500);
}

static void packets_that_the_tester_dropped_are_not_the_networks(void)
{
    g_autoptr(MpResult)
        result = judged_with("{\"down\": {\"packets_sent\": 1000, \"packets_received\": 950, "
                             "\"loss_percent\": 5, \"unexplained_lost\": 0, \"pdv_p95_ms\": 2}}");

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_STABLE);
}

static void missing_data_is_not_good(void)
{
    g_autoptr(MpResult) result = judged_with("{\"rtt_ms\": null}");

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNKNOWN);
    g_assert_true(is_missing(live_video(result), "rtt_p95_ms"));
    g_assert_cmpuint(live_video(result)->missing->len, ==, 1);
    g_assert_null(live_video(result)->limiting_factor);
    g_assert_true(isnan(live_video(result)->margin));
}

static void one_good_direction_does_not_speak_for_the_other(void)
{
    g_autoptr(MpResult) result = judged_with("{\"up\": {\"packets_received\": 1000}}");

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNKNOWN);
    g_assert_true(is_missing(live_video(result), "loss_percent"));
    g_assert_true(is_missing(live_video(result), "pdv_p95_ms"));
}

static void missing_data_does_not_hide_what_is_bad(void)
{
    g_autoptr(MpResult)
        result = judged_with("{\"rtt_ms\": null, \"up\": {\"packets_received\": 800, "
                             "\"loss_percent\": 20, \"pdv_p95_ms\": 1}}");

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpstr(live_video(result)->limiting_factor, ==, "loss_percent");
    g_assert_true(is_missing(live_video(result), "rtt_p95_ms"));
}

static void a_metric_of_one_session_does_not_touch_the_others(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    result->environment->cpu_headroom = NAN;
    mp_judge(result, profile);

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_STABLE);
    g_assert_cmpuint(result->forecasts[MP_SESSION_VIRTUAL_BACKGROUND]->verdict, ==,
                     MP_VERDICT_UNKNOWN);
    g_assert_true(is_missing(result->forecasts[MP_SESSION_VIRTUAL_BACKGROUND], "cpu_headroom"));
}

static void a_metric_nobody_measures_keeps_it_unknown(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    MpLimit *limit = built_limit(profile, MP_SESSION_LIVE_VIDEO, "rtt_p95_ms");
    g_free(limit->metric);
    limit->metric = g_strdup("phase_of_the_moon");
    mp_judge(result, profile);

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNKNOWN);
    g_assert_true(is_missing(live_video(result), "phase_of_the_moon"));
}

static void a_session_without_limits_is_unknown(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    g_ptr_array_set_size(profile->sessions[MP_SESSION_LIVE_VIDEO].limits, 0);
    mp_judge(result, profile);

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNKNOWN);
}

/* Even where all that is counted is good. */
static void media_that_stopped_for_good_is_unstable(void)
{
    g_autoptr(MpResult) up = judged_with("{\"up\": {\"silent_ms\": 2000}}");
    g_assert_cmpuint(live_video(up)->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpstr(live_video(up)->limiting_factor, ==, "media_cut");
    g_assert_false(live_video(up)->is_simulated);
    g_autoptr(MpResult) down = judged_with("{\"down\": {\"silent_ms\": 2000}}");
    g_assert_cmpstr(live_video(down)->limiting_factor, ==, "media_cut");

    g_autoptr(MpResult) soon = judged_with("{\"up\": {\"silent_ms\": 1999}}");
    g_assert_cmpstr(live_video(soon)->limiting_factor, !=, "media_cut");
}

static void a_relay_over_udp_may_be_stable(void)
{
    g_autoptr(MpResult) result = judged(&(BuiltCase){.media_udp = BROKEN});

    g_assert_cmpuint(live_video(result)->way, ==, MP_WAY_TURN_UDP);
    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_STABLE);
}

static void a_relay_over_tcp_or_tls_is_at_best_degraded(void)
{
    g_autoptr(MpResult) tcp = judged(&(BuiltCase){.media_udp = BROKEN, .media_turn_udp = BROKEN});
    g_assert_cmpuint(live_video(tcp)->way, ==, MP_WAY_TURN_TCP);
    g_assert_cmpuint(live_video(tcp)->verdict, ==, MP_VERDICT_DEGRADED);
    g_assert_cmpstr(live_video(tcp)->limiting_factor, ==, "tcp_relay");
    g_assert_true(isnan(live_video(tcp)->limit_value));

    g_autoptr(MpResult) tls = judged(
        &(BuiltCase){.media_udp = BROKEN, .media_turn_udp = BROKEN, .media_turn_tcp = BROKEN});
    g_assert_cmpuint(live_video(tls)->way, ==, MP_WAY_TURN_TLS);
    g_assert_cmpstr(live_video(tls)->limiting_factor, ==, "tcp_relay");
}

static void loss_hidden_by_tcp_is_neither_good_nor_missing(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.media_udp = BROKEN, .media_turn_udp = BROKEN});
    built_facts(built_measurement(result, "media-turn-tcp"),
                "{\"up\": {\"packets_received\": 1000, \"pdv_p95_ms\": 2}}");
    mp_judge(result, profile);

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_DEGRADED);
    g_assert_false(is_missing(live_video(result), "loss_percent"));
}

static void a_bad_figure_over_tcp_is_unstable(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.media_udp = BROKEN, .media_turn_udp = BROKEN});
    built_facts(built_measurement(result, "media-turn-tcp"), "{\"tier_kbps\": 100}");
    mp_judge(result, profile);

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpstr(live_video(result)->limiting_factor, ==, "rate_kbps");
}

static void no_way_through_is_unstable(void)
{
    g_autoptr(MpResult) result = judged(&(BuiltCase){.turn_udp = "binding silent",
                                                     .turn_tcp = "connect silent",
                                                     .turn_tls = "connect silent",
                                                     .media_udp = BROKEN});

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNSTABLE);
    g_assert_cmpstr(live_video(result)->limiting_factor, ==, "no_way");
    g_assert_false(live_video(result)->has_way);
}

static void a_way_that_was_not_tried_keeps_it_unknown(void)
{
    g_autoptr(MpResult)
        result = judged(&(BuiltCase){.turn_udp = "binding answered, allocate auth_failed 401",
                                     .turn_tcp = "connect silent",
                                     .turn_tls = "connect silent",
                                     .media_udp = BROKEN});

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNKNOWN);
    g_assert_true(is_missing(live_video(result), "loss_percent"));
}

static void without_media_it_is_unknown(void)
{
    g_autoptr(MpResult) relays = judged(&(BuiltCase){
        .media_udp = "", .media_turn_udp = "", .media_turn_tcp = "", .media_turn_tls = ""});
    g_assert_cmpuint(live_video(relays)->verdict, ==, MP_VERDICT_UNKNOWN);
    g_assert_cmpuint(live_video(relays)->missing->len, ==, 4);

    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) nothing = mp_result_new();
    mp_judge(nothing, profile);
    g_assert_cmpuint(live_video(nothing)->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void signalling_that_failed_is_no_evidence_about_media(void)
{
    g_autoptr(MpResult) result = judged(&(BuiltCase){.media_udp = "whip silent",
                                                     .media_turn_udp = "whip silent",
                                                     .media_turn_tcp = "whip silent",
                                                     .media_turn_tls = "whip silent"});

    g_assert_cmpuint(live_video(result)->verdict, ==, MP_VERDICT_UNKNOWN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/forecast/margin", margin_is_1_far_inside_0_on_the_limit_and_negative_past_it);
    g_test_add_func("/forecast/limit-of-nothing", a_limit_of_nothing_is_met_by_nothing_only);
    g_test_add_func("/forecast/on-the-limit", a_value_on_a_limit_still_keeps_it);
    g_test_add_func("/forecast/healthy", a_healthy_network_is_stable_on_the_direct_way);
    g_test_add_func("/forecast/worse-direction", the_worse_direction_counts);
    g_test_add_func("/forecast/factor-explains", the_limiting_factor_explains_the_verdict);
    g_test_add_func("/forecast/lower-tier", a_lower_tier_shows_as_the_rate);
    g_test_add_func("/forecast/tester-drops", packets_that_the_tester_dropped_are_not_the_networks);
    g_test_add_func("/forecast/missing-is-not-good", missing_data_is_not_good);
    g_test_add_func("/forecast/one-direction", one_good_direction_does_not_speak_for_the_other);
    g_test_add_func("/forecast/bad-stays-bad", missing_data_does_not_hide_what_is_bad);
    g_test_add_func("/forecast/one-session", a_metric_of_one_session_does_not_touch_the_others);
    g_test_add_func("/forecast/unheard-of-metric", a_metric_nobody_measures_keeps_it_unknown);
    g_test_add_func("/forecast/no-limits", a_session_without_limits_is_unknown);
    g_test_add_func("/forecast/media-cut", media_that_stopped_for_good_is_unstable);
    g_test_add_func("/forecast/relay-udp", a_relay_over_udp_may_be_stable);
    g_test_add_func("/forecast/relay-tcp", a_relay_over_tcp_or_tls_is_at_best_degraded);
    g_test_add_func("/forecast/tcp-hides-loss", loss_hidden_by_tcp_is_neither_good_nor_missing);
    g_test_add_func("/forecast/tcp-bad", a_bad_figure_over_tcp_is_unstable);
    g_test_add_func("/forecast/no-way", no_way_through_is_unstable);
    g_test_add_func("/forecast/untried-way", a_way_that_was_not_tried_keeps_it_unknown);
    g_test_add_func("/forecast/without-media", without_media_it_is_unknown);
    g_test_add_func("/forecast/signalling", signalling_that_failed_is_no_evidence_about_media);
    return g_test_run();
}
