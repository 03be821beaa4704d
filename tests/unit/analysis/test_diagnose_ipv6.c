/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about IPv6 beside IPv4.
 */
#include "tests/support/result_builder.h"

#define HOST "turn.example"
#define ADDRESS6 "2001:db8:100::10"
#define ANSWERED "resolve answered, binding answered"
#define SILENT "resolve answered, binding silent"

/* A STUN server over IPv4 and, beside it, over IPv6. */
static void add_pair(MpResult *result, const char *host, const char *ipv4, const char *ipv6)
{
    built_server(result, "stun", MP_TRANSPORT_UDP, host, 3478, ipv4);
    ((MpStep *)result->plan->pdata[result->plan->len - 1])->family = MP_FAMILY_IPV4;
    MpMeasurement *beside = built_server(result, "stun", MP_TRANSPORT_UDP, host, 3478, ipv6);
    MpStep *step = result->plan->pdata[result->plan->len - 1];
    step->family = MP_FAMILY_IPV6;
    g_free(step->id);
    g_free(beside->id);
    step->id = g_strconcat("stun:", host, ":3478/v6", NULL);
    beside->id = g_strdup(step->id);
    built_facts(beside, "{\"server_address\": \"[" ADDRESS6 "]:3478\"}");
}

static MpResult *result_with(const char *ipv4, const char *ipv6)
{
    MpResult *result = built_result(&(BuiltCase){.stun = NULL});
    add_pair(result, HOST, ipv4, ipv6);
    return built_judged(result);
}

static void what_only_ipv6_keeps_is_ipv6s(void)
{
    g_autoptr(MpResult) result = result_with(ANSWERED, SILENT);
    const MpFinding *finding = built_only(result, "ipv6-broken");
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
    g_assert_cmpstr(finding->evidence->pdata[0], ==, "stun:" HOST ":3478/v6");
}

static void several_servers_prove_it(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.stun = NULL});
    add_pair(result, HOST, ANSWERED, SILENT);
    add_pair(result, "other.example", ANSWERED, SILENT);
    built_judged(result);
    g_assert_false(built_only(result, "ipv6-broken")->is_likely);
}

static void a_name_without_ipv6_is_nobodys_fault(void)
{
    g_autoptr(MpResult) result = result_with(ANSWERED, "resolve not_run");
    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void what_both_keep_is_not_ipv6s(void)
{
    g_autoptr(MpResult) result = result_with(SILENT, SILENT);
    for (guint i = 0; i < result->findings->len; i++)
        g_assert_cmpstr(((const MpFinding *)result->findings->pdata[i])->id, !=, "ipv6-broken");
}

static void both_that_answer_are_no_finding(void)
{
    g_autoptr(MpResult) result = result_with(ANSWERED, ANSWERED);
    g_assert_cmpuint(result->findings->len, ==, 0);
}

/* A firewall that knows IPv4 only: its finding is what it is without IPv6. */
static void ipv6_does_not_hide_what_ipv4_keeps(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.stun = SILENT, .turn_udp = SILENT});
    built_server(result, "stun", MP_TRANSPORT_UDP, BUILT_TURN, 3478, ANSWERED);
    ((MpStep *)result->plan->pdata[result->plan->len - 1])->family = MP_FAMILY_IPV6;
    built_judged(result);
    g_assert_cmpuint(result->findings->len, >, 0);
    for (guint i = 0; i < result->findings->len; i++)
        g_assert_cmpstr(((const MpFinding *)result->findings->pdata[i])->id, !=, "ipv6-broken");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ipv6/broken", what_only_ipv6_keeps_is_ipv6s);
    g_test_add_func("/ipv6/proved", several_servers_prove_it);
    g_test_add_func("/ipv6/no-address", a_name_without_ipv6_is_nobodys_fault);
    g_test_add_func("/ipv6/both-kept", what_both_keep_is_not_ipv6s);
    g_test_add_func("/ipv6/works", both_that_answer_are_no_finding);
    g_test_add_func("/ipv6/ipv4-kept", ipv6_does_not_hide_what_ipv4_keeps);
    return g_test_run();
}
