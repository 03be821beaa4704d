/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Figures of another kind of session in the same call, as the forecast reads them.
 */
#include "analysis/metrics.h"

#include <math.h>

#include "analysis/paths.h"
#include "tests/support/result_builder.h"

#define FIGURES                                                                                    \
    "\"tier_kbps\": 1200, \"rtt_ms\": {\"p50\": 40, \"p95\": 50}, "                                \
    "\"up\": {\"packets_sent\": 900, \"packets_received\": 810, \"loss_percent\": 10}, "           \
    "\"down\": {\"packets_sent\": 900, \"packets_received\": 900, \"loss_percent\": 0}"

/* A healthy result whose direct media measured a screen share, too. */
static MpResult *result_with(const char *session)
{
    g_autofree char *facts = g_strdup_printf("{\"sessions\": {\"screen_share\": %s}}", session);
    MpResult *result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-udp"), facts);
    mp_analysis_paths(result);
    return result;
}

static const MpPath *screen_share(const MpResult *result)
{
    return mp_analysis_preferred_path(result)->sessions[MP_SESSION_SCREEN_SHARE];
}

static void assert_metric(const MpResult *result, const char *name, double value,
                          gboolean is_complete)
{
    const MpMetric metric = mp_metric_read(name, result, screen_share(result));
    if (isnan(value))
        g_assert_true(isnan(metric.value));
    else
        g_assert_cmpfloat(metric.value, ==, value);
    g_assert_cmpint(metric.is_complete, ==, is_complete);
}

static void a_kind_that_was_measured_has_its_own_figures(void)
{
    g_autoptr(MpResult) result = result_with("{\"seconds\": 2.5, " FIGURES "}");

    assert_metric(result, "loss_percent", 10, TRUE);
    assert_metric(result, "rtt_p95_ms", 50, TRUE);
    assert_metric(result, "rate_kbps", 1200, TRUE);
}

/* Ten percent of a moment are a warning, and no loss in a moment is no proof. */
static void one_that_was_cut_short_is_not_judged_in_full(void)
{
    g_autoptr(MpResult)
        result = result_with("{\"seconds\": 0.4, \"cut_short\": true, " FIGURES "}");

    assert_metric(result, "loss_percent", 10, FALSE);
    assert_metric(result, "rtt_p95_ms", 50, FALSE);
    assert_metric(result, "rate_kbps", 1200, FALSE);
}

static void one_whose_turn_did_not_come_does_not_take_live_videos(void)
{
    g_autoptr(MpResult) result = result_with("{\"seconds\": 0, \"cut_short\": true}");

    assert_metric(result, "loss_percent", NAN, FALSE);
    assert_metric(result, "rtt_p95_ms", NAN, FALSE);
    assert_metric(result, "rate_kbps", NAN, FALSE);
}

static void a_background_counts_as_it_was_beside_the_call(void)
{
    static const char *const name = "background_frame_p95_ms";
    g_autoptr(MpResult) result = result_with(
        "{\"seconds\": 2.5, \"background_frame_ms\": "
        "{\"count\": 75, \"p50\": 20, \"p95\": 41, \"max\": 60}, " FIGURES "}");
    MpMeasurement *computer = mp_measurement_new("computer", "computer", NULL, MP_TRANSPORT_UDP);
    built_facts(computer, "{\"background_frame_ms\": {\"p95\": 12}}");
    g_ptr_array_add(result->measurements, computer);

    assert_metric(result, name, 41, TRUE);
    g_assert_cmpfloat(mp_metric_read(name, result, mp_analysis_preferred_path(result)).value, ==,
                      12);
    g_assert_cmpfloat(mp_metric_read(name, result, NULL).value, ==, 12);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/metrics/a_kind_that_was_measured_has_its_own_figures",
                    a_kind_that_was_measured_has_its_own_figures);
    g_test_add_func("/metrics/one_that_was_cut_short_is_not_judged_in_full",
                    one_that_was_cut_short_is_not_judged_in_full);
    g_test_add_func("/metrics/one_whose_turn_did_not_come_does_not_take_live_videos",
                    one_whose_turn_did_not_come_does_not_take_live_videos);
    g_test_add_func("/metrics/a_background_counts_as_it_was_beside_the_call",
                    a_background_counts_as_it_was_beside_the_call);
    return g_test_run();
}
