/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about media: where it stopped, and figures past their limits.
 */
#include "analysis/judge.h"
#include "tests/support/result_builder.h"

/* The same for media on every way. */
static MpResult *with_media(const char *stages)
{
    return built_judged(built_result(&(BuiltCase){.media_udp = stages,
                                                  .media_turn_udp = stages,
                                                  .media_turn_tcp = stages,
                                                  .media_turn_tls = stages}));
}

/* A healthy result whose direct media has other facts. */
static MpResult *with_facts(const char *facts)
{
    MpResult *result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-udp"), facts);
    return built_judged(result);
}

static void signalling_kept_by_the_network_is_likely_the_sites(void)
{
    static const char *const stages[] = {"gather answered, whip silent",
                                         "gather answered, whip unreachable"};
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
        g_autoptr(MpResult) result = with_media(stages[i]);
        const MpFinding *finding = built_only(result, "signalling-blocked");
        g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
        g_assert_true(finding->is_likely);
        g_assert_cmpuint(finding->evidence->len, ==, 4);
        g_assert_cmpstr(built_text(finding, "stage"), ==, "whip");
        g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
    }
}

static void a_refused_connection_is_the_responders_own(void)
{
    g_autoptr(MpResult) result = with_media("gather answered, whip refused");
    const MpFinding *finding = built_only(result, "responder-down");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    /* TLS to the same port of the TURN server passes. */
    g_assert_false(finding->is_likely);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void a_refused_connection_may_be_the_sites_where_the_port_is_not_seen_open(void)
{
    g_autoptr(MpResult)
        result = built_result(&(BuiltCase){.turn_udp = "",
                                           .turn_tcp = "",
                                           .turn_tls = "",
                                           .media_udp = "gather answered, whip refused"});
    g_autoptr(MpProfile) profile = built_profile();
    mp_judge(result, profile);
    const MpFinding *finding = built_only(result, "responder-down");
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->other, ==, MP_OWNER_SITE_NETWORK);
}

static void a_wrong_token_is_the_credentials(void)
{
    static const char *const stages[] = {"gather answered, whip auth_failed 401 Unauthorized",
                                         "gather answered, whip refused 403 Forbidden"};
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
        g_autoptr(MpResult) result = with_media(stages[i]);
        g_assert_cmpuint(built_only(result, "responder-refused")->owner, ==, MP_OWNER_CREDENTIALS);
    }
}

static void a_responder_that_is_full_is_the_operators(void)
{
    g_autoptr(MpResult) result = with_media("gather answered, whip refused 503 Unavailable");
    const MpFinding *finding = built_only(result, "responder-refused");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpfloat(built_number(finding, "code"), ==, 503);
}

static void an_untrusted_responder_is_one_finding(void)
{
    g_autoptr(MpResult)
        result = with_media("gather answered, whip intercepted self-signed certificate");
    const MpFinding *finding = built_only(result, "tls-intercepted");

    g_assert_cmpuint(finding->evidence->len, ==, 4);
    g_assert_cmpstr(built_text(finding, "verify"), ==, "self-signed certificate");
}

static void media_in_one_direction_says_which_is_missing(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"up\": {\"packets_sent\": 900, \"packets_received\": 0}}");
    const MpFinding *finding = built_only(result, "one-way-media");

    g_assert_cmpstr(built_text(finding, "direction"), ==, "up");
    g_assert_cmpstr(built_text(finding, "transport"), ==, "udp");
}

static void lost_consent_says_when(void)
{
    MpResult *built = built_result(
        &(BuiltCase){.media_udp = "whip answered 201, ice answered, dtls answered, srtp answered, "
                                  "media silent consent was lost"});
    built_facts(built_measurement(built, "media-udp"), "{\"consent_lost_ms\": 2100}");
    g_autoptr(MpResult) result = built_judged(built);
    const MpFinding *finding = built_only(result, "consent-lost");

    g_assert_cmpfloat(built_number(finding, "consent_lost_ms"), ==, 2100);
}

