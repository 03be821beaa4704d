/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way that a browser takes, and the one change that gives a better one.
 */
#include "report/section.h"

#include <math.h>

#include "base/i18n.h"
#include "report/comparison.h"
#include "report/messages.h"
#include "report/template.h"
#include "report/words.h"

static void print_way(const MpReport *report, const MpAdvice *advice)
{
    g_autofree char *cost = isfinite(advice->setup_cost_ms)
                                ? mp_template_number(advice->setup_cost_ms)
                                : NULL;
    g_autofree char *line =
        !advice->has_way ? g_strdup(_("No way carries the call."))
        : advice->way == MP_WAY_UDP
            ? mp_template_fill_pairs(advice->has_rival ? _("{way}, wherever it works.")
                                                       : _("{way}: there is no better one."),
                                     "way", mp_way_text(advice->way), NULL)
        : mp_way_is_stream(advice->way)
            ? mp_template_fill_pairs(_("{way}[: {ms} ms more before the first media]; lost packets "
                                       "come late instead, hence degraded at best."),
                                     "way", mp_way_text(advice->way), "ms", cost, NULL)
            : mp_template_fill_pairs(_("{way}[: {ms} ms more before the first media]; media takes "
                                       "the detour over the relay."),
                                     "way", mp_way_text(advice->way), "ms", cost, NULL);
    report->medium->line(report, line);
}

static void print_rival(const MpReport *report, const MpAdvice *advice)
{
    g_autofree char *n = g_strdup_printf("%u", advice->rival_comparison.n_rounds);
    g_autofree char *figures = mp_comparison_figures(&advice->rival_comparison);
    g_autofree char *line = mp_template_fill_pairs(
        _("{way} did better in the same {count} rounds: {figures}."), "way",
        mp_way_text(advice->rival), "count", n, "figures", figures, NULL);
    report->medium->line(report, line);
}

static void print_change(const MpReport *report, const MpAdvice *advice)
{
    g_autofree char *code = advice->code ? g_strdup_printf("%u", advice->code) : NULL;
    g_autofree char *rule = mp_advice_rule(advice);
    g_autofree char *line = mp_template_fill_pairs(
        _("{way} would be possible but for this: {stage}: {outcome}[ ({code})]. It is for "
          "{owner}."),
        "way", mp_way_text(advice->better), "stage", mp_stage_text(advice->stage), "outcome",
        mp_outcome_text(advice->outcome), "code", code, "owner", mp_message_owner(advice->owner),
        NULL);
    report->medium->line(report, line);
    if (rule)
        report->medium->line(report, rule);
}

void mp_section_advice(const MpReport *report)
{
    const MpAdvice *advice = report->result->advice;
    if (!advice || (!advice->has_way && !advice->has_change))
        return;
    report->medium->heading(report, _("The way that a browser takes"));
    print_way(report, advice);
    if (advice->has_rival)
        print_rival(report, advice);
    if (advice->has_change)
        print_change(report, advice);
}
