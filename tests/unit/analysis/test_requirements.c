/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which rows of a profile are met, failed or unknown.
 */
#include "analysis/requirements.h"

#include "tests/support/result_builder.h"

static const MpRequirement *find(const MpResult *result, const char *row, const char *service,
                                 const char *protocol)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (g_str_equal(requirement->row, row) && g_str_equal(requirement->service, service) &&
            g_str_equal(requirement->protocol, protocol))
            return requirement;
    }
    g_assert_not_reached();
}

static MpResult *judged(const BuiltCase *built)
{
    g_autoptr(MpProfile) profile = built_profile();
    MpResult *result = built_result(built);
    mp_analysis_requirements(result, profile);
    return result;
}

/* The state of a row's service, for a case. */
static MpRequirementState state(const BuiltCase *built, const char *row, const char *service,
                                const char *protocol)
{
    g_autoptr(MpResult) result = judged(built);
    return find(result, row, service, protocol)->state;
}

static void a_healthy_network_meets_what_was_measured(void)
{
    g_autoptr(MpResult) result = judged(&(BuiltCase){0});
    static const char *const rows[] = {"1-7", "3-1"};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpuint(find(result, rows[i], "STUN", "udp")->state, ==, MP_REQUIREMENT_MET);
        g_assert_cmpuint(find(result, rows[i], "TURN", "udp")->state, ==, MP_REQUIREMENT_MET);
        g_assert_cmpuint(find(result, rows[i], "TURN", "tcp")->state, ==, MP_REQUIREMENT_MET);
    }
    const MpRequirement *tls = find(result, "1-7", "TURN", "tcp");
    g_assert_cmpstr(tls->port, ==, "443");
    g_assert_cmpstr(tls->measurement, ==, "turn-tls:168.100.64.10:443");
}

static const MpRequirement *find_port(const MpResult *result, const char *row, const char *port)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (g_str_equal(requirement->row, row) && g_str_equal(requirement->port, port))
            return requirement;
    }
    g_assert_not_reached();
}

static void one_port_of_media_does_not_stand_for_the_range(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-udp"),
                "{\"pair\": {\"remote\": \"216.147.0.20:40000\"}}");
    mp_analysis_requirements(result, profile);

    const MpRequirement *used = find_port(result, "1-7", "40000");
    const MpRequirement *range = find_port(result, "1-7", "1025-65535");
    g_assert_cmpuint(used->state, ==, MP_REQUIREMENT_MET);
    g_assert_cmpstr(used->target, ==, "216.147.0.20");
    g_assert_cmpstr(used->measurement, ==, "media-udp");
    g_assert_cmpuint(range->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpstr(range->measurement, ==, "media-udp");
}

