/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings by what broke a measurement: one for each server, and one for the media peer.
 */
#pragma once

#include "analysis/diagnosis.h"

/* Is it this? `stage` is the measurement's broken stage. */
typedef gboolean (*MpIsCase)(const MpMeasurement *measurement, JsonObject *stage);
/* Adds what only this finding has, from the first of its evidence. */
typedef void (*MpDescribeCase)(MpFinding *finding, const MpMeasurement *measurement);

/* Reports the unexplained measurements that are the case, a finding for each server's host.
 * `describe` may be NULL. */
void mp_cases_report_servers(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case,
                             MpDescribeCase describe);
/* The same for the media peer; NULL: no measurement is the case. The finding is lent. */
MpFinding *mp_cases_report_media(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case,
                                 MpDescribeCase describe);

/* The server's host that a measurement asked; NULL: the media peer. */
const char *mp_cases_host(const MpDiagnosis *diagnosis, const MpMeasurement *measurement);

gboolean mp_stage_has_name(JsonObject *stage, const char *name);
gboolean mp_stage_has_outcome(JsonObject *stage, MpOutcome outcome);

/* Adds a text that the finding's sentences may quote; NULL is not added. */
void mp_finding_add_text(MpFinding *finding, const char *name, const char *text);
/* An MpDescribeCase: not proved. */
void mp_finding_be_likely(MpFinding *finding, const MpMeasurement *measurement);