static void a_relay_that_does_not_reach_the_far_end_is_reported(void)
{
    g_autoptr(MpResult) result = built_judged(
        built_result(&(BuiltCase){.media_turn_tls = "whip answered 201, ice silent"}));
    const MpFinding *finding = built_only(result, "media-blocked");

    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "transport"), ==, "turn-tls");
}

static void a_missing_record_is_no_finding_about_the_network(void)
{
    g_autoptr(MpResult)
        result = with_media("whip answered 201, ice answered, dtls answered, srtp answered, "
                            "media answered, record silent");

    g_assert_cmpuint(result->findings->len, ==, 0);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void loss_past_the_limit_says_where_and_how_much(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"down\": {\"packets_sent\": 1000, \"packets_received\": 980, "
                            "\"loss_percent\": 2, \"burst_length\": 1.5, \"pdv_p95_ms\": 2}}");
    const MpFinding *finding = built_only(result, "media-loss");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    g_assert_cmpfloat(built_number(finding, "loss_percent"), ==, 2);
    g_assert_cmpfloat(built_number(finding, "limit"), ==, 0.5);
    g_assert_cmpfloat(built_number(finding, "burst_length"), ==, 1.5);
    g_assert_cmpstr(built_text(finding, "direction"), ==, "down");
    g_assert_cmpstr(built_text(finding, "transport"), ==, "udp");
    g_assert_cmpstr(finding->evidence->pdata[0], ==, "media-udp");
}

static void jitter_round_trip_and_rate_have_their_findings(void)
{
    g_autoptr(MpResult)
        jitter = with_facts("{\"up\": {\"packets_received\": 10, \"loss_percent\": 0, "
                            "\"pdv_p95_ms\": 45}}");
    g_assert_cmpfloat(built_number(built_only(jitter, "media-jitter"), "pdv_p95_ms"), ==, 45);

    g_autoptr(MpResult) rtt = with_facts("{\"rtt_ms\": {\"p95\": 450}}");
    g_assert_cmpfloat(built_number(built_only(rtt, "media-rtt"), "rtt_p95_ms"), ==, 450);

    g_autoptr(MpResult) rate = with_facts("{\"tier\": \"360p\", \"tier_kbps\": 500}");
    g_assert_cmpfloat(built_number(built_only(rate, "media-rate"), "rate_kbps"), ==, 500);
    g_assert_cmpstr(built_text(built_only(rate, "media-rate"), "tier"), ==, "360p");
}

static void only_the_preferred_way_is_judged_by_its_figures(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-turn-udp"), "{\"tier_kbps\": 10}");
    built_judged(result);

    g_assert_cmpuint(result->findings->len, ==, 0);
}

#define CANDIDATES(local, remote)                                                                  \
    "{\"candidates\": [{\"side\": \"local\", \"type\": \"host\", \"address\": \"" local "\"}, "    \
    "{\"side\": \"local\", \"type\": \"srflx\", \"address\": \"203.0.113.66:4000\"}, "             \
    "{\"side\": \"remote\", \"type\": \"host\", \"transport\": \"udp\", "                          \
    "\"address\": \"" remote "\"}]}"

static MpResult *with_candidates(const char *candidates)
{
    MpResult *result = built_result(
        &(BuiltCase){.media_udp = "gather answered, whip answered, ice silent"});
    built_facts(built_measurement(result, "media-udp"), candidates);
    return built_judged(result);
}

/* Nobody asked the network for anything: it blocks nothing, and no requirement failed. */
static void addresses_that_cannot_meet_are_no_blocked_port(void)
{
    g_autoptr(MpResult)
        result = with_candidates(CANDIDATES("[2001:db8::1]:4000", "216.147.0.20:5000"));
    const MpFinding *finding = built_only(result, "media-no-family");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
    for (guint i = 0; i < result->requirements->len; i++)
        g_assert_cmpuint(((const MpRequirement *)result->requirements->pdata[i])->state, !=,
                         MP_REQUIREMENT_FAILED);

    g_autoptr(MpResult) blocked = with_candidates(CANDIDATES("10.0.0.2:4000", "216.147.0.20:5000"));
    built_only(blocked, "udp-media-ports-blocked");
}

