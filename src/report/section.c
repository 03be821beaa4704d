/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the terminal report share.
 */
#include "report/section.h"

void mp_section_heading(const MpReport *report, const char *text)
{
    g_string_append_c(report->out, '\n');
    mp_layout_style(report->out, MP_STYLE_BOLD, text, report->use_color);
    g_string_append_c(report->out, '\n');
}

MpStyle mp_section_verdict_style(MpVerdict verdict)
{
    static const MpStyle styles[MP_N_VERDICTS] = {
        [MP_VERDICT_STABLE] = MP_STYLE_GOOD,
        [MP_VERDICT_DEGRADED] = MP_STYLE_WARNING,
        [MP_VERDICT_UNSTABLE] = MP_STYLE_BAD,
        [MP_VERDICT_UNKNOWN] = MP_STYLE_BOLD,
    };
    return styles[verdict];
}
