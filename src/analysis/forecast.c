/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forecast for each kind of session, by the published limits of the profile.
 */
#include "analysis/forecast.h"

#include <math.h>

#include "analysis/computer.h"
#include "analysis/evidence.h"
#include "analysis/metrics.h"
#include "analysis/paths.h"
#include "analysis/verdict.h"

/* Further past a limit than a hundred times makes no difference, and JSON has no infinity. */
#define WORST_MARGIN (-100.0)

static gboolean is_within(const MpLimit *limit, double value, double bound)
{
    return limit->higher_is_better ? value >= bound : value <= bound;
}

MpVerdict mp_limit_verdict(const MpLimit *limit, double value)
{
    if (isnan(value))
        return MP_VERDICT_UNKNOWN;
    if (is_within(limit, value, limit->stable))
        return MP_VERDICT_STABLE;
    return is_within(limit, value, limit->degraded) ? MP_VERDICT_DEGRADED : MP_VERDICT_UNSTABLE;
}

/* How many times one number is the other; of nothing, as far as can be. */
static double times(double number, double other)
{
    return other > 0 ? number / other : 1 - WORST_MARGIN;
}

double mp_limit_margin(const MpLimit *limit, double value)
{
    if (isnan(value))
        return NAN;
    if (value == limit->stable)
        return 0;
    if (!limit->higher_is_better)
        return CLAMP(1 - times(value, limit->stable), WORST_MARGIN, 1);

    /* Below the limit a half counts as much as twice the limit does where lower is better. */
    const double margin = value > limit->stable ? times(value, limit->stable) - 1
                                                : 1 - times(limit->stable, value);
    return CLAMP(margin, WORST_MARGIN, 1);
}

static gboolean is_graver(MpVerdict verdict, double margin, const MpForecast *forecast)
{
    if (!forecast->limiting_factor)
        return TRUE;
    if (verdict != forecast->verdict)
        return mp_verdict_worse(verdict, forecast->verdict) == verdict;
    return margin < forecast->margin;
}

static void apply_limit(MpForecast *forecast, const MpLimit *limit, const MpResult *result,
                        const MpPath *path)
{
    if (mp_metric_is_left_out(limit->metric, result))
        return;
    const MpMetric metric = mp_metric_read(limit->metric, result, path);
    const MpVerdict verdict = mp_limit_verdict(limit, metric.value);
    const double margin = mp_limit_margin(limit, metric.value);
    const gboolean is_bad = verdict == MP_VERDICT_DEGRADED || verdict == MP_VERDICT_UNSTABLE;
    if (!is_bad && mp_metric_is_hidden(limit->metric, path->way))
        return;
    if (!metric.is_complete)
        g_ptr_array_add(forecast->missing, g_strdup(limit->metric));
    if (verdict == MP_VERDICT_UNKNOWN || !is_graver(verdict, margin, forecast))
        return;

    forecast->verdict = verdict;
    forecast->margin = margin;
    forecast->limit_value = metric.value;
    g_free(forecast->limiting_factor);
    forecast->limiting_factor = g_strdup(limit->metric);
}

static void limit_by(MpForecast *forecast, MpVerdict verdict, const char *factor)
{
    forecast->verdict = verdict;
    forecast->margin = forecast->limit_value = NAN;
    g_free(forecast->limiting_factor);
    forecast->limiting_factor = g_strdup(factor);
}

static void judge_way(MpForecast *forecast, const MpSessionRules *rules, const MpResult *result,
                      const MpPath *path)
{
    forecast->has_way = TRUE;
    forecast->way = path->way;
    forecast->verdict = MP_VERDICT_STABLE;
    for (guint i = 0; i < rules->limits->len; i++)
        apply_limit(forecast, rules->limits->pdata[i], result, path);

    if (forecast->verdict != MP_VERDICT_STABLE)
        return;
    if (mp_way_is_stream(path->way))
        limit_by(forecast, MP_VERDICT_DEGRADED, "tcp_relay");
    else if (forecast->missing->len > 0 || rules->limits->len == 0)
        limit_by(forecast, MP_VERDICT_UNKNOWN, NULL);
}

/* Media ran and the network kept it, on every way that was planned. */
static gboolean has_no_way(const MpResult *result)
{
    gboolean was_tried = FALSE;
    for (guint i = 0; i < result->paths->len; i++) {
        const MpPath *path = result->paths->pdata[i];
        if (path->usable != MP_USABLE_NO)
            return FALSE;
        for (guint j = 0; j < path->measurements->len; j++) {
            const MpMeasurement *measurement = path->measurements->pdata[j];
            if (g_str_equal(measurement->kind, "media") &&
                measurement->outcome != MP_OUTCOME_NOT_RUN)
                was_tried = TRUE;
        }
    }
    return was_tried;
}

static void judge_without_way(MpForecast *forecast, const MpSessionRules *rules,
                              const MpResult *result)
{
    if (has_no_way(result)) {
        limit_by(forecast, MP_VERDICT_UNSTABLE, "no_way");
        return;
    }
    for (guint i = 0; i < rules->limits->len; i++) {
        const MpLimit *limit = rules->limits->pdata[i];
        if (!mp_metric_is_left_out(limit->metric, result) &&
            !mp_metric_read(limit->metric, result, NULL).is_complete)
            g_ptr_array_add(forecast->missing, g_strdup(limit->metric));
    }
}

void mp_analysis_forecast(MpResult *result, const MpProfile *profile)
{
    const MpPath *path = mp_analysis_preferred_path(result);
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        const MpSessionRules *rules = &profile->sessions[i];
        mp_forecast_free(result->forecasts[i]);
        result->forecasts[i] = mp_forecast_new((MpSessionType)i);
        if (path)
            judge_way(result->forecasts[i], rules, result,
                      path->sessions[i] ? path->sessions[i] : path);
        else
            judge_without_way(result->forecasts[i], rules, result);
        if (!mp_computer_browser_has(result, profile, (MpSessionType)i))
            limit_by(result->forecasts[i], MP_VERDICT_UNSTABLE, MP_FACTOR_BROWSER);
    }
}
