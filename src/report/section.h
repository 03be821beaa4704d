/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a report for people. Each says what it has to say, or nothing, in the language of
 * mp_i18n_use(); a medium draws it: a terminal or a page.
 */
#pragma once

#include "model/result.h"
#include "report/medium.h"

void mp_section_headline(const MpReport *report);
void mp_section_map_headline(const MpReport *report);
void mp_section_remarks(const MpReport *report);
void mp_section_context(const MpReport *report);
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

/* All parts of a check, or those of a map of ports where nothing else was asked for. */
void mp_section_all(const MpReport *report);

/* "STABLE" in its colour is good news. */
MpStyle mp_section_verdict_style(MpVerdict verdict);
