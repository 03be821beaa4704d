/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is wrong, what to change, and who must do it.
 */
#include "report/section.h"

#include "base/i18n.h"
#include "model/measurement.h"
#include "report/messages.h"
#include "report/template.h"

#define INDENT 2
/* The result has them all. */
#define MOST_EVIDENCE 6

static const MpStyle styles[] = {
    [MP_SEVERITY_INFO] = MP_STYLE_BOLD,
    [MP_SEVERITY_WARNING] = MP_STYLE_WARNING,
    [MP_SEVERITY_ERROR] = MP_STYLE_BAD,
};

static const char *const severities[] = {
    [MP_SEVERITY_INFO] = N_("note"),
    [MP_SEVERITY_WARNING] = N_("warning"),
    [MP_SEVERITY_ERROR] = N_("error"),
};

/* The widest label, so that all texts of a finding begin in one column. */
static guint label_column(const char *const *labels)
{
    guint width = 0;
    for (; *labels; labels++)
        width = MAX(width, mp_layout_width(_(*labels)));
    return INDENT + 2 + width + 2;
}

static void print_labelled(const MpReport *report, const char *label, const char *text,
                           guint column)
{
    if (!text || !*text)
        return;
    mp_layout_fill(report->out, 0, INDENT + 2);
    mp_layout_style(report->out, MP_STYLE_DIM, label, report->use_color);
    mp_layout_fill(report->out, INDENT + 2 + mp_layout_width(label), column);
    mp_layout_wrap(report->out, text, column, report->columns);
}

static char *evidence_text(const MpFinding *finding)
{
    GString *ids = g_string_new(NULL);
    const guint n = finding->evidence->len;
    const guint n_shown = n > MOST_EVIDENCE + 1 ? MOST_EVIDENCE : n;
    for (guint i = 0; i < n_shown; i++)
        g_string_append_printf(ids, "%s%s", i ? ", " : "",
                               (const char *)finding->evidence->pdata[i]);
    if (n_shown < n) {
        g_autofree char *rest = g_strdup_printf("%u", n - n_shown);
        g_autofree char *text = mp_template_fill_pairs(_(", and {count} more"), "count", rest,
                                                       NULL);
        g_string_append(ids, text);
    }
    return g_string_free(ids, FALSE);
}

/* Each rule in lines of its own: it is there to be copied. */
static void print_rules(const MpReport *report, const MpFinding *finding, guint column)
{
    JsonArray *rules = mp_facts_array(finding->numbers, "rules");
    for (guint i = 0; rules && i < json_array_get_length(rules); i++)
        print_labelled(report, i == 0 ? _("Rule") : "", json_array_get_string_element(rules, i),
                       column);
}

static void print_title(const MpReport *report, const MpFinding *finding)
{
    g_autofree char *title = mp_message_title(finding);
    g_autofree char *likely = finding->is_likely ? mp_template_fill_pairs(_("{text} (likely)"),
                                                                          "text", title, NULL)
                                                 : g_strdup(title);
    mp_layout_fill(report->out, 0, INDENT);
    mp_layout_style(report->out, styles[finding->severity], _(severities[finding->severity]),
                    report->use_color);
    g_string_append(report->out, "  ");
    mp_layout_style(report->out, MP_STYLE_BOLD, likely, report->use_color);
    g_string_append_c(report->out, '\n');
}

static void print_finding(const MpReport *report, const MpFinding *finding)
{
    static const char *const labels[] = {N_("Cause"), N_("To do"), N_("Rule"),    N_("Who"),
                                         N_("Where"), N_("Proof"), N_("Seen in"), NULL};
    g_autofree char *cause = mp_message_cause(finding);
    g_autofree char *advice = mp_message_advice(finding);
    g_autofree char *owners = mp_message_owners(finding);
    g_autofree char *proof = mp_message_proof(finding);
    g_autofree char *evidence = evidence_text(finding);
    const guint column = label_column(labels);
    print_title(report, finding);
    print_labelled(report, _("Cause"), cause, column);
    print_labelled(report, _("To do"), advice, column);
    print_rules(report, finding, column);
    print_labelled(report, _("Who"), owners, column);
    print_labelled(report, _("Where"), finding->hop, column);
    print_labelled(report, _("Proof"), proof, column);
    print_labelled(report, _("Seen in"), evidence, column);
}

void mp_section_findings(const MpReport *report)
{
    const GPtrArray *findings = report->result->findings;
    if (findings->len == 0)
        return;

    mp_section_heading(report, _("Findings"));
    for (guint i = 0; i < findings->len; i++) {
        if (i > 0)
            g_string_append_c(report->out, '\n');
        print_finding(report, findings->pdata[i]);
    }
}
