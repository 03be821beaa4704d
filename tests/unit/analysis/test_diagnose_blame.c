/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose fault a closed port is, how sure that is, and which rule would open it.
 */
#include "tests/support/result_builder.h"

#define OTHER_HOST "216.147.0.30"

/* Somebody on the way said it with ICMP. */
static void told_by(MpResult *result, const char *address)
{
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        JsonObject *stage = mp_measurement_broken_stage(measurement);
        if (stage && measurement->transport == MP_TRANSPORT_UDP)
            json_object_set_string_member(stage, "icmp_from", address);
    }
}

static void where_the_range_lets_another_host_answer_the_server_is_away(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.stun = "binding silent",
                                                           .turn_udp = "binding silent",
                                                           .turn_tcp = "connect silent",
                                                           .turn_tls = "connect silent"});
    built_server(result, "stun", MP_TRANSPORT_UDP, "168.100.64.99", 3478, "binding answered");
    const MpFinding *finding = built_only(built_judged(result), "turn-server-silent");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpuint(finding->other, ==, MP_OWNER_SITE_NETWORK);
    g_assert_null(built_text(finding, "range"));
}

/* It is there, so that nobody else than this site keeps its IPv4 address. */
static void a_server_that_answers_over_ipv6_is_not_away(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.stun = "binding silent",
                                                           .turn_udp = "binding silent",
                                                           .turn_tcp = "connect silent",
                                                           .turn_tls = "connect silent"});
    MpMeasurement *beside = built_server(result, "turn", MP_TRANSPORT_UDP, BUILT_TURN, 3478,
                                         "binding answered");
    MpStep *step = result->plan->pdata[result->plan->len - 1];
    step->family = MP_FAMILY_IPV6;
    g_free(step->id);
    step->id = g_strdup("turn-udp/v6");
    g_free(beside->id);
    beside->id = g_strdup(step->id);
    const MpFinding *finding = built_find(built_judged(result), "turn-server-silent");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_false(finding->has_other);
    g_assert_cmpstr(built_text(finding, "alive"), ==, "IPv6");
    g_assert_null(built_text(finding, "address"));
}

static void a_silent_server_outside_all_ranges_is_rather_the_operators(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_server(result, "stun", MP_TRANSPORT_UDP, "192.0.2.7", 3478, "binding silent");
    const MpFinding *finding = built_only(built_judged(result), "turn-server-silent");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpuint(finding->other, ==, MP_OWNER_SITE_NETWORK);
}

/* ICMP from a router with an address of the inside: who else could it be? */
static void what_a_router_of_the_site_says_itself_is_proved(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.stun = "binding prohibited", .turn_udp = "binding refused", .media_udp = ""});
    told_by(result, "10.10.0.1");
    const MpFinding *finding = built_only(built_judged(result), "udp-3478-blocked");

    g_assert_false(finding->is_likely);
    g_assert_false(finding->has_other);
    g_assert_cmpstr(finding->hop, ==, "10.10.0.1");
}

/* RFC 6598: between this site and the internet there is the carrier. */
static void what_a_carriers_router_says_is_not_the_sites(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.stun = "binding prohibited", .turn_udp = "binding refused", .media_udp = ""});
    told_by(result, "100.64.0.1");

    g_assert_true(built_only(built_judged(result), "udp-3478-blocked")->is_likely);
}

static void a_refusal_by_a_router_is_not_the_machines(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.stun = "binding refused",
                                                           .turn_udp = "binding refused",
                                                           .turn_tcp = "connect silent",
                                                           .turn_tls = "connect silent"});
    told_by(result, "203.0.113.1");

    g_assert_null(built_find(built_judged(result), "turn-server-down"));
    g_assert_nonnull(built_find(result, "turn-server-silent"));
}

/* The same kept port at two hosts that answer otherwise. */
static void two_hosts_with_the_same_closed_port_prove_it(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tcp = "connect silent"});
    built_server(result, "turn", MP_TRANSPORT_TCP, OTHER_HOST, 3478, "connect silent");
    built_server(result, "turn", MP_TRANSPORT_TLS, OTHER_HOST, 443,
                 "tls answered, binding answered");
    const MpFinding *finding = built_only(built_judged(result), "turn-tcp-3478-blocked");

    g_assert_false(finding->is_likely);
    g_assert_false(finding->has_other);
}

