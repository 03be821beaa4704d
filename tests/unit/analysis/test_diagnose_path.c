/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What sizes and marks on the path mean.
 */
#include "analysis/judge.h"
#include "tests/support/result_builder.h"

static MpResult *with_path(const char *outcome, const char *facts)
{
    g_autoptr(MpProfile) profile = built_profile();
    MpResult *result = built_result(&(BuiltCase){0});
    MpMeasurement *path = mp_measurement_new("path", "path", BUILT_RESPONDER, MP_TRANSPORT_UDP);
    MpOutcome parsed;
    g_assert_true(mp_outcome_parse(&parsed, outcome));
    mp_measurement_add_stage(path, "reflect", parsed, 0, 0, NULL);
    built_facts(path, facts);
    g_ptr_array_add(result->plan, mp_step_new("path", "path"));
    g_ptr_array_add(result->measurements, path);
    mp_judge(result, profile);
    return result;
}

static void a_path_that_changes_nothing_is_no_finding(void)
{
    g_autoptr(MpResult) result = with_path(
        "answered", "{\"largest_packet_bytes\": {\"asked\": 1500, \"up\": 1500, \"down\": 1500},"
                    "\"dscp\": [{\"sent\": 46, \"up\": 46, \"down\": 46}, {\"sent\": 8}]}");
    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void large_packets_that_vanish_have_a_direction(void)
{
    g_autoptr(MpResult) up = with_path(
        "answered", "{\"largest_packet_bytes\": {\"asked\": 1500, \"up\": 1380, \"down\": 1380}}");
    const MpFinding *finding = built_only(up, "large-packets-lost");
    g_assert_cmpstr(built_text(finding, "direction"), ==, "up");
    g_assert_cmpfloat(built_number(finding, "largest_bytes"), ==, 1380);
    g_autoptr(MpResult) down = with_path(
        "answered", "{\"largest_packet_bytes\": {\"asked\": 1500, \"up\": 1500, \"down\": 1280}}");
    finding = built_only(down, "large-packets-lost");
    g_assert_cmpstr(built_text(finding, "direction"), ==, "down");
}

/* As it should be: the sender makes its packets smaller. */
static void a_router_that_tells_its_size_is_no_fault(void)
{
    g_autoptr(MpResult) result = with_path(
        "answered", "{\"largest_packet_bytes\": {\"asked\": 1500, \"up\": 1492, \"down\": 1492},"
                    "\"icmp_mtu\": 1492}");
    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void marks_that_change_are_a_warning(void)
{
    g_autoptr(MpResult)
        up = with_path("answered", "{\"dscp\": [{\"sent\": 46, \"up\": 0, \"down\": 46}]}");
    g_assert_cmpstr(built_text(built_only(up, "marks-lost"), "direction"), ==, "up");
    g_autoptr(MpResult)
        both = with_path("answered", "{\"dscp\": [{\"sent\": 46, \"up\": 46, \"down\": 46},"
                                     "{\"sent\": 34, \"up\": 0, \"down\": 0}]}");
    const MpFinding *finding = built_only(both, "marks-lost");
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    g_assert_false(json_object_has_member(finding->numbers, "direction"));
}

static void nobody_who_answers_is_nobodys_fault(void)
{
    g_autoptr(MpResult) silent = with_path("silent", "{}");
    g_assert_cmpuint(silent->findings->len, ==, 0);
    g_assert_cmpuint(silent->verdict, ==, MP_VERDICT_STABLE);
}

static MpResult *with_loss(double percent, guint larger_sent)
{
    g_autofree char *facts = g_strdup_printf(
        "{\"largest_packet_bytes\": {\"asked\": 1500, \"up\": 1500, \"down\": 1492, "
        "\"larger_sent\": %u}}",
        larger_sent);
    MpResult *result = with_path("answered", facts);
    g_autofree char *loss = g_strdup_printf(
        "{\"loss\": {\"transactions\": 20, \"percent\": 50, \"low\": %g, \"high\": 70}}", percent);
    built_facts(built_measurement(result, "stun:" BUILT_TURN ":3478"), loss);
    return built_judged(result);
}

static void a_large_packet_is_lost_like_any_other(void)
{
    g_autoptr(MpResult) clean = with_loss(0, 4);
    g_autoptr(MpResult) lossy = with_loss(30, 4);
    g_autoptr(MpResult) both = with_loss(30, 16);
    built_only(clean, "large-packets-lost");
    g_assert_null(built_find(lossy, "large-packets-lost"));
    built_only(both, "large-packets-lost");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path/clean", a_path_that_changes_nothing_is_no_finding);
    g_test_add_func("/path/sizes", large_packets_that_vanish_have_a_direction);
    g_test_add_func("/path/told", a_router_that_tells_its_size_is_no_fault);
    g_test_add_func("/path/marks", marks_that_change_are_a_warning);
    g_test_add_func("/path/silent", nobody_who_answers_is_nobodys_fault);
    g_test_add_func("/path/lossy", a_large_packet_is_lost_like_any_other);
    return g_test_run();
}
