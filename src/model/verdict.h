/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The four words of every verdict, ordered from good to bad; unknown is apart.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_VERDICT_STABLE,
    MP_VERDICT_DEGRADED,
    MP_VERDICT_UNSTABLE,
    MP_VERDICT_UNKNOWN,
} MpVerdict;

#define MP_N_VERDICTS (MP_VERDICT_UNKNOWN + 1)

const char *mp_verdict_name(MpVerdict verdict);
gboolean mp_verdict_parse(MpVerdict *verdict, const char *name);
