/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts a report has, and in which order.
 */
#include "report/section.h"

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

typedef void (*MpSection)(const MpReport *report);

static const MpSection call_sections[] = {
    mp_section_headline,     mp_section_remarks,
    mp_section_context,      mp_section_sessions,
    mp_section_ways,         mp_section_handshakes,
    mp_section_advice,       mp_section_findings,
    mp_section_requirements, mp_section_nat,
    mp_section_ports,        mp_section_computer,
    mp_section_tester,       NULL,
};

static const MpSection map_sections[] = {
    mp_section_map_headline,
    mp_section_remarks,
    mp_section_context,
    mp_section_ports,
    mp_section_findings,
    mp_section_requirements,
    NULL,
};

void mp_section_all(const MpReport *report)
{
    const MpSection *section = mp_result_is_map(report->result) ? map_sections : call_sections;
    for (; *section; section++)
        (*section)(report);
}
