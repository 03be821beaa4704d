/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One verdict out of several, and the exit code.
 */
#include "analysis/verdict.h"

#include "analysis/ports.h"

#define EXIT_GOOD 0
#define EXIT_BAD 1
#define EXIT_NOT_ENOUGH_EVIDENCE 4

static const guint gravity[MP_N_VERDICTS] = {
    [MP_VERDICT_STABLE] = 0,
    [MP_VERDICT_UNKNOWN] = 1,
    [MP_VERDICT_DEGRADED] = 2,
    [MP_VERDICT_UNSTABLE] = 3,
};

MpVerdict mp_verdict_worse(MpVerdict a, MpVerdict b)
{
    return gravity[a] >= gravity[b] ? a : b;
}

void mp_analysis_verdict(MpResult *result)
{
    result->verdict = MP_VERDICT_STABLE;
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        if (g_strcmp0(result->forecasts[i]->limiting_factor, MP_FACTOR_BROWSER) != 0)
            result->verdict = mp_verdict_worse(result->verdict, result->forecasts[i]->verdict);
}

/* A requirement that nothing measured is neither met nor failed. */
static gboolean has_failed_requirement(const MpResult *result)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (requirement->state == MP_REQUIREMENT_FAILED && !requirement->is_optional)
            return TRUE;
    }
    return FALSE;
}

/* A relay that rejects the password leaves the direct way stable, and yet the next network needs
 * it. */
static gboolean has_error(const MpResult *result)
{
    for (guint i = 0; i < result->findings->len; i++)
        if (((const MpFinding *)result->findings->pdata[i])->severity == MP_SEVERITY_ERROR)
            return TRUE;
    return FALSE;
}

/* One that no measurement proves leaves the map undecided. */
static gboolean has_proved_error(const MpResult *result)
{
    for (guint i = 0; i < result->findings->len; i++) {
        const MpFinding *finding = result->findings->pdata[i];
        if (finding->severity == MP_SEVERITY_ERROR && !finding->is_likely)
            return TRUE;
    }
    return FALSE;
}

int mp_result_ports_exit_code(const MpResult *result)
{
    g_return_val_if_fail(result, EXIT_NOT_ENOUGH_EVIDENCE);

    if (has_failed_requirement(result) || has_proved_error(result))
        return EXIT_BAD;
    return result->is_interrupted || !mp_ports_are_open(result) ? EXIT_NOT_ENOUGH_EVIDENCE
                                                                : EXIT_GOOD;
}

int mp_result_exit_code(const MpResult *result)
{
    g_return_val_if_fail(result, EXIT_NOT_ENOUGH_EVIDENCE);

    if (gravity[result->verdict] > gravity[MP_VERDICT_UNKNOWN] || has_failed_requirement(result) ||
        has_error(result))
        return EXIT_BAD;
    /* What was cut off cannot be called good. */
    return result->verdict == MP_VERDICT_UNKNOWN || result->is_interrupted
               ? EXIT_NOT_ENOUGH_EVIDENCE
               : EXIT_GOOD;
}
