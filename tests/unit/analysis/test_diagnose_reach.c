/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about which servers and ports the network lets through.
 */
#include "tests/support/result_builder.h"

#define OTHER_HOST "216.147.0.30"
#define LOST_MEDIA "gather answered, whip answered 201, ice silent"
#define DEAD_SIGNALLING "gather answered, whip silent"

static gboolean has_evidence(const MpFinding *finding, const char *id)
{
    return g_ptr_array_find_with_equal_func(finding->evidence, id, g_str_equal, NULL);
}

static void udp_blocked_is_every_udp_port_while_tcp_passes(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(&(BuiltCase){
        .stun = "binding silent", .turn_udp = "binding silent", .media_udp = LOST_MEDIA}));
    built_facts(built_measurement(result, "media-udp"),
                "{\"candidates\": [{\"side\": \"remote\", \"transport\": \"udp\", "
                "\"address\": \"216.147.0.20:40000\"}]}");
    built_judged(result);
    const MpFinding *finding = built_only(result, "udp-blocked");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_false(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "ports"), ==, "3478, 40000");
    g_assert_cmpuint(finding->evidence->len, ==, 3);
    g_assert_true(has_evidence(finding, "media-udp"));
}

static void one_silent_port_is_not_udp_blocked(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(
        &(BuiltCase){.stun = "binding silent", .turn_udp = "binding silent", .media_udp = ""}));
    const MpFinding *finding = built_only(result, "udp-3478-blocked");

    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "ports"), ==, "3478");
}

static void two_server_ports_without_media_are_likely_udp_blocked(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.stun = "binding silent", .turn_udp = "binding prohibited", .media_udp = ""});
    built_server(result, "stun", MP_TRANSPORT_UDP, BUILT_TURN, 19302, "binding silent");
    built_judged(result);

    g_assert_true(built_only(result, "udp-blocked")->is_likely);
}

static void a_refusal_may_be_the_hosts_own(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(&(BuiltCase){
        .stun = "binding refused", .turn_udp = "binding refused", .media_udp = LOST_MEDIA}));

    g_assert_true(built_only(result, "udp-blocked")->is_likely);
}

static void tcp_blocked_is_every_tcp_port_while_udp_passes(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.turn_tcp = "connect silent",
                                                        .turn_tls = "connect silent",
                                                        .media_udp = "",
                                                        .media_turn_udp = ""}));
    const MpFinding *finding = built_only(result, "tcp-blocked");

    /* One host's own firewall would look the same. */
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->other, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpstr(built_text(finding, "ports"), ==, "3478, 443");
}

static void blocked_signalling_is_named_beside_tcp_blocked(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.turn_tcp = "connect silent",
                                                        .turn_tls = "connect silent",
                                                        .media_udp = DEAD_SIGNALLING,
                                                        .media_turn_udp = DEAD_SIGNALLING}));
    const MpFinding *tcp = built_find(result, "tcp-blocked");
    const MpFinding *signalling = built_find(result, "signalling-blocked");

    g_assert_cmpuint(result->findings->len, ==, 2);
    g_assert_cmpstr(built_text(tcp, "transport"), ==, "tcp, tls");
    g_assert_false(has_evidence(tcp, "media-udp"));
    g_assert_true(has_evidence(signalling, "media-udp"));
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void one_server_port_and_signalling_are_enough_for_tcp_blocked(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.turn_tcp = "",
                                                        .turn_tls = "connect silent",
                                                        .media_udp = DEAD_SIGNALLING,
                                                        .media_turn_udp = DEAD_SIGNALLING}));

    g_assert_nonnull(built_find(result, "tcp-blocked"));
}

static void signalling_that_passes_rules_out_tcp_blocked(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.turn_tcp = "connect silent", .turn_tls = "connect silent"}));

    g_assert_null(built_find(result, "tcp-blocked"));
    g_assert_nonnull(built_find(result, "turn-tcp-3478-blocked"));
    g_assert_nonnull(built_find(result, "turn-tls-443-blocked"));
}

static void a_server_that_refuses_everywhere_is_down(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.stun = "binding refused",
                                  .turn_udp = "binding refused Connection refused",
                                  .turn_tcp = "connect refused",
                                  .turn_tls = "connect refused"}));
    const MpFinding *finding = built_only(result, "turn-server-down");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_false(finding->is_likely);
    g_assert_cmpuint(finding->evidence->len, ==, 4);
    g_assert_cmpstr(built_text(finding, "transport"), ==, "udp, tcp, tls");
    g_assert_cmpstr(built_text(finding, "stage"), ==, "binding");
    g_assert_cmpstr(finding->hop, ==, BUILT_TURN);
}

