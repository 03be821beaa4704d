/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of the verdicts.
 */
#include "model/verdict.h"

static const char *const names[MP_N_VERDICTS] = {
    [MP_VERDICT_STABLE] = "stable",
    [MP_VERDICT_DEGRADED] = "degraded",
    [MP_VERDICT_UNSTABLE] = "unstable",
    [MP_VERDICT_UNKNOWN] = "unknown",
};

const char *mp_verdict_name(MpVerdict verdict)
{
    g_assert(verdict < MP_N_VERDICTS);
    return names[verdict];
}

gboolean mp_verdict_parse(MpVerdict *verdict, const char *name)
{
    for (guint i = 0; i < MP_N_VERDICTS; i++)
        if (g_str_equal(names[i], name)) {
            *verdict = (MpVerdict)i;
            return TRUE;
        }
    return FALSE;
}