static void rows_that_nothing_measures_are_unknown(void)
{
    g_autoptr(MpResult) result = judged(&(BuiltCase){0});
    const MpRequirement *web = find(result, "1-1", "HTTPS, WSS", "tcp");

    g_assert_cmpuint(web->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_null(web->measurement);
    g_assert_cmpstr(web->target, ==, "*.bell-face.com");
    g_assert_cmpstr(web->port, ==, "443");
    g_assert_cmpuint(find(result, "1-7", "HTTPS", "tcp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "1-7", "WSS", "tcp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "2-1", "HTTPS, WSS", "tcp")->state, ==, MP_REQUIREMENT_UNKNOWN);
}

static void a_row_of_the_other_role_does_not_apply(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    mp_analysis_requirements(result, profile);
    g_assert_cmpuint(find(result, "1-3", "HTTPS, WSS", "tcp")->state, ==, MP_REQUIREMENT_UNKNOWN);

    g_free(result->role);
    result->role = g_strdup("guest");
    mp_analysis_requirements(result, profile);
    g_assert_cmpuint(find(result, "1-3", "HTTPS, WSS", "tcp")->state, ==,
                     MP_REQUIREMENT_NOT_APPLICABLE);
    g_assert_cmpuint(find(result, "1-7", "TURN", "udp")->state, ==, MP_REQUIREMENT_MET);
}

static void silence_fails_and_names_its_evidence(void)
{
    g_autoptr(MpResult) result = judged(&(BuiltCase){.turn_udp = "resolve answered, binding silent",
                                                     .stun = "resolve answered, binding silent"});
    const MpRequirement *turn = find(result, "1-7", "TURN", "udp");

    g_assert_cmpuint(turn->state, ==, MP_REQUIREMENT_FAILED);
    g_assert_cmpstr(turn->measurement, ==, "turn-udp:168.100.64.10:3478");
    g_assert_cmpuint(find(result, "3-1", "STUN", "udp")->state, ==, MP_REQUIREMENT_FAILED);
}

static void every_network_answer_to_a_connection_fails_it(void)
{
    static const char *const stages[] = {
        "connect silent",
        "connect unreachable",
        "connect prohibited",
        "connect answered, tls reset",
        "connect answered, tls intercepted self-signed certificate",
        "connect answered, tls answered, binding silent",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++)
        g_assert_cmpuint(state(&(BuiltCase){.turn_tls = stages[i]}, "1-7", "TURN", "tcp"), ==,
                         MP_REQUIREMENT_FAILED);
}

/* "Nobody listens" from the server itself came through the network; from another address it was the
 * network that spoke. */
static void a_refusal_counts_by_who_sent_it(void)
{
    static const struct {
        const char *stage;
        MpRequirementState state;
    } rows[] = {
        {"resolve answered, binding refused ICMP port unreachable from 168.100.64.10",
         MP_REQUIREMENT_UNKNOWN},
        {"resolve answered, binding refused ICMP port unreachable from 203.0.113.1",
         MP_REQUIREMENT_FAILED},
        {"resolve answered, binding refused Connection refused", MP_REQUIREMENT_UNKNOWN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpuint(state(&(BuiltCase){.turn_udp = rows[i].stage, .stun = rows[i].stage},
                               "1-7", "STUN", "udp"),
                         ==, rows[i].state);
}

/* Anybody's server on port 3478 says nothing about the product's. */
static void a_foreign_server_is_no_evidence_for_a_row_of_names(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    for (guint i = 0; i < result->measurements->len; i++)
        built_facts(result->measurements->pdata[i], "{\"server_address\": \"127.0.0.1:3478\", "
                                                    "\"pair\": {\"remote\": \"127.0.0.1:40000\"}}");
    mp_analysis_requirements(result, profile);
    g_assert_cmpuint(find(result, "1-7", "STUN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "1-7", "MEDIA", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
}

static void a_server_that_says_no_has_an_open_port(void)
{
    static const char *const stages[] = {
        "binding answered, allocate auth_failed 401 Unauthorized",
        "binding answered, allocate quota 486",
        "binding answered, allocate refused 403 Forbidden",
        "binding answered, allocate redirected 300",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++)
        g_assert_cmpuint(state(&(BuiltCase){.turn_udp = stages[i]}, "1-7", "TURN", "udp"), ==,
                         MP_REQUIREMENT_MET);
}

static void a_stun_server_is_no_turn_server(void)
{
    const BuiltCase built = {.turn_udp = "binding answered, allocate silent"};

    g_assert_cmpuint(state(&built, "1-7", "TURN", "udp"), ==, MP_REQUIREMENT_FAILED);
    g_assert_cmpuint(state(&built, "1-7", "STUN", "udp"), ==, MP_REQUIREMENT_MET);
}

static void plain_text_on_the_tls_port_is_not_tls(void)
{
    /* Bytes came, but neither TLS nor a refusal by the network: neither met nor failed. */
    g_assert_cmpuint(
        state(&(BuiltCase){.turn_tls = "connect answered, tls malformed"}, "1-7", "TURN", "tcp"),
        ==, MP_REQUIREMENT_UNKNOWN);
}

static void bytes_that_are_not_stun_are_no_answer(void)
{
    const BuiltCase built = {.stun = "binding malformed", .turn_udp = "binding malformed"};

    g_assert_cmpuint(state(&built, "1-7", "STUN", "udp"), ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(state(&built, "1-7", "TURN", "udp"), ==, MP_REQUIREMENT_UNKNOWN);
}

static void a_name_that_does_not_resolve_says_nothing_about_the_port(void)
{
    g_assert_cmpuint(state(&(BuiltCase){.turn_tls = "resolve silent"}, "1-7", "TURN", "tcp"), ==,
                     MP_REQUIREMENT_UNKNOWN);
}

static void tcp_3478_does_not_stand_for_tcp_443(void)
{
    g_assert_cmpuint(state(&(BuiltCase){.turn_tls = ""}, "1-7", "TURN", "tcp"), ==,
                     MP_REQUIREMENT_UNKNOWN);
}

static void turn_without_tls_on_443_is_evidence_for_443(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = ""});
    built_server(result, "turn", MP_TRANSPORT_TCP, BUILT_TURN, 443,
                 "connect answered, binding answered, allocate answered");
    mp_analysis_requirements(result, profile);

    g_assert_cmpuint(find(result, "1-7", "TURN", "tcp")->state, ==, MP_REQUIREMENT_MET);
}

static void another_udp_port_does_not_stand_for_3478(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.stun = "", .turn_udp = ""});
    built_server(result, "stun", MP_TRANSPORT_UDP, BUILT_TURN, 19302, "binding answered");
    mp_analysis_requirements(result, profile);

    g_assert_cmpuint(find(result, "1-7", "STUN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "1-7", "TURN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
}

static void udp_3478_does_not_stand_for_the_ports_of_media(void)
{
    g_assert_cmpuint(state(&(BuiltCase){.media_udp = ""}, "1-7", "MEDIA", "udp"), ==,
                     MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(state(&(BuiltCase){.media_udp = "not_run"}, "1-7", "MEDIA", "udp"), ==,
                     MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(state(&(BuiltCase){.media_udp = "whip silent"}, "1-7", "MEDIA", "udp"), ==,
                     MP_REQUIREMENT_UNKNOWN);
}

/* Packets come and go, whoever sends them: a certificate that was not announced, a far end that has
 * the keys and sends nothing. */
static void a_far_end_that_is_another_or_mute_says_nothing_about_the_ports(void)
{
    static const struct {
        const char *stages;
        const char *facts;
        MpRequirementState state;
    } rows[] = {
        {"ice answered, dtls silent", "{\"pair\": {\"remote\": \"216.147.0.20:40000\"}}",
         MP_REQUIREMENT_FAILED},
        {"ice answered, dtls intercepted", "{\"pair\": {\"remote\": \"216.147.0.20:40000\"}}",
         MP_REQUIREMENT_UNKNOWN},
        {"ice answered, dtls answered, srtp silent",
         "{\"pair\": {\"remote\": \"216.147.0.20:40000\"}, \"srtp\": {\"down\": "
         "{\"packets_sent\": 0, \"packets_received\": 0}}}",
         MP_REQUIREMENT_UNKNOWN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(MpProfile) profile = built_profile();
        g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = rows[i].stages});
        built_facts(built_measurement(result, "media-udp"), rows[i].facts);
        mp_analysis_requirements(result, profile);
        g_assert_cmpuint(find(result, "3-1", "MEDIA", "udp")->state, ==, rows[i].state);
    }
}

static void ice_alone_is_no_media(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.media_udp = "whip answered 201, ice answered"});
    built_facts(built_measurement(result, "media-udp"),
                "{\"pair\": {\"remote\": \"216.147.0.20:40000\"}}");
    mp_analysis_requirements(result, profile);

    g_assert_cmpuint(find(result, "1-7", "MEDIA", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
}

static void media_that_the_network_keeps_fails_at_the_ports_offered(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.media_udp = "whip answered 201, ice silent"});
    built_facts(built_measurement(result, "media-udp"),
                "{\"candidates\": [{\"side\": \"local\", \"transport\": \"udp\", "
                "\"address\": \"10.0.0.2:1000\"}, {\"side\": \"remote\", \"transport\": \"udp\", "
                "\"address\": \"216.147.0.20:40000\"}]}");
    mp_analysis_requirements(result, profile);

    g_assert_cmpuint(find(result, "1-7", "MEDIA", "udp")->state, ==, MP_REQUIREMENT_FAILED);
    g_assert_cmpuint(find(result, "3-1", "MEDIA", "udp")->state, ==, MP_REQUIREMENT_FAILED);
}

static void media_through_a_relay_does_not_stand_for_the_direct_ports(void)
{
    g_assert_cmpuint(
        state(&(BuiltCase){.media_udp = "whip answered 201, ice malformed"}, "1-7", "MEDIA", "udp"),
        ==, MP_REQUIREMENT_UNKNOWN);
}

static void a_server_outside_the_ranges_is_no_evidence_for_them(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    for (guint i = 0; i < result->measurements->len; i++)
        built_facts(result->measurements->pdata[i], "{\"server_address\": \"192.0.2.1:3478\", "
                                                    "\"pair\": {\"remote\": \"192.0.2.2:40000\"}}");
    mp_analysis_requirements(result, profile);

    g_assert_cmpuint(find(result, "1-7", "TURN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "3-1", "TURN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "3-1", "STUN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "3-1", "MEDIA", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
}

static void a_relay_outside_the_ranges_is_no_evidence_for_them(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "turn-udp:168.100.64.10:3478"),
                "{\"relayed_address\": \"192.0.2.1:50000\"}");
    mp_analysis_requirements(result, profile);

    g_assert_cmpuint(find(result, "3-1", "TURN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
    g_assert_cmpuint(find(result, "3-1", "TURN", "tcp")->state, ==, MP_REQUIREMENT_MET);
}

static const MpRequirement *find_by(const MpResult *result, const char *row,
                                    const char *measurement)
{
    for (guint i = 0; i < result->requirements->len; i++) {
        const MpRequirement *requirement = result->requirements->pdata[i];
        if (g_str_equal(requirement->row, row) && g_str_equal(requirement->service, "TURN") &&
            g_strcmp0(requirement->measurement, measurement) == 0)
            return requirement;
    }
    g_assert_not_reached();
}

static void one_server_that_answers_does_not_hide_another(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.turn_udp = "resolve answered, binding silent", .stun = ""});
    built_server(result, "turn", MP_TRANSPORT_UDP, "216.147.0.11", 3478,
                 "binding answered, allocate answered");
    mp_analysis_requirements(result, profile);

    static const char *const rows[] = {"1-7", "3-1"};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpuint(find_by(result, rows[i], "turn-udp:168.100.64.10:3478")->state, ==,
                         MP_REQUIREMENT_FAILED);
        g_assert_cmpuint(find_by(result, rows[i], "turn-udp:216.147.0.11:3478")->state, ==,
                         MP_REQUIREMENT_MET);
    }
}

static void a_row_of_ranges_is_named_by_its_widest(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = mp_result_new();
    mp_analysis_requirements(result, profile);

    g_assert_cmpstr(find(result, "3-1", "TURN", "udp")->target, ==,
                    "168.100.64.0/18, 216.147.0.0/18");
    g_assert_cmpuint(find(result, "3-1", "TURN", "udp")->state, ==, MP_REQUIREMENT_UNKNOWN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/requirements/healthy", a_healthy_network_meets_what_was_measured);
    g_test_add_func("/requirements/one port is no range",
                    one_port_of_media_does_not_stand_for_the_range);
    g_test_add_func("/requirements/unmeasured", rows_that_nothing_measures_are_unknown);
    g_test_add_func("/requirements/role", a_row_of_the_other_role_does_not_apply);
    g_test_add_func("/requirements/silence", silence_fails_and_names_its_evidence);
    g_test_add_func("/requirements/network-answers", every_network_answer_to_a_connection_fails_it);
    g_test_add_func("/requirements/refusal", a_refusal_counts_by_who_sent_it);
    g_test_add_func("/requirements/foreign-server",
                    a_foreign_server_is_no_evidence_for_a_row_of_names);
    g_test_add_func("/requirements/no-is-open", a_server_that_says_no_has_an_open_port);
    g_test_add_func("/requirements/stun-is-not-turn", a_stun_server_is_no_turn_server);
    g_test_add_func("/requirements/plain-text", plain_text_on_the_tls_port_is_not_tls);
    g_test_add_func("/requirements/not-stun", bytes_that_are_not_stun_are_no_answer);
    g_test_add_func("/requirements/unresolved",
                    a_name_that_does_not_resolve_says_nothing_about_the_port);
    g_test_add_func("/requirements/tcp-3478", tcp_3478_does_not_stand_for_tcp_443);
    g_test_add_func("/requirements/tcp-443", turn_without_tls_on_443_is_evidence_for_443);
    g_test_add_func("/requirements/other-udp-port", another_udp_port_does_not_stand_for_3478);
    g_test_add_func("/requirements/media-ports", udp_3478_does_not_stand_for_the_ports_of_media);
    g_test_add_func("/requirements/ice-alone", ice_alone_is_no_media);
    g_test_add_func("/requirements/another-far-end",
                    a_far_end_that_is_another_or_mute_says_nothing_about_the_ports);
    g_test_add_func("/requirements/media-kept",
                    media_that_the_network_keeps_fails_at_the_ports_offered);
    g_test_add_func("/requirements/relay-media",
                    media_through_a_relay_does_not_stand_for_the_direct_ports);
    g_test_add_func("/requirements/server-outside",
                    a_server_outside_the_ranges_is_no_evidence_for_them);
    g_test_add_func("/requirements/relay-outside",
                    a_relay_outside_the_ranges_is_no_evidence_for_them);
    g_test_add_func("/requirements/several-servers", one_server_that_answers_does_not_hide_another);
    g_test_add_func("/requirements/widest-ranges", a_row_of_ranges_is_named_by_its_widest);
    return g_test_run();
}
