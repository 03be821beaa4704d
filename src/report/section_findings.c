/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is wrong, what to change, and who must do it.
 */
#include "report/section.h"

#include "base/i18n.h"
#include "model/measurement.h"
#include "report/messages.h"
#include "report/template.h"

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

static char *title_of(const MpFinding *finding)
{
    g_autofree char *title = mp_message_title(finding);
    return finding->is_likely ? mp_template_fill_pairs(_("{text} (likely)"), "text", title, NULL)
                              : g_steal_pointer(&title);
}

static void add_row(GArray *rows, const char *label, const char *text)
{
    const MpLabelled row = {label, text};
    g_array_append_val(rows, row);
}

/* Each rule in lines of its own: it is there to be copied. */
static void add_rules(GArray *rows, const MpFinding *finding)
{
    JsonArray *rules = mp_facts_array(finding->numbers, "rules");
    for (guint i = 0; rules && i < json_array_get_length(rules); i++)
        add_row(rows, i == 0 ? _("Rule") : "", json_array_get_string_element(rules, i));
}

static void print_finding(const MpReport *report, const MpFinding *finding, gboolean is_first)
{
    static const char *const labels[] = {N_("Cause"), N_("To do"), N_("Rule"),    N_("Who"),
                                         N_("Where"), N_("Proof"), N_("Seen in"), NULL};
    g_autofree char *title = title_of(finding);
    g_autofree char *cause = mp_message_cause(finding);
    g_autofree char *advice = mp_message_advice(finding);
    g_autofree char *owners = mp_message_owners(finding);
    g_autofree char *proof = mp_message_proof(finding);
    g_autofree char *evidence = evidence_text(finding);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(MpLabelled));
    add_row(rows, _("Cause"), cause);
    add_row(rows, _("To do"), advice);
    add_rules(rows, finding);
    add_row(rows, _("Who"), owners);
    add_row(rows, _("Where"), finding->hop);
    add_row(rows, _("Proof"), proof);
    add_row(rows, _("Seen in"), evidence);
    const MpEntry entry = {.style = styles[finding->severity],
                           .word = _(severities[finding->severity]),
                           .title = title,
                           .rows = (const MpLabelled *)(const void *)rows->data,
                           .n_rows = rows->len,
                           .labels = labels};
    report->medium->entry(report, &entry, is_first);
}

void mp_section_findings(const MpReport *report)
{
    const GPtrArray *findings = report->result->findings;
    if (findings->len == 0)
        return;

    report->medium->heading(report, _("Findings"));
    for (guint i = 0; i < findings->len; i++)
        print_finding(report, findings->pdata[i], i == 0);
}
