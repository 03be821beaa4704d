/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The names of outcomes.
 */
#include "model/outcome.h"

static const char *const names[MP_N_OUTCOMES] = {
    [MP_OUTCOME_ANSWERED] = "answered",       [MP_OUTCOME_REFUSED] = "refused",
    [MP_OUTCOME_SILENT] = "silent",           [MP_OUTCOME_RESET] = "reset",
    [MP_OUTCOME_UNREACHABLE] = "unreachable", [MP_OUTCOME_PROHIBITED] = "prohibited",
    [MP_OUTCOME_INTERCEPTED] = "intercepted", [MP_OUTCOME_AUTH_FAILED] = "auth_failed",
    [MP_OUTCOME_REDIRECTED] = "redirected",   [MP_OUTCOME_QUOTA] = "quota",
    [MP_OUTCOME_MALFORMED] = "malformed",     [MP_OUTCOME_NOT_RUN] = "not_run",
};

const char *mp_outcome_name(MpOutcome outcome)
{
    g_assert(outcome < MP_N_OUTCOMES);
    return names[outcome];
}

gboolean mp_outcome_parse(MpOutcome *outcome, const char *name)
{
    for (guint i = 0; i < MP_N_OUTCOMES; i++)
        if (g_str_equal(names[i], name)) {
            *outcome = (MpOutcome)i;
            return TRUE;
        }
    return FALSE;
}
