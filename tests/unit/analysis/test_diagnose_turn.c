/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about what the servers said.
 */
#include "analysis/judge.h"
#include "tests/support/result_builder.h"

#define TURN_UDP "turn-udp:168.100.64.10:3478"
#define TURN_TLS "turn-tls:168.100.64.10:443"

static void a_401_after_authentication_is_the_credentials(void)
{
    const char *const stages = "binding answered, allocate auth_failed 401 Unauthorized";
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.turn_udp = stages, .turn_tcp = stages, .turn_tls = stages}));
    const MpFinding *finding = built_only(result, "turn-credentials-rejected");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_CREDENTIALS);
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_cmpuint(finding->evidence->len, ==, 3);
    g_assert_cmpfloat(built_number(finding, "code"), ==, 401);
    g_assert_cmpstr(built_text(finding, "stage"), ==, "allocate");
    g_assert_cmpstr(built_text(finding, "reason"), ==, "Unauthorized");
    g_assert_cmpstr(built_text(finding, "transport"), ==, "udp, tcp, tls");
}

static void two_servers_give_two_findings(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.turn_udp = "binding answered, allocate auth_failed 401"});
    built_server(result, "turn", MP_TRANSPORT_UDP, "216.147.0.30", 3478,
                 "binding answered, allocate auth_failed 401");
    built_judged(result);

    g_assert_cmpuint(result->findings->len, ==, 2);
}

static void quota_is_the_operators(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.turn_udp = "binding answered, allocate quota 486 Quota"}));
    const MpFinding *finding = built_only(result, "turn-quota");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpfloat(built_number(finding, "code"), ==, 486);
}

static void a_403_is_forbidden(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(
        &(BuiltCase){.turn_udp = "binding answered, allocate answered, permission refused 403"}));
    const MpFinding *finding = built_only(result, "turn-forbidden");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpstr(built_text(finding, "stage"), ==, "permission");
}

/* The peer is forbidden where media asks for it; the finding names the relay all the same. */
static void a_403_for_the_media_peer_is_forbidden(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){
        .media_turn_udp = "gather answered, whip answered 201, permission refused 403"});
    for (guint i = 0; i < result->plan->len; i++) {
        MpStep *step = result->plan->pdata[i];
        if (g_str_equal(step->id, "media-turn-udp"))
            step->server = mp_server_uri_parse("turn:relay.example:3478?transport=udp", NULL);
    }
    built_judged(result);
    const MpFinding *finding = built_only(result, "turn-forbidden");

    g_assert_cmpstr(built_text(finding, "server"), ==, "turn:relay.example:3478?transport=udp");
    g_assert_cmpfloat(built_number(finding, "code"), ==, 403);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_STABLE);
}

static void a_redirection_that_leads_nowhere_is_the_operators(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.turn_tls = "connect answered, tls answered, binding answered, "
                                              "redirect intercepted"}));
    const MpFinding *finding = built_only(result, "turn-redirected");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpstr(built_text(finding, "stage"), ==, "redirect");
}

static void indications_that_are_kept_are_told_by_their_stage(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(
        &(BuiltCase){.turn_udp = "binding answered, allocate answered, permission answered, "
                                 "send silent, channel answered, data answered"}));
    const MpFinding *finding = built_only(result, "turn-data-filtered");
    g_assert_cmpstr(built_text(finding, "stage"), ==, "send");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
}

static void channels_that_are_kept_inside_tls_are_the_servers(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(
        &(BuiltCase){.turn_tls = "connect answered, tls answered, binding answered, allocate "
                                 "answered, permission answered, send answered, channel answered, "
                                 "data silent"}));
    const MpFinding *finding = built_only(result, "turn-data-filtered");
    g_assert_cmpstr(built_text(finding, "stage"), ==, "data");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
}

static void a_300_names_the_other_server(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.turn_udp = "binding answered, allocate redirected 300"});
    built_facts(built_measurement(result, TURN_UDP),
                "{\"alternate_server\": \"168.100.64.99:3478\"}");
    built_judged(result);
    const MpFinding *finding = built_only(result, "turn-redirected");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    g_assert_cmpstr(built_text(finding, "alternate_server"), ==, "168.100.64.99:3478");
}