/* 400 packets a second, and none of the last 2 s came; the figures of loss are its consequence. */
static void media_that_stops_says_when_and_which_way(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"up\": {\"packets_sent\": 1600, \"packets_received\": 800, "
                            "\"loss_percent\": 50, \"stopped_after_ms\": 2000, "
                            "\"silent_ms\": 2000}}");
    const MpFinding *finding = built_only(result, "media-cut");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_true(finding->is_likely);
    g_assert_cmpfloat(built_number(finding, "stopped_after_s"), ==, 2);
    g_assert_cmpstr(built_text(finding, "direction"), ==, "up");
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNSTABLE);
}

/* The last packets may still be in a queue, or the link away for a moment. */
static void a_second_without_the_last_packets_is_no_cut(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"up\": {\"packets_sent\": 1600, \"packets_received\": 1200, "
                            "\"loss_percent\": 25, \"stopped_after_ms\": 3000, "
                            "\"silent_ms\": 1000}}");
    built_only(result, "media-loss");
}

/* TCP keeps what a slow line does not take: it comes late, and nobody cut it. */
static void a_relay_over_tcp_that_lags_behind_is_no_cut(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-turn-tls"),
                "{\"up\": {\"packets_sent\": 400, \"packets_received\": 400, \"loss_percent\": 0, "
                "\"stopped_after_ms\": 3400, \"silent_ms\": 2900}}");
    built_judged(result);
    g_assert_cmpuint(result->findings->len, ==, 0);
}

#define LARGE_LOST                                                                                 \
    "{\"down\": {\"packets_sent\": 900, \"packets_received\": 500, \"loss_percent\": 44, "         \
    "\"largest_received_bytes\": 538, \"smallest_missing_bytes\": 1122, "                          \
    "\"missing_packets\": %d, \"loss_below_percent\": %d}}"

static void large_packets_that_all_vanish_are_a_black_hole(void)
{
    g_autofree char *facts = g_strdup_printf(LARGE_LOST, 400, 0);
    g_autoptr(MpResult) result = with_facts(facts);
    const MpFinding *finding = built_only(result, "mtu-black-hole");

    g_assert_cmpfloat(built_number(finding, "largest_received_bytes"), ==, 538);
    g_assert_cmpfloat(built_number(finding, "smallest_missing_bytes"), ==, 1122);
    g_assert_cmpstr(built_text(finding, "direction"), ==, "down");
}

/* Few packets, or few of the others: all large ones may be missing by chance. */
static void what_chance_may_do_is_no_black_hole(void)
{
    static const int doubtful[][2] = {{19, 0}, {400, 51}};
    for (gsize i = 0; i < G_N_ELEMENTS(doubtful); i++) {
        g_autofree char *facts = g_strdup_printf(LARGE_LOST, doubtful[i][0], doubtful[i][1]);
        g_autoptr(MpResult) result = with_facts(facts);
        built_only(result, "media-loss");
    }
}

static void a_relay_over_tcp_stalls_for_the_same_reason(void)
{
    g_autofree char *facts = g_strdup_printf(LARGE_LOST, 400, 0);
    g_autoptr(MpResult) result = built_result(&(BuiltCase){
        .media_turn_tcp = "gather answered, whip answered, ice answered, dtls silent",
        .media_turn_tls = "gather answered, whip answered, ice answered, dtls answered, "
                          "srtp silent"});
    built_facts(built_measurement(result, "media-udp"), facts);
    built_judged(result);
    built_only(result, "mtu-black-hole");
}

static void a_tester_too_late_to_be_trusted_says_so(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"down\": {\"packets_sent\": 1000, \"packets_received\": 1000, "
                            "\"loss_percent\": 0, \"pdv_p95_ms\": 2, \"tester_error_ms\": 12}}");
    const MpFinding *finding = built_only(result, "host-limited");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_TESTER);
    g_assert_cmpfloat(built_number(finding, "tester_error_ms"), ==, 12);
}

