/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a session is what its forecast says, in a sentence.
 */
#include "report/session_text.h"

#include <math.h>

#include "base/i18n.h"
#include "report/template.h"

/* Of the way from the limit to 0, or to twice the limit. */
#define FAR_INSIDE 0.9

/* What can limit a session: the metrics of the profiles, whose gap takes the measured value, and
 * the others, which are not numbers. */
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
    {"media_cut", N_("media that stops during the call"), NULL, 1},
    {"capacity_kbps", N_("the rate of the line"), N_("the line's rate, {value} kbps"), 1},
    {"queue_ms", N_("a long queue"), N_("a queue of {value} ms"), 1},
    {"outages", N_("short outages"), NULL, 1},
    {"several", N_("several things together"), NULL, 1},
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
        if (!g_str_equal(metrics[i].metric, forecast->limiting_factor) || !metrics[i].value)
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

/* A number that nobody reads to the last digit. */
static char *rough(double value)
{
    return isfinite(value) ? g_strdup_printf(value < 10 ? "%.1f" : "%.0f", value) : NULL;
}

static const struct {
    const char *setting;
    const char *text;
} settings[] = {
    {"480p", N_("480p would do")},
    {"no_background", N_("without the background it would do")},
    {"audio_only", N_("sound alone would do")},
};

static const char *setting_text(const MpForecast *forecast)
{
    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
        if (g_strcmp0(settings[i].setting, forecast->setting) == 0)
            return _(settings[i].text);
    return NULL;
}

/* How far from the point where a stable session turns. */
static char *reserve_text(const MpForecast *forecast)
{
    g_autofree char *turn = rough(forecast->turning_point);
    g_autofree char *now = rough(forecast->limit_value);
    if (g_strcmp0(forecast->limiting_factor, "loss_percent") == 0)
        return mp_template_fill_pairs(_("stays stable up to {turn} % packet loss"), "turn", turn,
                                      NULL);
    if (g_strcmp0(forecast->limiting_factor, "capacity_kbps") == 0)
        return mp_template_fill_pairs(_("needs {turn} kbps; {now} kbps were found"), "turn", turn,
                                      "now", now, NULL);
    return NULL;
}

static char *need_text(const MpForecast *forecast)
{
    g_autofree char *turn = rough(forecast->turning_point);
    if (!turn)
        return NULL;
    return mp_template_fill_pairs(g_str_equal(forecast->limiting_factor, "loss_percent")
                                      ? _("stable up to {turn} %")
                                      : _("stable from {turn} kbps"),
                                  "turn", turn, NULL);
}

/* What a person would see of it. */
static char *outlook_text(const MpForecast *forecast)
{
    const MpExpected *expected = &forecast->expected;
    g_autofree char *fps = rough(expected->fps);
    g_autofree char *height = isfinite(expected->height) ? g_strdup_printf("%.0f", expected->height)
                                                         : NULL;
    g_autofree char *freezes = rough(expected->freezes_per_min);
    g_autofree char *concealed = rough(expected->audio_concealed_percent);
    g_autofree char *age = isfinite(expected->age_ms) ? rough(expected->age_ms / 1000) : NULL;
    if (age)
        return mp_template_fill_pairs(
            _("the screen would be up to {age} s late, {concealed} % of the sound made up"), "age",
            age, "concealed", concealed, NULL);
    return mp_template_fill_pairs(
        _("some {fps} frames a second at {height} lines, {freezes} freezes a minute, {concealed} % "
          "of the sound made up"),
        "fps", fps, "height", height, "freezes", freezes, "concealed", concealed, NULL);
}

static char *undecided_text(const MpForecast *forecast)
{
    g_autofree char *low = g_strdup_printf("%.0f", 100 * forecast->low);
    g_autofree char *high = g_strdup_printf("%.0f", 100 * forecast->high);
    g_autofree char *seconds = g_strdup_printf("%.0f", forecast->extend_s);
    return mp_template_fill_pairs(
        _("stable with {low} to {high} %: measure for {seconds} s more (--media-seconds)"), "low",
        low, "high", high, "seconds", seconds, NULL);
}

/* By simulated calls: how probable, why, and what would help. */
static char *simulated_text(const MpForecast *forecast)
{
    if (forecast->verdict == MP_VERDICT_UNKNOWN && forecast->extend_s > 0)
        return undecided_text(forecast);
    g_autofree char *percent = g_strdup_printf("%.0f", 100 * forecast->probability);
    if (forecast->verdict == MP_VERDICT_STABLE) {
        g_autofree char *reserve = reserve_text(forecast);
        return mp_template_fill_pairs(_("{percent} % sure[; {reserve}]"), "percent", percent,
                                      "reserve", reserve, NULL);
    }
    g_autofree char *limit = limit_text(forecast);
    g_autofree char *need = need_text(forecast);
    g_autofree char *outlook = outlook_text(forecast);
    return mp_template_fill_pairs(_("limited by {limit}[ ({need})]: {outlook}[; {setting}]"),
                                  "limit", limit, "need", need, "outlook", outlook, "setting",
                                  setting_text(forecast), NULL);
}

char *mp_session_explanation(const MpForecast *forecast)
{
    if (!forecast->limiting_factor && !forecast->has_way)
        return g_strdup(_("media was not measured"));
    if (!forecast->limiting_factor || forecast->verdict == MP_VERDICT_UNKNOWN)
        return forecast->extend_s > 0       ? undecided_text(forecast)
               : forecast->missing->len > 0 ? missing_text(forecast)
                                            : NULL;
    if (forecast->is_simulated && !forecast->is_past_limit)
        return simulated_text(forecast);

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
