/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One verdict out of three forecasts, and the exit code.
 */
#include "analysis/verdict.h"

#include "analysis/judge.h"
#include "tests/support/result_builder.h"

static MpResult *with_verdicts(MpVerdict first, MpVerdict second, MpVerdict third)
{
    MpResult *result = mp_result_new();
    result->forecasts[0]->verdict = first;
    result->forecasts[1]->verdict = second;
    result->forecasts[2]->verdict = third;
    mp_analysis_verdict(result);
    return result;
}

static void add_requirement(MpResult *result, MpRequirementState state)
{
    MpRequirement *requirement = g_new0(MpRequirement, 1);
    requirement->state = state;
    g_ptr_array_add(result->requirements, requirement);
}

static void the_worst_counts_unstable_degraded_unknown_stable(void)
{
    static const MpVerdict order[] = {MP_VERDICT_STABLE, MP_VERDICT_UNKNOWN, MP_VERDICT_DEGRADED,
                                      MP_VERDICT_UNSTABLE};
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(order); j++) {
            g_autoptr(MpResult) result = with_verdicts(MP_VERDICT_STABLE, order[i], order[j]);
            g_assert_cmpuint(result->verdict, ==, order[MAX(i, j)]);
        }
}

static void stable_with_nothing_failed_is_0(void)
{
    g_autoptr(MpResult)
        result = with_verdicts(MP_VERDICT_STABLE, MP_VERDICT_STABLE, MP_VERDICT_STABLE);
    add_requirement(result, MP_REQUIREMENT_MET);
    add_requirement(result, MP_REQUIREMENT_UNKNOWN);
    add_requirement(result, MP_REQUIREMENT_NOT_APPLICABLE);
    g_assert_cmpint(mp_result_exit_code(result), ==, 0);
}

static void degraded_and_unstable_are_1(void)
{
    g_autoptr(MpResult)
        degraded = with_verdicts(MP_VERDICT_STABLE, MP_VERDICT_DEGRADED, MP_VERDICT_UNKNOWN);
    g_autoptr(MpResult)
        unstable = with_verdicts(MP_VERDICT_UNSTABLE, MP_VERDICT_STABLE, MP_VERDICT_STABLE);
    g_assert_cmpint(mp_result_exit_code(degraded), ==, 1);
    g_assert_cmpint(mp_result_exit_code(unstable), ==, 1);
}

static void a_failed_requirement_is_1_whatever_the_verdict(void)
{
    g_autoptr(MpResult)
        stable = with_verdicts(MP_VERDICT_STABLE, MP_VERDICT_STABLE, MP_VERDICT_STABLE);
    g_autoptr(MpResult)
        unknown = with_verdicts(MP_VERDICT_UNKNOWN, MP_VERDICT_UNKNOWN, MP_VERDICT_UNKNOWN);
    add_requirement(stable, MP_REQUIREMENT_FAILED);
    add_requirement(unknown, MP_REQUIREMENT_FAILED);
    g_assert_cmpint(mp_result_exit_code(stable), ==, 1);
    g_assert_cmpint(mp_result_exit_code(unknown), ==, 1);
}

static void no_evidence_is_4_also_when_interrupted(void)
{
    g_autoptr(MpResult) result = mp_result_new();
    result->is_interrupted = TRUE;
    mp_analysis_verdict(result);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
    g_assert_cmpint(mp_result_exit_code(result), ==, 4);
}

static void a_healthy_network_is_stable_without_findings_and_0(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    mp_judge(result, profile);

    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_STABLE);
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpint(mp_result_exit_code(result), ==, 0);
}

static void judging_twice_gives_the_same(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = "connect silent"});
    mp_judge(result, profile);
    const guint n_requirements = result->requirements->len;
    const guint n_findings = result->findings->len;
    mp_judge(result, profile);

    g_assert_cmpuint(result->paths->len, ==, 4);
    g_assert_cmpuint(result->requirements->len, ==, n_requirements);
    g_assert_cmpuint(result->findings->len, ==, n_findings);
    g_assert_cmpuint(n_findings, ==, 1);
}

static void an_error_is_1_though_every_verdict_is_stable(void)
{
    g_autoptr(MpResult) result = mp_result_new();
    result->verdict = MP_VERDICT_STABLE;
    g_ptr_array_add(result->findings,
                    mp_finding_new("relay-outside-ranges", MP_SEVERITY_WARNING, MP_OWNER_TESTER));
    g_assert_cmpint(mp_result_exit_code(result), ==, 0);
    g_ptr_array_add(result->findings, mp_finding_new("turn-credentials-rejected", MP_SEVERITY_ERROR,
                                                     MP_OWNER_CREDENTIALS));
    g_assert_cmpint(mp_result_exit_code(result), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/worst-counts", the_worst_counts_unstable_degraded_unknown_stable);
    g_test_add_func("/verdict/exit-0", stable_with_nothing_failed_is_0);
    g_test_add_func("/verdict/exit-1", degraded_and_unstable_are_1);
    g_test_add_func("/verdict/exit-1-requirement", a_failed_requirement_is_1_whatever_the_verdict);
    g_test_add_func("/verdict/exit-1-error", an_error_is_1_though_every_verdict_is_stable);
    g_test_add_func("/verdict/exit-4", no_evidence_is_4_also_when_interrupted);
    g_test_add_func("/verdict/healthy", a_healthy_network_is_stable_without_findings_and_0);
    g_test_add_func("/verdict/twice", judging_twice_gives_the_same);
    return g_test_run();
}
