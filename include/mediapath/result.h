/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a check found.
 */
#pragma once

#include <mediapath/export.h>

G_BEGIN_DECLS

/* Opaque. Made by mp_check_run(). */
typedef struct _MpResult MpResult;

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

G_END_DECLS
