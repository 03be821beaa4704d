/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The summary for a person in a hurry: the verdict first, then what it rests on.
 */
#include <mediapath/i18n.h>
#include <mediapath/report.h>

#include "base/i18n.h"
#include "report/section.h"
#include "report/template.h"

#define DEFAULT_COLUMNS 80
#define LEAST_COLUMNS 40

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
        if (forecast->verdict != result->verdict || forecast->verdict == MP_VERDICT_STABLE)
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

/* Was nothing but the map of ports asked for? */
static gboolean is_map_only(const MpResult *result)
{
    for (guint i = 0; i < result->plan->len; i++)
        if (!g_str_has_prefix(((const MpStep *)result->plan->pdata[i])->kind, "ports"))
            return FALSE;
    return result->plan->len > 0;
}

static void print_map_headline(const MpReport *report)
{
    const int code = mp_result_ports_exit_code(report->result);
    for (gsize i = 0; i < G_N_ELEMENTS(maps); i++) {
        if (maps[i].code != code)
            continue;
        const char *word = _(maps[i].word);
        mp_layout_style(report->out, maps[i].style, word, report->use_color);
        g_string_append(report->out, "  ");
        const gboolean is_walk = code == 0 && report->result->ports &&
                                 report->result->ports->method == MP_PORT_METHOD_WALK;
        mp_layout_wrap(report->out,
                       is_walk ? _("Every UDP port that was asked about leaves this network.")
                               : _(maps[i].sentence),
                       mp_layout_width(word) + 2, report->columns);
    }
}

static void print_headline(const MpReport *report)
{
    MpVerdict verdict = report->result->verdict;
    const char *word = _(headlines[verdict].word);
    mp_layout_style(report->out, mp_section_verdict_style(verdict), word, report->use_color);
    g_string_append(report->out, "  ");
    guint indent = mp_layout_width(word) + 2;
    mp_layout_wrap(report->out, headline_sentence(report->result), indent, report->columns);
}

/* What must be known before anything below is believed. */
static void print_remarks(const MpReport *report)
{
    if (report->result->is_emulated)
        mp_layout_wrap(
            report->out,
            _("This was an emulated network, not yours: name your servers with --turn and "
              "--responder."),
            0, report->columns);
    if (report->result->is_interrupted)
        mp_layout_wrap(report->out, _("The check was interrupted: only a part was measured."), 0,
                       report->columns);
}

static void print_context(const MpReport *report)
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
    mp_layout_wrap(report->out, line, 0, report->columns);
}

typedef void (*MpSection)(const MpReport *report);

static const MpSection call_sections[] = {
    print_headline,          print_remarks,
    print_context,           mp_section_sessions,
    mp_section_ways,         mp_section_handshakes,
    mp_section_advice,       mp_section_findings,
    mp_section_requirements, mp_section_nat,
    mp_section_ports,        mp_section_computer,
    mp_section_tester,       NULL,
};

static const MpSection map_sections[] = {
    print_map_headline,  print_remarks,           print_context, mp_section_ports,
    mp_section_findings, mp_section_requirements, NULL,
};

char *mp_report_text(const MpResult *result, const MpTextOptions *options)
{
    g_return_val_if_fail(result && options, NULL);

    mp_i18n_use(options->lang ? options->lang : result->lang);
    guint columns = options->columns ? options->columns : DEFAULT_COLUMNS;
    MpReport report = {.result = result,
                       .use_color = options->use_color,
                       .columns = MAX(columns, LEAST_COLUMNS),
                       .out = g_string_new(NULL)};
    const MpSection *section = is_map_only(result) ? map_sections : call_sections;
    for (; *section; section++)
        (*section)(&report);
    return g_string_free(report.out, FALSE);
}
