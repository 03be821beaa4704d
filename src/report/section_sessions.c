/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each type of session can expect, and what limits it.
 */
#include "report/section.h"

#include <math.h>

#include "base/i18n.h"
#include "report/table.h"
#include "report/template.h"
#include "report/words.h"

/* Of the way from the limit to 0, or to twice the limit. */
#define FAR_INSIDE 0.9

static const char *const verdict_names[MP_N_VERDICTS] = {
    [MP_VERDICT_STABLE] = N_("stable"),
    [MP_VERDICT_DEGRADED] = N_("degraded"),
    [MP_VERDICT_UNSTABLE] = N_("unstable"),
    [MP_VERDICT_UNKNOWN] = N_("unknown"),
};

/* What can limit a session: the metrics of the profiles, whose gap takes the measured value, and
 * the two that are not numbers. */
static const struct {
    const char *metric;
    const char *name;
    const char *value;
    double scale;
} metrics[] = {
    {"loss_percent", N_("packet loss"), N_("packet loss {value} %"), 1},
    {"rate_kbps", N_("video rate"), N_("video rate {value} kbps"), 1},
    {"rtt_p95_ms", N_("round-trip time"), N_("round-trip time {value} ms"), 1},
    {"pdv_p95_ms", N_("delay variation"), N_("delay variation {value} ms"), 1},
    {"burst_length", N_("run of lost packets"), N_("run of {value} lost packets"), 1},
    {"reorder_percent", N_("reordering"), N_("reordering {value} %"), 1},
    {"rtt_p50_ms", N_("round-trip time"), N_("round-trip time {value} ms"), 1},
    {"rtt_p99_ms", N_("round-trip time"), N_("round-trip time {value} ms"), 1},
    {"jitter_ms", N_("jitter"), N_("jitter {value} ms"), 1},
    {"setup_ms", N_("setup time"), N_("setup time {value} ms"), 1},
    {"cpu_headroom", N_("processor headroom"), N_("processor headroom {value} %"), 100},
    {"memory_available_mb", N_("available memory"), N_("available memory {value} MB"), 1},
    {"background_frame_p95_ms", N_("time for a frame of background"),
     N_("time for a frame of background {value} ms"), 1},
    {"browser", N_("this browser, which has none"), NULL, 1},
    {"tcp_relay", N_("the relay over TCP"), NULL, 1},
    {"no_way", N_("no way carried media"), NULL, 1},
};

static const char *metric_name(const char *metric)
{
    for (gsize i = 0; i < G_N_ELEMENTS(metrics); i++)
        if (g_str_equal(metrics[i].metric, metric))
            return _(metrics[i].name);
    return metric;
}

/* "packet loss 0.2 %"; only the name when there is no value. */
static char *limit_text(const MpForecast *forecast)
{
    for (gsize i = 0; i < G_N_ELEMENTS(metrics) && isfinite(forecast->limit_value); i++) {
        if (!g_str_equal(metrics[i].metric, forecast->limiting_factor))
            continue;
        g_autofree char *value = mp_template_number(forecast->limit_value * metrics[i].scale);
        return mp_template_fill_pairs(_(metrics[i].value), "value", value, NULL);
    }
    return g_strdup(metric_name(forecast->limiting_factor));
}

static char *missing_text(const MpForecast *forecast)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < forecast->missing->len; i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "",
                               metric_name(forecast->missing->pdata[i]));
    return mp_template_fill_pairs(_("not measured: {names}"), "names", names->str, NULL);
}

static char *explanation(const MpForecast *forecast)
{
    if (!forecast->limiting_factor && !forecast->has_way)
        return g_strdup(_("media was not measured"));
    if (!forecast->limiting_factor || forecast->verdict == MP_VERDICT_UNKNOWN)
        return forecast->missing->len ? missing_text(forecast) : NULL;

    if (forecast->verdict == MP_VERDICT_STABLE && forecast->margin >= FAR_INSIDE)
        return NULL;
    g_autofree char *limit = limit_text(forecast);
    if (forecast->margin < 0)
        return mp_template_fill_pairs(_("limited by {limit}, past its limit"), "limit", limit,
                                      NULL);
    g_autofree char *margin = isfinite(forecast->margin)
                                  ? g_strdup_printf("%.0f", forecast->margin * 100)
                                  : NULL;
    /* A stable session is limited by nothing; the metric that is next to be, where it is near. */
    return mp_template_fill_pairs(forecast->verdict == MP_VERDICT_STABLE
                                      ? _("nearest its limit: {limit}[, margin {margin} %]")
                                      : _("limited by {limit}[, margin {margin} %]"),
                                  "limit", limit, "margin", margin, NULL);
}

void mp_section_sessions(const MpReport *report)
{
    g_autoptr(MpTable) table = mp_table_new("llll");
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        const MpForecast *forecast = report->result->forecasts[i];
        mp_table_add(table, MP_STYLE_PLAIN, mp_session_text((MpSessionType)i));
        mp_table_add(table, mp_section_verdict_style(forecast->verdict),
                     _(verdict_names[forecast->verdict]));
        mp_table_add(table, MP_STYLE_PLAIN, forecast->has_way ? mp_way_text(forecast->way) : "");
        mp_table_take(table, MP_STYLE_PLAIN, explanation(forecast));
    }
    report->medium->heading(report, NULL);
    report->medium->table(report, table);
}
