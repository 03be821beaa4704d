/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The verdict first, and what must be known before anything below is believed.
 */
#include "report/section.h"

#include "base/i18n.h"
#include "report/template.h"

static const struct {
    const char *word;
    const char *sentence;
} headlines[MP_N_VERDICTS] = {
    [MP_VERDICT_STABLE] = {N_("STABLE"), N_("This network can carry the call.")},
    [MP_VERDICT_DEGRADED] = {N_("DEGRADED"), N_("A call works, with trouble to see or hear.")},
    [MP_VERDICT_UNSTABLE] = {N_("UNSTABLE"), N_("This network cannot carry the call well.")},
    [MP_VERDICT_UNKNOWN] = {N_("UNKNOWN"), N_("Not enough was measured for a verdict.")},
};

static gboolean has_error(const MpResult *result)
{
    for (guint i = 0; i < result->findings->len; i++)
        if (((const MpFinding *)result->findings->pdata[i])->severity == MP_SEVERITY_ERROR)
            return TRUE;
    return FALSE;
}

/* Is what keeps the sessions from being stable not the network but the machine at this end of it?
 */
static gboolean computer_is_the_limit(const MpResult *result)
{
    static const char *const factors[] = {"cpu_headroom", "memory_available_mb",
                                          "background_frame_p95_ms", NULL};
    gboolean is_any = FALSE;
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        const MpForecast *forecast = result->forecasts[i];
        if (forecast->verdict == MP_VERDICT_STABLE)
            continue;
        if (!forecast->limiting_factor || !g_strv_contains(factors, forecast->limiting_factor))
            return FALSE;
        is_any = TRUE;
    }
    return is_any;
}

static const char *headline_sentence(const MpResult *result)
{
    if (computer_is_the_limit(result))
        return _("The network can carry the call; this computer is the limit.");
    if (result->verdict == MP_VERDICT_STABLE && has_error(result))
        return _("The call works, but not everything that was asked does: see the findings.");
    return _(headlines[result->verdict].sentence);
}

/* By the exit code of the map. */
static const struct {
    int code;
    const char *word;
    MpStyle style;
    const char *sentence;
} maps[] = {
    {0, N_("OPEN"), MP_STYLE_GOOD, N_("Every UDP port that was asked about gets through.")},
    {1, N_("BLOCKED"), MP_STYLE_BAD,
     N_("There are UDP ports or addresses that are not let through.")},
    {4, N_("UNKNOWN"), MP_STYLE_WARNING, N_("The answers do not decide about every port.")},
};

void mp_section_map_headline(const MpReport *report)
{
    const int code = mp_result_ports_exit_code(report->result);
    for (gsize i = 0; i < G_N_ELEMENTS(maps); i++) {
        if (maps[i].code != code)
            continue;
        const gboolean is_walk = code == 0 && report->result->ports &&
                                 report->result->ports->method == MP_PORT_METHOD_WALK;
        report->medium->headline(report, maps[i].style, _(maps[i].word),
                                 is_walk
                                     ? _("Every UDP port that was asked about leaves this network.")
                                     : _(maps[i].sentence));
    }
}

void mp_section_headline(const MpReport *report)
{
    MpVerdict verdict = report->result->verdict;
    report->medium->headline(report, mp_section_verdict_style(verdict), _(headlines[verdict].word),
                             headline_sentence(report->result));
}

/* What must be known before anything below is believed. */
void mp_section_remarks(const MpReport *report)
{
    if (report->result->is_emulated)
        report->medium->remark(
            report, _("This was an emulated network, not yours: name your servers with --turn and "
                      "--responder."));
    if (report->result->is_interrupted)
        report->medium->remark(report, _("The check was interrupted: only a part was measured."));
}

void mp_section_context(const MpReport *report)
{
    static const char *const roles[][2] = {{"host", N_("host")}, {"guest", N_("guest")}};
    const MpResult *result = report->result;
    const char *role = result->role;
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (g_strcmp0(roles[i][0], result->role) == 0)
            role = _(roles[i][1]);

    g_autofree char *seconds = g_strdup_printf("%.1f", result->duration_ms / 1000.0);
    g_autofree char *line = mp_template_fill_pairs(
        _("Profile {profile}[, role {role}][; against {scenario}][; started {started}]; "
          "{seconds} s"),
        "profile", result->profile, "role", role, "scenario", result->scenario, "started",
        result->started, "seconds", seconds, NULL);
    report->medium->remark(report, line);
}
