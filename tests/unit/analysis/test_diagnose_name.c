/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about the servers' names.
 */
#include "tests/support/result_builder.h"

static void a_name_that_does_not_resolve_is_no_blocked_port(void)
{
    const char *const unresolved = "resolve silent Name or service not known";
    g_autoptr(MpResult) result = built_judged(built_result(&(BuiltCase){.stun = unresolved,
                                                                        .turn_udp = unresolved,
                                                                        .turn_tcp = unresolved,
                                                                        .turn_tls = unresolved}));
    const MpFinding *finding = built_only(result, "name-unresolved");

    g_assert_cmpuint(finding->evidence->len, ==, 4);
    g_assert_cmpstr(built_text(finding, "detail"), ==, "Name or service not known");
}

/* Nothing was seen of media then: no verdict on it. */
static void a_media_server_without_an_address_is_one_finding_and_no_verdict(void)
{
    const char *const unresolved = "gather answered, resolve refused Name or service not known";
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.media_udp = unresolved,
                                                        .media_turn_udp = unresolved,
                                                        .media_turn_tcp = unresolved,
                                                        .media_turn_tls = unresolved}));
    const MpFinding *finding = built_only(result, "name-unresolved");

    g_assert_cmpuint(finding->evidence->len, ==, 4);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

/* A name server that is silent is one cause, whoever was asked about. */
static void what_is_said_alike_about_several_names_is_one_finding(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.stun = "resolve silent", .media_udp = "gather answered, resolve silent"});
    built_server(result, "stun", MP_TRANSPORT_UDP, "other.example", 3478, "resolve silent");
    built_web(result, "www.bell-face.com", "resolve silent");
    g_assert_cmpuint(built_only(built_judged(result), "name-unresolved")->evidence->len, ==, 4);

    built_server(result, "stun", MP_TRANSPORT_UDP, "third.example", 3478,
                 "resolve refused 3 NXDOMAIN");
    g_assert_cmpuint(built_judged(result)->findings->len, ==, 2);
}

/* RFC 1035 section 4.1.1: the code is the name server's, and no answer of the server. */
static void a_code_about_the_name_says_nothing_about_the_server(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(&(BuiltCase){
        .stun = "resolve refused 2 SERVFAIL", .turn_udp = "resolve refused 2 SERVFAIL"}));
    const MpFinding *finding = built_only(result, "name-unresolved");
    g_assert_cmpuint(finding->evidence->len, ==, 2);
    g_assert_cmpfloat(built_number(finding, "code"), ==, 2);
    g_assert_cmpstr(built_text(finding, "reason"), ==, "SERVFAIL");
}

/* Our own time was over: nobody's fault. */
static void a_name_that_was_not_asked_for_is_no_finding(void)
{
    const char *const unasked = "gather answered, resolve not_run no time was left";
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.media_udp = unasked,
                                                        .media_turn_udp = unasked,
                                                        .media_turn_tcp = unasked,
                                                        .media_turn_tls = unasked}));
    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

/* TURN over UDP of a host by that name, which led to that address. */
static MpResult *with_server(const char *host, const char *address, const char *stages)
{
    MpResult *result = built_result(
        &(BuiltCase){.stun = "", .turn_udp = "", .turn_tcp = "", .turn_tls = ""});
    MpMeasurement *turn = built_server(result, "turn", MP_TRANSPORT_UDP, host, 3478, stages);
    g_autofree char *facts = g_strdup_printf("{\"server_address\": \"%s:3478\"}", address);
    built_facts(turn, facts);
    return built_judged(result);
}

static void a_name_that_leads_inside_is_likely_misdirected(void)
{
    static const char *const addresses[] = {"0.0.0.0", "127.0.0.1", "10.1.2.3"};
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autoptr(MpResult) result = with_server("turn.example", addresses[i], "binding refused");
        const MpFinding *finding = built_only(result, "name-misdirected");
        g_assert_true(finding->is_likely);
        g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
        g_assert_cmpstr(built_text(finding, "address"), ==, addresses[i]);
    }
}

