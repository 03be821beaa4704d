/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The measurements of the allow-list's hosts: which rows they speak for, and findings about many of
 * them at once.
 */
#pragma once

#include "analysis/cases.h"

gboolean mp_web_is(const MpMeasurement *measurement);
/* HTTPS worked: a genuine server gave an HTTP answer. */
gboolean mp_web_is_answered(const MpMeasurement *measurement);
gboolean mp_web_any_answered(const MpDiagnosis *diagnosis);

/* What kept the host is the name itself, which this project chose to stand for a wildcard and
 * nobody promised. Says nothing against the network. */
gboolean mp_web_may_not_exist(const MpProfile *profile, const MpMeasurement *measurement);

/* The unexplained measurements of hosts that are the case; free with g_ptr_array_unref(). */
GPtrArray *mp_web_cases(const MpDiagnosis *diagnosis, MpIsCase is_case);

/* The same of all measurements, servers and media too. */
GPtrArray *mp_web_cases_of_all(const MpDiagnosis *diagnosis, MpIsCase is_case);

/* The host of a measurement for which mp_web_is(). */
const char *mp_web_host(const MpMeasurement *measurement);
/* Who signed the certificate that was shown; NULL: not known. */
const char *mp_web_issuer(const MpMeasurement *measurement);

/* Reports them, a finding for each issuer that their certificates name. A warning where no required
 * row of the role is hurt. Its numbers have count, asked, hosts (as the document has them) and
 * rule, too. `describe` may be NULL. */
void mp_web_report(MpDiagnosis *diagnosis, const MpRule *rule, MpIsCase is_case,
                   MpDescribeCase describe);
/* Does the evidence hold a host of a required row? */
gboolean mp_web_hurts(const MpDiagnosis *diagnosis, const MpFinding *finding);

/* Does the evidence hold hosts of several companies? They have nothing in common but this site. */
gboolean mp_web_spans_companies(const MpFinding *finding);

/* Adds hosts to the evidence of a finding about something else: only the number count. */
void mp_web_add(MpDiagnosis *diagnosis, MpFinding *finding, const GPtrArray *hosts);

/* Of measurements of any kind, at least one: adds the same numbers and severity to a finding. */
void mp_web_describe(const MpDiagnosis *diagnosis, MpFinding *finding, const GPtrArray *evidence);