/* Two names of one machine are one machine. */
static void two_names_of_one_machine_prove_nothing_more(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tcp = "connect silent"});
    MpMeasurement *closed = built_server(result, "turn", MP_TRANSPORT_TCP, "other.example", 3478,
                                         "connect silent");
    built_facts(closed, "{\"server_address\": \"" BUILT_TURN ":3478\"}");
    built_server(result, "turn", MP_TRANSPORT_TLS, "other.example", 443,
                 "tls answered, binding answered");

    g_assert_true(built_only(built_judged(result), "turn-tcp-3478-blocked")->is_likely);
}

static MpMeasurement *by_proxy(MpResult *result, MpTransport transport, guint16 port,
                               const char *stages)
{
    MpMeasurement *measurement = built_server(result, "turn", transport, BUILT_TURN, port, stages);
    MpStep *step = result->plan->pdata[result->plan->len - 1];
    step->way = transport == MP_TRANSPORT_TLS ? MP_WAY_TURN_TLS_PROXY : MP_WAY_TURN_TCP_PROXY;
    g_free(step->id);
    step->id = g_strdup_printf("%s:%u", mp_way_name(step->way), port);
    g_free(measurement->id);
    measurement->id = g_strdup(step->id);
    return measurement;
}

/* A 407 is never the far end's, and a proxy that answers is no far end. */
static void a_proxy_that_wants_another_login_is_the_only_one_that_answers(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.stun = "binding silent",
                     .turn_udp = "binding silent",
                     .turn_tcp = "connect silent",
                     .turn_tls = "connect silent",
                     .media_udp = "whip refused 407 Proxy Authentication Required"});
    built_facts(
        by_proxy(result, MP_TRANSPORT_TLS, 443, "proxy_connect answered, proxy auth_failed"),
        "{\"proxy\": {\"schemes\": \"Negotiate, NTLM\"}}");
    built_judged(result);

    g_assert_cmpuint(result->findings->len, ==, 2);
    g_assert_true(built_find(result, "only-proxy-answers")->is_likely);
    g_assert_cmpuint(built_find(result, "proxy-login-unsupported")->evidence->len, ==, 2);
}

static void what_only_the_proxy_reaches_is_one_finding(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tcp = "connect silent",
                                                           .turn_tls = "connect silent",
                                                           .media_udp = "",
                                                           .media_turn_udp = ""});
    by_proxy(result, MP_TRANSPORT_TLS, 443,
             "proxy_connect answered, proxy answered, tls answered, binding answered");
    const MpFinding *finding = built_only(built_judged(result), "tcp-by-proxy-only");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    g_assert_false(finding->is_likely);
    g_assert_cmpuint(finding->evidence->len, ==, 2);
    g_assert_cmpstr(built_text(finding, "ports"), ==, "3478, 443");
}

static void an_answer_by_the_proxy_does_not_open_the_straight_port(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = "connect silent"});
    by_proxy(result, MP_TRANSPORT_TLS, 443,
             "proxy_connect answered, proxy answered, tls answered, binding answered");

    g_assert_nonnull(built_find(built_judged(result), "turn-tls-443-blocked"));
}

static void assert_rules(const MpFinding *finding, const char *udp, const char *tcp)
{
    const char *const expected[] = {udp ? udp : tcp, udp ? tcp : NULL};
    JsonArray *rules = mp_facts_array(finding->numbers, "rules");
    g_assert_nonnull(rules);
    for (guint i = 0; i < G_N_ELEMENTS(expected) && expected[i]; i++)
        g_assert_cmpstr(json_array_get_string_element(rules, i), ==, expected[i]);
    g_assert_cmpuint(json_array_get_length(rules), ==, (udp != NULL) + (tcp != NULL));
}

#define LISTED "{ 168.100.64.0/18, 216.147.0.0/18 }"

