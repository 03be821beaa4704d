/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about connected calls that stopped at the far end's identity, the handshake or the first
 * packet of media.
 */
#include "tests/support/result_builder.h"

/* The same for media on every way. */
static MpResult *with_media(const char *stages)
{
    return built_judged(built_result(&(BuiltCase){.media_udp = stages,
                                                  .media_turn_udp = stages,
                                                  .media_turn_tcp = stages,
                                                  .media_turn_tls = stages}));
}

static void ice_without_dtls_is_dtls_failed(void)
{
    g_autoptr(MpResult) result = with_media("whip answered 201, ice answered, dtls silent");
    const MpFinding *finding = built_only(result, "dtls-failed");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_cmpstr(built_text(finding, "transport"), ==, "udp, turn-udp, turn-tcp, turn-tls");
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNSTABLE);
}

static void a_handshake_that_fails_by_its_content_is_the_operators(void)
{
    g_autoptr(MpResult) result = with_media("whip answered 201, ice answered, dtls malformed");

    g_assert_cmpuint(built_only(result, "dtls-failed")->owner, ==, MP_OWNER_SERVICE_OPERATOR);
}

/* RFC 8122 section 6.2: who it is cannot be told from here. */
static void a_certificate_that_was_not_announced_is_a_finding_of_its_own(void)
{
    static const char *const stages = "whip answered 201, ice answered, dtls intercepted mismatch";
    MpResult *built = built_result(&(BuiltCase){.media_udp = stages});
    built_facts(built_measurement(built, "media-udp"),
                "{\"dtls\": {\"fingerprint\": \"mismatch\", \"flights\": []}}");
    g_autoptr(MpResult) result = built_judged(built);
    const MpFinding *finding = built_only(result, "dtls-fingerprint-mismatch");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_true(finding->has_other && finding->other == MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "fingerprint"), ==, "mismatch");
}

/* A healthy result whose direct media broke at that stage, with other facts. */
static MpResult *broken_at(const char *stages, const char *facts)
{
    MpResult *result = built_result(&(BuiltCase){.media_udp = stages});
    built_facts(built_measurement(result, "media-udp"), facts);
    return built_judged(result);
}

#define SILENT_DTLS "whip answered 201, ice answered, dtls silent"
#define SILENT_SRTP "whip answered 201, ice answered, dtls answered, srtp silent"

static void a_handshake_of_which_nothing_came_is_kept_by_the_network(void)
{
    g_autoptr(MpResult) result = broken_at(
        SILENT_DTLS, "{\"dtls\": {\"up\": {\"packets_sent\": 6, \"packets_received\": 6}, "
                     "\"down\": {\"packets_sent\": 26, \"packets_received\": 0, "
                     "\"smallest_sent_bytes\": 25, \"largest_sent_bytes\": 640}}}");
    const MpFinding *finding = built_only(result, "dtls-blocked");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "direction"), ==, "down");
    g_assert_cmpfloat(built_number(finding, "packets_sent"), ==, 26);
    g_assert_cmpfloat(built_number(finding, "largest_sent_bytes"), ==, 640);
}

/* Two lost datagrams are a busy line's, too. */
static void a_handshake_that_was_sent_twice_only_is_not_called_kept(void)
{
    g_autoptr(MpResult) result = broken_at(
        SILENT_DTLS, "{\"dtls\": {\"up\": {\"packets_sent\": 2, \"packets_received\": 0}}}");

    built_only(result, "dtls-failed");
}

static void a_handshake_whose_large_datagrams_vanish_says_how_large(void)
{
    g_autoptr(MpResult) result = broken_at(
        SILENT_DTLS, "{\"dtls\": {\"down\": {\"packets_sent\": 28, \"packets_received\": "
                     "22, \"largest_received_bytes\": 136, \"smallest_missing_bytes\": 256, "
                     "\"missing_packets\": 6}}}");
    const MpFinding *finding = built_only(result, "dtls-failed");

    g_assert_cmpstr(built_text(finding, "direction"), ==, "down");
    g_assert_cmpfloat(built_number(finding, "smallest_missing_bytes"), ==, 256);
}

static void media_that_never_came_while_ours_did_is_one_way(void)
{
    g_autoptr(MpResult) result = broken_at(
        SILENT_SRTP, "{\"srtp\": {\"up\": {\"packets_sent\": 800, \"packets_received\": "
                     "799}, \"down\": {\"packets_sent\": 800, \"packets_received\": 0}}}");

    g_assert_cmpstr(built_text(built_only(result, "one-way-media"), "direction"), ==, "down");
}

static void a_far_end_that_sends_nothing_is_the_operators(void)
{
    g_autoptr(MpResult) result = broken_at(
        SILENT_SRTP, "{\"srtp\": {\"up\": {\"packets_sent\": 800, \"packets_received\": "
                     "0}, \"down\": {\"packets_sent\": 0, \"packets_received\": 0}}}");

    g_assert_cmpuint(built_only(result, "srtp-blocked")->owner, ==, MP_OWNER_SERVICE_OPERATOR);
}

static void dtls_without_srtp_is_srtp_blocked(void)
{
    g_autoptr(MpResult)
        result = with_media("whip answered 201, ice answered, dtls answered, srtp silent");

    g_assert_cmpuint(built_only(result, "srtp-blocked")->owner, ==, MP_OWNER_SITE_NETWORK);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keys/dtls-failed", ice_without_dtls_is_dtls_failed);
    g_test_add_func("/keys/wrong-fingerprint",
                    a_handshake_that_fails_by_its_content_is_the_operators);
    g_test_add_func("/keys/dtls-fingerprint",
                    a_certificate_that_was_not_announced_is_a_finding_of_its_own);
    g_test_add_func("/keys/dtls-blocked", a_handshake_of_which_nothing_came_is_kept_by_the_network);
    g_test_add_func("/keys/dtls-twice", a_handshake_that_was_sent_twice_only_is_not_called_kept);
    g_test_add_func("/keys/dtls-large", a_handshake_whose_large_datagrams_vanish_says_how_large);
    g_test_add_func("/keys/one-way-early", media_that_never_came_while_ours_did_is_one_way);
    g_test_add_func("/keys/srtp-mute", a_far_end_that_sends_nothing_is_the_operators);
    g_test_add_func("/keys/srtp-blocked", dtls_without_srtp_is_srtp_blocked);
    return g_test_run();
}
