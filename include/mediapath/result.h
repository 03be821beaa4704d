/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a check found.
 */
#pragma once

#include <mediapath/export.h>

G_BEGIN_DECLS

/* Opaque. Made by mp_check_run() or mp_result_judge_again(). */
typedef struct _MpResult MpResult;

/* What an earlier check wrote. All strings are lent for the time of the call. */
typedef struct {
    const char *file;         /* result.json; "-": standard input */
    const char *packets_file; /* mp_report_packets() of the same check; NULL: none */
    const char *profile;      /* name of a built-in one or path of a YAML file; NULL: that which
                               * the result names */
    const char *lang;         /* "en" or "ja"; NULL: the result's */
} MpResultSource;

/* Reads what was measured and judges it anew. NULL with MP_ERROR_INPUT (exit code 2) "FILE:LINE:
 * COLUMN: what was found, what was expected". Free with mp_result_free(). */
MP_PUBLIC MpResult *mp_result_judge_again(const MpResultSource *source, GError **error);

/* Takes NULL. */
MP_PUBLIC void mp_result_free(MpResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpResult, mp_result_free)

/* 0: every verdict is stable, no measured requirement fails and nothing that was asked is broken;
 * 1: a verdict is degraded or unstable, a requirement fails, or a finding is an error; 4: not
 * enough evidence for a verdict. */
MP_PUBLIC int mp_result_exit_code(const MpResult *result);

/* Of the map of UDP ports alone: 0: every port that was asked about is open; 1: some are blocked,
 * or parts of the address ranges are; 4: the answers do not decide. */
MP_PUBLIC int mp_result_ports_exit_code(const MpResult *result);

/* Nothing but the map of UDP ports was asked for. */
MP_PUBLIC gboolean mp_result_is_map(const MpResult *result);

G_END_DECLS