static gboolean is_misdirected(const char *host, const char *address, const char *stages)
{
    g_autoptr(MpResult) result = with_server(host, address, stages);
    for (guint i = 0; i < result->findings->len; i++)
        if (g_str_equal(((const MpFinding *)result->findings->pdata[i])->id, "name-misdirected"))
            return TRUE;
    return FALSE;
}

static void a_server_inside_that_answers_is_where_it_should_be(void)
{
    g_assert_false(is_misdirected("turn.example", "10.1.2.3", "binding answered"));
    g_assert_false(
        is_misdirected("turn.example", "10.1.2.3", "binding answered, allocate auth_failed 401"));
}

static void a_public_address_or_one_that_was_given_is_not_the_name_servers_doing(void)
{
    g_assert_false(is_misdirected("turn.example", "192.0.2.1", "binding silent"));
    g_assert_false(is_misdirected("10.1.2.3", "10.1.2.3", "binding silent"));
}

/* RFC 2782. */
static void a_service_that_is_decidedly_not_there_is_its_operators_doing(void)
{
    const char *const says_no = "{\"srv\": {\"name\": \"_turn._udp.turn.example\", "
                                "\"records\": [{\"target\": \".\"}]}}";
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_udp = "resolve refused"});
    built_facts(built_measurement(result, "turn-udp:168.100.64.10:3478"), says_no);
    built_judged(result);
    const MpFinding *finding = built_only(result, "service-not-offered");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_false(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "service"), ==, "_turn._udp.turn.example");
}

static void stay_slow(MpMeasurement *measurement, double taken)
{
    JsonObject *stage = mp_measurement_stage(measurement, "resolve");
    json_object_set_double_member(stage, "ms", taken);
}

static void two_slow_names_are_this_sites_name_server(void)
{
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.stun = "resolve answered, binding answered"});
    stay_slow(built_measurement(result, "stun:168.100.64.10:3478"), 1500);
    stay_slow(built_server(result, "stun", MP_TRANSPORT_UDP, "other.example", 3478,
                           "resolve answered, binding answered"),
              1500);

    g_assert_false(built_only(built_judged(result), "name-slow")->is_likely);
}

/* Microsoft, "DNS client resolution timeouts": Windows asks again after a second. */
static void a_name_that_takes_more_than_a_second_is_a_warning(void)
{
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.stun = "resolve answered, binding answered"});
    stay_slow(built_measurement(result, "stun:168.100.64.10:3478"), 1500);
    built_judged(result);
    const MpFinding *finding = built_only(result, "name-slow");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    /* It may be the server of that name. */
    g_assert_true(finding->is_likely);
    g_assert_cmpfloat(built_number(finding, "resolve_ms"), ==, 1500);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_STABLE);

    g_autoptr(MpResult)
        quick = built_result(&(BuiltCase){.stun = "resolve answered, binding answered"});
    stay_slow(built_measurement(quick, "stun:168.100.64.10:3478"), 999);
    g_assert_cmpuint(built_judged(quick)->findings->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/name/alike", what_is_said_alike_about_several_names_is_one_finding);
    g_test_add_func("/name/code", a_code_about_the_name_says_nothing_about_the_server);
    g_test_add_func("/name/not-offered",
                    a_service_that_is_decidedly_not_there_is_its_operators_doing);
    g_test_add_func("/name/slow-twice", two_slow_names_are_this_sites_name_server);
    g_test_add_func("/name/unresolved", a_name_that_does_not_resolve_is_no_blocked_port);
    g_test_add_func("/name/unresolved-media",
                    a_media_server_without_an_address_is_one_finding_and_no_verdict);
    g_test_add_func("/name/not-asked", a_name_that_was_not_asked_for_is_no_finding);
    g_test_add_func("/name/misdirected", a_name_that_leads_inside_is_likely_misdirected);
    g_test_add_func("/name/inside", a_server_inside_that_answers_is_where_it_should_be);
    g_test_add_func("/name/public",
                    a_public_address_or_one_that_was_given_is_not_the_name_servers_doing);
    g_test_add_func("/name/slow", a_name_that_takes_more_than_a_second_is_a_warning);
    return g_test_run();
}
