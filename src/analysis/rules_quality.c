/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Figures past their limits, on the way that a browser would take, and figures not to be trusted.
 */
#include "analysis/rules.h"

#include <math.h>

#include "analysis/forecast_limits.h"
#include "analysis/metrics.h"
#include "analysis/paths.h"

/* A sixth of the jitter that calls bear; more would decide a verdict by itself. */
#define TESTER_ERROR_MS 5.0
/* A fifth of the loss that the strictest limit allows. */
#define OVERFLOW_PERCENT 0.1
/* Less is what reading two clocks one after the other is off by. */
#define STEP_MS 0.1

/* The limit of any session that the value is furthest past; NULL: it is within all of them. */
static const MpLimit *exceeded(const MpDiagnosis *diagnosis, const MpPath *path, const char *metric,
                               MpSessionType *session)
{
    const double value = mp_metric_read(metric, diagnosis->result, path).value;
    const MpLimit *worst = NULL;
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        const GPtrArray *limits = diagnosis->profile->sessions[i].limits;
        for (guint j = 0; j < limits->len; j++) {
            const MpLimit *limit = limits->pdata[j];
            if (!g_str_equal(limit->metric, metric) || !(mp_limit_margin(limit, value) < 0) ||
                (worst && mp_limit_margin(limit, value) >= mp_limit_margin(worst, value)))
                continue;
            worst = limit;
            *session = (MpSessionType)i;
        }
    }
    return worst;
}

static GPtrArray *media_of(const MpPath *path)
{
    GPtrArray *media = g_ptr_array_new();
    for (guint i = 0; i < path->measurements->len; i++) {
        MpMeasurement *measurement = path->measurements->pdata[i];
        if (g_str_equal(measurement->kind, "media"))
            g_ptr_array_add(media, measurement);
    }
    return media;
}

static void set_number(MpFinding *finding, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(finding->numbers, name, value);
}

/* A rule above has named the cause of what these figures show. */
static gboolean is_explained(const MpDiagnosis *diagnosis, const GPtrArray *media)
{
    for (guint i = 0; i < media->len; i++)
        if (mp_diagnosis_is_explained(diagnosis, media->pdata[i]))
            return TRUE;
    return FALSE;
}

/* `metrics` belong together: one finding, by the first that is past its limit, quotes them all. */
static void past_limit(MpDiagnosis *diagnosis, const MpRule *rule, const char *const *metrics)
{
    const MpPath *path = mp_analysis_preferred_path(diagnosis->result);
    const MpLimit *limit = NULL;
    MpSessionType session = MP_SESSION_LIVE_VIDEO;
    for (guint i = 0; path && metrics[i] && !limit; i++)
        limit = exceeded(diagnosis, path, metrics[i], &session);
    if (!limit)
        return;

    g_autoptr(GPtrArray) evidence = media_of(path);
    if (is_explained(diagnosis, evidence))
        return;
    MpFinding *finding = mp_diagnosis_remark(diagnosis, rule, evidence);
    const MpMetric metric = mp_metric_read(limit->metric, diagnosis->result, path);
    json_object_set_string_member(finding->numbers, "metric", limit->metric);
    json_object_set_string_member(finding->numbers, "session", mp_session_type_name(session));
    set_number(finding, "value", metric.value);
    set_number(finding, "limit", limit->stable);
    if (metric.direction)
        json_object_set_string_member(finding->numbers, "direction", metric.direction);
    if (path->tier)
        json_object_set_string_member(finding->numbers, "tier", path->tier);
    for (guint i = 0; metrics[i]; i++)
        set_number(finding, metrics[i], mp_metric_read(metrics[i], diagnosis->result, path).value);
}

void mp_rule_media_loss(MpDiagnosis *diagnosis, const MpRule *rule)
{
    past_limit(diagnosis, rule,
               (const char *const[]){"loss_percent", "burst_length", "reorder_percent", NULL});
}