static void the_listed_ranges_are_the_rule(void)
{
    g_autoptr(MpResult)
        nothing = built_judged(built_result(&(BuiltCase){.stun = "binding silent",
                                                         .turn_udp = "binding silent",
                                                         .turn_tcp = "connect silent",
                                                         .turn_tls = "connect silent",
                                                         .media_udp = ""}));
    assert_rules(built_only(nothing, "nothing-answered"),
                 "allow out udp to " LISTED " port { 3478, 1025-65535 }",
                 "allow out tcp to " LISTED " port { 443, 3478 }");
    g_autoptr(MpResult)
        tcp = built_judged(built_result(&(BuiltCase){.turn_tcp = "connect silent"}));
    assert_rules(built_only(tcp, "turn-tcp-3478-blocked"), NULL,
                 "allow out tcp to " LISTED " port 3478");
}

static void a_range_in_which_nobody_answers_is_the_rule(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.stun = "binding silent",
                                                        .turn_udp = "binding silent",
                                                        .turn_tcp = "connect silent",
                                                        .turn_tls = "connect silent"}));
    assert_rules(built_only(result, "turn-server-silent"),
                 "allow out udp to 168.100.64.0/18 port { 3478, 1025-65535 }",
                 "allow out tcp to 168.100.64.0/18 port { 443, 3478 }");
}

/* A rule of the list would not open it. */
static void a_server_outside_the_list_is_named_by_the_rule(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.stun = "", .turn_udp = "", .turn_tcp = "", .turn_tls = "", .media_udp = ""});
    built_server(result, "turn", MP_TRANSPORT_TCP, "192.0.2.7", 3478, "connect silent");
    built_server(result, "turn", MP_TRANSPORT_TLS, "192.0.2.7", 443,
                 "tls answered, binding answered");
    assert_rules(built_find(built_judged(result), "turn-tcp-3478-blocked"), NULL,
                 "allow out tcp to 192.0.2.7 port 3478");
}

/* Nor takes it the list out, where a server inside is kept as well. */
static void a_server_outside_is_named_beside_the_list(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tcp = "connect silent"});
    built_server(result, "turn", MP_TRANSPORT_TCP, "192.0.2.7", 3478, "connect silent");
    built_server(result, "turn", MP_TRANSPORT_TLS, "192.0.2.7", 443,
                 "tls answered, binding answered");
    assert_rules(built_find(built_judged(result), "turn-tcp-3478-blocked"), NULL,
                 "allow out tcp to { 192.0.2.7, 168.100.64.0/18, 216.147.0.0/18 } port 3478");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/blame/ipv6", a_server_that_answers_over_ipv6_is_not_away);
    g_test_add_func("/blame/server-silent-range",
                    where_the_range_lets_another_host_answer_the_server_is_away);
    g_test_add_func("/blame/server-silent-outside",
                    a_silent_server_outside_all_ranges_is_rather_the_operators);
    g_test_add_func("/blame/told", what_a_router_of_the_site_says_itself_is_proved);
    g_test_add_func("/blame/told-carrier", what_a_carriers_router_says_is_not_the_sites);
    g_test_add_func("/blame/told-refusal", a_refusal_by_a_router_is_not_the_machines);
    g_test_add_func("/blame/two-hosts", two_hosts_with_the_same_closed_port_prove_it);
    g_test_add_func("/blame/two-names", two_names_of_one_machine_prove_nothing_more);
    g_test_add_func("/blame/proxy-login",
                    a_proxy_that_wants_another_login_is_the_only_one_that_answers);
    g_test_add_func("/blame/by-proxy-only", what_only_the_proxy_reaches_is_one_finding);
    g_test_add_func("/blame/by-proxy-straight",
                    an_answer_by_the_proxy_does_not_open_the_straight_port);
    g_test_add_func("/blame/rules", the_listed_ranges_are_the_rule);
    g_test_add_func("/blame/rules-range", a_range_in_which_nobody_answers_is_the_rule);
    g_test_add_func("/blame/rules-beside", a_server_outside_is_named_beside_the_list);
    g_test_add_func("/blame/rules-outside", a_server_outside_the_list_is_named_by_the_rule);
    return g_test_run();
}