static void a_server_that_refuses_tcp_and_is_mute_on_udp_is_likely_down(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.stun = "binding silent",
                                                        .turn_udp = "binding silent",
                                                        .turn_tcp = "connect refused",
                                                        .turn_tls = "connect refused"}));

    g_assert_true(built_only(result, "turn-server-down")->is_likely);
}

/* A machine that refuses on TCP would refuse on UDP as well, were it asked. */
static void silence_of_a_machine_that_refuses_elsewhere_is_the_networks(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.stun = "binding silent",
                                  .turn_udp = "binding silent",
                                  .turn_tcp = "connect refused",
                                  .turn_tls = "connect refused",
                                  .media_udp = "whip answered 201, ice silent"}));

    g_assert_cmpuint(result->findings->len, ==, 2);
    const MpFinding *first = result->findings->pdata[0];
    const MpFinding *second = result->findings->pdata[1];
    g_assert_cmpstr(first->id, ==, "udp-blocked");
    g_assert_cmpuint(first->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_cmpstr(second->id, ==, "turn-server-down");
    g_assert_cmpuint(second->owner, ==, MP_OWNER_SERVICE_OPERATOR);
}

static void a_server_silent_on_all_transports_while_others_answer_is_silent(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.stun = "binding silent",
                                                        .turn_udp = "binding silent",
                                                        .turn_tcp = "connect silent",
                                                        .turn_tls = "connect silent"}));
    const MpFinding *finding = built_only(result, "turn-server-silent");

    /* Nobody answered in the server's range, and somebody did in the other one. */
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_cmpuint(finding->other, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->evidence->len, ==, 4);
    g_assert_cmpstr(built_text(finding, "range"), ==, "168.100.64.0/18");
}

static void a_silent_server_beside_one_on_the_same_port_is_silent(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_server(result, "stun", MP_TRANSPORT_UDP, OTHER_HOST, 3478, "binding silent");
    built_judged(result);

    g_assert_true(
        has_evidence(built_only(result, "turn-server-silent"), "stun:" OTHER_HOST ":3478"));
}

static void udp_3478_is_blocked_when_media_ports_pass(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.stun = "binding silent", .turn_udp = "binding silent"}));
    const MpFinding *finding = built_only(result, "udp-3478-blocked");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->evidence->len, ==, 2);
}

static void tcp_3478_is_blocked_when_443_passes(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.turn_tcp = "connect silent"}));
    const MpFinding *finding = built_only(result, "turn-tcp-3478-blocked");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    /* The server's own firewall would look the same. */
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->other, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpstr(built_text(finding, "stage"), ==, "connect");
    g_assert_cmpstr(built_text(finding, "transport"), ==, "tcp");
}

static void tls_443_is_blocked_when_3478_passes(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.turn_tls = "connect answered, tls reset"}));
    const MpFinding *finding = built_only(result, "turn-tls-443-blocked");

    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "stage"), ==, "tls");
    g_assert_cmpstr(built_text(finding, "outcome"), ==, "reset");
}

static void media_ports_are_blocked_when_3478_passes(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(&(BuiltCase){.media_udp = LOST_MEDIA}));
    const MpFinding *finding = built_only(result, "udp-media-ports-blocked");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    /* Media reached the far end through the relay, so it was there to be reached. */
    g_assert_false(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "stage"), ==, "ice");
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_STABLE);
}

/* A machine that refuses a UDP port has got the question: UDP passes. */
static void media_ports_are_blocked_beside_a_server_that_is_down(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.stun = "binding refused",
                                                        .turn_udp = "binding refused",
                                                        .turn_tcp = "connect refused",
                                                        .turn_tls = "connect refused",
                                                        .media_udp = LOST_MEDIA}));

    g_assert_nonnull(built_find(result, "turn-server-down"));
    g_assert_true(built_find(result, "udp-media-ports-blocked")->is_likely);
}

static void without_a_relay_to_compare_blocked_media_ports_are_likely(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(&(BuiltCase){.media_udp = LOST_MEDIA,
                                                                        .media_turn_udp = "",
                                                                        .media_turn_tcp = "",
                                                                        .media_turn_tls = ""}));

    g_assert_true(built_only(result, "udp-media-ports-blocked")->is_likely);
}

static void a_port_that_no_other_finding_names_is_still_reported(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_server(result, "turn", MP_TRANSPORT_TLS, BUILT_TURN, 5349, "connect silent");
    built_judged(result);
    const MpFinding *finding = built_only(result, "turn-port-blocked");

    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "ports"), ==, "5349");
}