static void packets_that_our_socket_dropped_say_so(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"timing\": {\"timer_late_p99_ms\": 3, \"receive_overflows\": 20}}");
    const MpFinding *finding = built_only(result, "host-limited");

    g_assert_cmpfloat(built_number(finding, "overflow_percent"), ==, 2);
    g_assert_cmpfloat(built_number(finding, "timer_late_p99_ms"), ==, 3);
}

static void late_timers_alone_do_not_spoil_kernel_timestamps(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"timing\": {\"timer_late_p99_ms\": 25, \"receive_overflows\": 0}}");

    g_assert_cmpuint(result->findings->len, ==, 0);
}

static void a_clock_that_was_set_under_the_call_says_so(void)
{
    g_autoptr(MpResult)
        result = with_facts("{\"clocks\": {\"stepped\": true, \"stepped_here_ms\": 0, "
                            "\"stepped_there_ms\": 3600000}}");
    const MpFinding *finding = built_only(result, "clock-stepped");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_TESTER);
    g_assert_cmpfloat(built_number(finding, "stepped_there_ms"), ==, 3600000);
    g_assert_false(json_object_has_member(finding->numbers, "stepped_here_ms"));

    g_autoptr(MpResult)
        still = with_facts("{\"clocks\": {\"stepped\": false, \"stepped_here_ms\": 0, "
                           "\"stepped_there_ms\": 0.01}}");
    g_assert_cmpuint(still->findings->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media/responder-likely-down",
                    a_refused_connection_may_be_the_sites_where_the_port_is_not_seen_open);
    g_test_add_func("/media/responder-down", a_refused_connection_is_the_responders_own);
    g_test_add_func("/media/signalling-blocked",
                    signalling_kept_by_the_network_is_likely_the_sites);
    g_test_add_func("/media/wrong-token", a_wrong_token_is_the_credentials);
    g_test_add_func("/media/responder-full", a_responder_that_is_full_is_the_operators);
    g_test_add_func("/media/responder-untrusted", an_untrusted_responder_is_one_finding);
    g_test_add_func("/media/one-way", media_in_one_direction_says_which_is_missing);
    g_test_add_func("/media/consent-lost", lost_consent_says_when);
    g_test_add_func("/media/relay-to-far-end", a_relay_that_does_not_reach_the_far_end_is_reported);
    g_test_add_func("/media/no-record", a_missing_record_is_no_finding_about_the_network);
    g_test_add_func("/media/loss", loss_past_the_limit_says_where_and_how_much);
    g_test_add_func("/media/jitter-rtt-rate", jitter_round_trip_and_rate_have_their_findings);
    g_test_add_func("/media/preferred-way", only_the_preferred_way_is_judged_by_its_figures);
    g_test_add_func("/media/no-family", addresses_that_cannot_meet_are_no_blocked_port);
    g_test_add_func("/media/cut", media_that_stops_says_when_and_which_way);
    g_test_add_func("/media/not-cut", a_second_without_the_last_packets_is_no_cut);
    g_test_add_func("/media/tcp-lags", a_relay_over_tcp_that_lags_behind_is_no_cut);
    g_test_add_func("/media/black-hole", large_packets_that_all_vanish_are_a_black_hole);
    g_test_add_func("/media/no-black-hole", what_chance_may_do_is_no_black_hole);
    g_test_add_func("/media/black-hole-tcp", a_relay_over_tcp_stalls_for_the_same_reason);
    g_test_add_func("/media/tester-error", a_tester_too_late_to_be_trusted_says_so);
    g_test_add_func("/media/tester-overflow", packets_that_our_socket_dropped_say_so);
    g_test_add_func("/media/late-timers", late_timers_alone_do_not_spoil_kernel_timestamps);
    g_test_add_func("/media/clock-stepped", a_clock_that_was_set_under_the_call_says_so);
    return g_test_run();
}
