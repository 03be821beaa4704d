/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forecast by the published limits of the profile.
 */
#include "analysis/forecast_limits.h"

#include <math.h>

#include "analysis/metrics.h"
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
    if (verdict != forecast->verdict)
        return mp_verdict_worse(verdict, forecast->verdict) == verdict;
    if (!forecast->limiting_factor)
        return TRUE;
    return margin < forecast->margin;
}

/* A call that adapts does not fill the queue that the measurement filled: what is left of the round
 * trip is that of the way. */
static MpMetric read_metric(const MpForecast *forecast, const MpLimit *limit,
                            const MpResult *result, const MpPath *path)
{
    const char *name = forecast->is_simulated && g_str_has_prefix(limit->metric, "rtt_")
                           ? "rtt_min_ms"
                           : limit->metric;
    return mp_metric_read(name, result, path);
}

static void apply_limit(MpForecast *forecast, const MpLimit *limit, const MpResult *result,
                        const MpPath *path)
{
    if (mp_metric_is_left_out(limit->metric, result) ||
        (forecast->is_simulated && mp_metric_is_simulated(limit->metric)))
        return;
    const MpMetric metric = read_metric(forecast, limit, result, path);
    const MpVerdict verdict = mp_limit_verdict(limit, metric.value);
    const double margin = mp_limit_margin(limit, metric.value);
    const gboolean is_bad = verdict == MP_VERDICT_DEGRADED || verdict == MP_VERDICT_UNSTABLE;
    if (!is_bad && mp_metric_is_hidden(limit->metric, path->way))
        return;
    if (!metric.is_complete)
        g_ptr_array_add(forecast->missing, g_strdup(limit->metric));
    /* How far simulated calls are from turning says more than a limit that is kept. */
    if (verdict == MP_VERDICT_UNKNOWN || (forecast->is_simulated && !is_bad) ||
        !is_graver(verdict, margin, forecast))
        return;

    forecast->verdict = verdict;
    forecast->margin = margin;
    forecast->limit_value = metric.value;
    forecast->turning_point = NAN;
    forecast->extend_s = 0;
    forecast->setting = NULL;
    forecast->is_past_limit = is_bad;
    g_free(forecast->limiting_factor);
    forecast->limiting_factor = g_strdup(limit->metric);
}

void mp_forecast_by_limits(MpForecast *forecast, const MpSessionRules *rules,
                           const MpResult *result, const MpPath *path)
{
    for (guint i = 0; i < rules->limits->len; i++)
        apply_limit(forecast, rules->limits->pdata[i], result, path);
}
