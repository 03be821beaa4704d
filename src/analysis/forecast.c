/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forecast for each kind of session: by simulated calls where the path is known well enough, by
 * the limits of the profile where it is not.
 */
#include "analysis/forecast.h"

#include <math.h>

#include "analysis/computer.h"
#include "analysis/evidence.h"
#include "analysis/forecast_calls.h"
#include "analysis/forecast_limits.h"
#include "analysis/metrics.h"
#include "analysis/paths.h"

static void limit_by(MpForecast *forecast, MpVerdict verdict, const char *factor)
{
    forecast->verdict = verdict;
    forecast->margin = forecast->limit_value = forecast->turning_point = NAN;
    g_free(forecast->limiting_factor);
    forecast->limiting_factor = g_strdup(factor);
}

/* `figures`: those of the session's own streams, where they were measured. */
static void judge_way(MpForecast *forecast, const MpProfile *profile, const MpResult *result,
                      const MpPath *path, gboolean explains)
{
    const MpSessionRules *rules = &profile->sessions[forecast->type];
    const MpPath *figures = path->sessions[forecast->type] ? path->sessions[forecast->type] : path;
    forecast->has_way = TRUE;
    forecast->way = path->way;
    /* No call goes on where nothing passes any more: there is nothing to simulate. */
    if (path->is_cut) {
        limit_by(forecast, MP_VERDICT_UNSTABLE, "media_cut");
        return;
    }
    forecast->verdict = MP_VERDICT_STABLE;
    if (mp_forecast_can_simulate(forecast->type, result, path))
        mp_forecast_by_calls(forecast, path, profile, result, explains);
    mp_forecast_by_limits(forecast, rules, result, figures);

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

/* Every way that carried media, for those who may choose. */
static void judge_ways(MpResult *result, const MpProfile *profile, const MpPath *preferred)
{
    for (guint i = 0; i < result->paths->len; i++) {
        MpPath *path = result->paths->pdata[i];
        for (guint type = 0; type < MP_N_SESSION_TYPES; type++) {
            g_clear_pointer(&path->forecasts[type], mp_forecast_free);
            if (path == preferred || path->usable != MP_USABLE_YES || !path->model)
                continue;
            path->forecasts[type] = mp_forecast_new((MpSessionType)type);
            judge_way(path->forecasts[type], profile, result, path, FALSE);
        }
    }
}

void mp_analysis_forecast(MpResult *result, const MpProfile *profile)
{
    const MpPath *path = mp_analysis_preferred_path(result);
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        mp_forecast_free(result->forecasts[i]);
        result->forecasts[i] = mp_forecast_new((MpSessionType)i);
        if (path)
            judge_way(result->forecasts[i], profile, result, path, TRUE);
        else
            judge_without_way(result->forecasts[i], &profile->sessions[i], result);
        if (!mp_computer_browser_has(result, profile, (MpSessionType)i))
            limit_by(result->forecasts[i], MP_VERDICT_UNSTABLE, MP_FACTOR_BROWSER);
    }
    judge_ways(result, profile, path);
}