static void other_codes_and_bytes_are_protocol_errors(void)
{
    static const char *const stages[] = {
        "binding answered, allocate refused 441",
        "binding malformed",
        "binding answered, allocate silent",
        "binding refused 420",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
        g_autoptr(MpResult)
            result = built_judged(built_result(&(BuiltCase){.turn_udp = stages[i]}));
        g_assert_cmpuint(built_only(result, "turn-protocol-error")->owner, ==,
                         MP_OWNER_SERVICE_OPERATOR);
    }
}

static void plain_text_or_an_alert_on_the_tls_port_is_a_protocol_error(void)
{
    static const char *const stages[] = {"connect answered, tls malformed",
                                         "connect answered, tls refused handshake failure"};
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
        g_autoptr(MpResult)
            result = built_judged(built_result(&(BuiltCase){.turn_tls = stages[i]}));
        g_assert_cmpstr(built_text(built_only(result, "turn-protocol-error"), "stage"), ==, "tls");
    }
}

static void an_untrusted_certificate_is_likely_interception(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.turn_tls = "connect answered, tls intercepted self-signed certificate"});
    built_facts(built_measurement(result, TURN_TLS),
                "{\"tls\": {\"verify\": \"self-signed certificate in certificate chain\", "
                "\"chain\": [{\"subject\": \"CN=turn.example\", \"issuer\": \"CN=Proxy\"}]}}");
    built_judged(result);
    const MpFinding *finding = built_only(result, "tls-intercepted");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "issuer"), ==, "CN=Proxy");
    g_assert_cmpstr(built_text(finding, "subject"), ==, "CN=turn.example");
    g_assert_cmpstr(built_text(finding, "verify"), ==,
                    "self-signed certificate in certificate chain");
}

static void a_relay_that_takes_no_data_is_mute(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(
        &(BuiltCase){.turn_udp = "binding answered, allocate answered, permission answered, "
                                 "channel answered, data silent"}));
    const MpFinding *finding = built_only(result, "relay-data-blocked");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpstr(built_text(finding, "stage"), ==, "data");
}

static void a_relay_outside_the_ranges_is_a_warning(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, TURN_UDP), "{\"relayed_address\": \"192.0.2.1:50000\"}");
    built_judged(result);
    const MpFinding *finding = built_only(result, "relay-outside-ranges");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpstr(built_text(finding, "relayed_address"), ==, "192.0.2.1:50000");
    g_assert_cmpuint(finding->evidence->len, ==, 1);
}

static void a_profile_without_ranges_has_no_outside(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    g_ptr_array_set_size(profile->rows, 1);
    mp_judge(result, profile);

    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void errors_come_before_warnings(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){
        .turn_tcp = "connect silent", .turn_udp = "binding answered, allocate quota 508"});
    built_judged(result);

    g_assert_cmpuint(result->findings->len, ==, 2);
    g_assert_cmpstr(((const MpFinding *)result->findings->pdata[0])->id, ==, "turn-quota");
    g_assert_cmpstr(((const MpFinding *)result->findings->pdata[1])->id, ==,
                    "turn-tcp-3478-blocked");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turn/credentials", a_401_after_authentication_is_the_credentials);
    g_test_add_func("/turn/two-servers", two_servers_give_two_findings);
    g_test_add_func("/turn/quota", quota_is_the_operators);
    g_test_add_func("/turn/forbidden", a_403_is_forbidden);
    g_test_add_func("/turn/forbidden-peer", a_403_for_the_media_peer_is_forbidden);
    g_test_add_func("/turn/redirected-nowhere", a_redirection_that_leads_nowhere_is_the_operators);
    g_test_add_func("/turn/send-kept", indications_that_are_kept_are_told_by_their_stage);
    g_test_add_func("/turn/channels-kept", channels_that_are_kept_inside_tls_are_the_servers);
    g_test_add_func("/turn/redirected", a_300_names_the_other_server);
    g_test_add_func("/turn/protocol-error", other_codes_and_bytes_are_protocol_errors);
    g_test_add_func("/turn/plain-text", plain_text_or_an_alert_on_the_tls_port_is_a_protocol_error);
    g_test_add_func("/turn/intercepted", an_untrusted_certificate_is_likely_interception);
    g_test_add_func("/turn/relay-data", a_relay_that_takes_no_data_is_mute);
    g_test_add_func("/turn/outside-ranges", a_relay_outside_the_ranges_is_a_warning);
    g_test_add_func("/turn/no-ranges", a_profile_without_ranges_has_no_outside);
    g_test_add_func("/turn/gravest-first", errors_come_before_warnings);
    return g_test_run();
}