static void a_silent_server_alone_on_its_port_may_also_be_a_blocked_port(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_server(result, "stun", MP_TRANSPORT_UDP, OTHER_HOST, 19302, "binding silent");
    built_judged(result);

    g_assert_true(built_only(result, "turn-port-blocked")->is_likely);
}

static void silence_everywhere_names_no_protocol(void)
{
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.stun = "binding silent",
                                                        .turn_udp = "binding unreachable",
                                                        .turn_tcp = "connect silent",
                                                        .turn_tls = "connect silent",
                                                        .media_udp = DEAD_SIGNALLING}));
    const MpFinding *finding = built_only(result, "nothing-answered");

    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->evidence->len, ==, 5);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void what_was_not_run_is_no_evidence(void)
{
    g_autoptr(MpResult) result = built_judged(built_result(&(BuiltCase){.stun = "not_run",
                                                                        .turn_udp = "not_run",
                                                                        .turn_tcp = "not_run",
                                                                        .turn_tls = "not_run",
                                                                        .media_udp = "not_run"}));

    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void a_dead_server_does_not_prove_udp_blocked(void)
{
    /* The server is dead on both sides; only the media port is left to speak for UDP. */
    g_autoptr(MpResult)
        result = built_judged(built_result(&(BuiltCase){.stun = "binding silent",
                                                        .turn_udp = "binding silent",
                                                        .turn_tcp = "connect silent",
                                                        .turn_tls = "connect silent",
                                                        .media_udp = LOST_MEDIA}));

    g_assert_null(built_find(result, "udp-blocked"));
    g_assert_nonnull(built_find(result, "turn-server-silent"));
    g_assert_nonnull(built_find(result, "media-blocked"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reach/udp-blocked", udp_blocked_is_every_udp_port_while_tcp_passes);
    g_test_add_func("/reach/one-port", one_silent_port_is_not_udp_blocked);
    g_test_add_func("/reach/two-ports", two_server_ports_without_media_are_likely_udp_blocked);
    g_test_add_func("/reach/refusal", a_refusal_may_be_the_hosts_own);
    g_test_add_func("/reach/tcp-blocked", tcp_blocked_is_every_tcp_port_while_udp_passes);
    g_test_add_func("/reach/tcp-blocked-signalling",
                    blocked_signalling_is_named_beside_tcp_blocked);
    g_test_add_func("/reach/tcp-blocked-one-port",
                    one_server_port_and_signalling_are_enough_for_tcp_blocked);
    g_test_add_func("/reach/not-tcp-blocked", signalling_that_passes_rules_out_tcp_blocked);
    g_test_add_func("/reach/server-down-udp-blocked",
                    silence_of_a_machine_that_refuses_elsewhere_is_the_networks);
    g_test_add_func("/reach/server-down", a_server_that_refuses_everywhere_is_down);
    g_test_add_func("/reach/server-likely-down",
                    a_server_that_refuses_tcp_and_is_mute_on_udp_is_likely_down);
    g_test_add_func("/reach/server-silent",
                    a_server_silent_on_all_transports_while_others_answer_is_silent);
    g_test_add_func("/reach/server-silent-beside",
                    a_silent_server_beside_one_on_the_same_port_is_silent);
    g_test_add_func("/reach/media-ports-server-down",
                    media_ports_are_blocked_beside_a_server_that_is_down);
    g_test_add_func("/reach/udp-3478", udp_3478_is_blocked_when_media_ports_pass);
    g_test_add_func("/reach/tcp-3478", tcp_3478_is_blocked_when_443_passes);
    g_test_add_func("/reach/tls-443", tls_443_is_blocked_when_3478_passes);
    g_test_add_func("/reach/media-ports", media_ports_are_blocked_when_3478_passes);
    g_test_add_func("/reach/media-ports-likely",
                    without_a_relay_to_compare_blocked_media_ports_are_likely);
    g_test_add_func("/reach/other-port", a_port_that_no_other_finding_names_is_still_reported);
    g_test_add_func("/reach/alone-on-its-port",
                    a_silent_server_alone_on_its_port_may_also_be_a_blocked_port);
    g_test_add_func("/reach/nothing", silence_everywhere_names_no_protocol);
    g_test_add_func("/reach/not-run", what_was_not_run_is_no_evidence);
    g_test_add_func("/reach/dead-server", a_dead_server_does_not_prove_udp_blocked);
    return g_test_run();
}