void mp_rule_media_jitter(MpDiagnosis *diagnosis, const MpRule *rule)
{
    past_limit(diagnosis, rule, (const char *const[]){"pdv_p95_ms", "jitter_ms", NULL});
}

void mp_rule_media_rtt(MpDiagnosis *diagnosis, const MpRule *rule)
{
    past_limit(diagnosis, rule,
               (const char *const[]){"rtt_p95_ms", "rtt_p50_ms", "rtt_p99_ms", NULL});
}

void mp_rule_media_rate(MpDiagnosis *diagnosis, const MpRule *rule)
{
    past_limit(diagnosis, rule, (const char *const[]){"rate_kbps", NULL});
}

/* Packets that the receiving socket dropped, percent of what was sent that way. */
static double overflow_percent(const MpMeasurement *media, const char *timing, double packets_sent)
{
    double overflows;
    if (!mp_facts_number(media->facts, timing, &overflows) || !(packets_sent > 0))
        return NAN;
    return 100 * overflows / packets_sent;
}

/* The tester sends up and receives down; the far end the other way round. */
void mp_rule_host_limited(MpDiagnosis *diagnosis, const MpRule *rule)
{
    const MpPath *path = mp_analysis_preferred_path(diagnosis->result);
    if (!path)
        return;

    g_autoptr(GPtrArray) evidence = media_of(path);
    const MpMeasurement *media = evidence->pdata[evidence->len - 1];
    const double error = fmax(path->up.tester_error_ms, path->down.tester_error_ms);
    const double overflow = fmax(
        overflow_percent(media, "timing.receive_overflows", path->down.packets_sent),
        overflow_percent(media, "far_timing.receive_overflows", path->up.packets_sent));
    if (!(error > TESTER_ERROR_MS) && !(overflow > OVERFLOW_PERCENT))
        return;

    double late = NAN;
    double stolen = NAN;
    const double headroom = diagnosis->result->environment->cpu_headroom;
    mp_facts_number(media->facts, "timing.timer_late_p99_ms", &late);
    mp_facts_number(media->facts, "timing.stolen_percent", &stolen);
    MpFinding *finding = mp_diagnosis_remark(diagnosis, rule, evidence);
    set_number(finding, "tester_error_ms", error);
    set_number(finding, "overflow_percent", overflow);
    set_number(finding, "timer_late_p99_ms", late);
    set_number(finding, "headroom_percent", 100 * headroom);
    if (stolen >= 1)
        set_number(finding, "stolen_percent", stolen);
}

/* By how much the clock of that end was set under any call; NAN: it was not. */
static double longest_step(const GPtrArray *media, const char *path)
{
    double longest = NAN;
    for (guint i = 0; i < media->len; i++) {
        const MpMeasurement *measurement = media->pdata[i];
        double step;
        if (mp_facts_number(measurement->facts, path, &step) && step > STEP_MS)
            longest = fmax(longest, step);
    }
    return longest;
}

void mp_rule_clock_stepped(MpDiagnosis *diagnosis, const MpRule *rule)
{
    g_autoptr(GPtrArray) media = g_ptr_array_new();
    const GPtrArray *measurements = diagnosis->result->measurements;
    for (guint i = 0; i < measurements->len; i++) {
        MpMeasurement *measurement = measurements->pdata[i];
        double here = 0;
        double there = 0;
        mp_facts_number(measurement->facts, "clocks.stepped_here_ms", &here);
        mp_facts_number(measurement->facts, "clocks.stepped_there_ms", &there);
        if (fmax(here, there) > STEP_MS)
            g_ptr_array_add(media, measurement);
    }
    if (media->len == 0)
        return;
    MpFinding *finding = mp_diagnosis_remark(diagnosis, rule, media);
    set_number(finding, "stepped_here_ms", longest_step(media, "clocks.stepped_here_ms"));
    set_number(finding, "stepped_there_ms", longest_step(media, "clocks.stepped_there_ms"));
}
