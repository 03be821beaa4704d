/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of the terminal report. Each appends itself, or nothing where it has nothing to say,
 * in the language of mp_i18n_use().
 */
#pragma once

#include "model/result.h"
#include "report/layout.h"

typedef struct {
    const MpResult *result;
    gboolean use_color;
    guint columns;
    GString *out;
} MpReport;

void mp_section_sessions(const MpReport *report);
void mp_section_ways(const MpReport *report);
void mp_section_handshakes(const MpReport *report);
void mp_section_advice(const MpReport *report);
void mp_section_nat(const MpReport *report);
void mp_section_findings(const MpReport *report);
void mp_section_requirements(const MpReport *report);
void mp_section_ports(const MpReport *report);
void mp_section_computer(const MpReport *report);
void mp_section_tester(const MpReport *report);

/* An empty line and the heading of a part. */
void mp_section_heading(const MpReport *report, const char *text);
/* "STABLE" in its colour is good news. */
MpStyle mp_section_verdict_style(MpVerdict verdict);
