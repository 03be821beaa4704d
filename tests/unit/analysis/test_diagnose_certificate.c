/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about certificates: who answered instead of the server, and what is wrong with them.
 */
#include "tests/support/result_builder.h"

#define TURN_TLS "turn-tls:168.100.64.10:443"
#define UNTRUSTED_TURN "connect answered, tls intercepted the certificate does not verify"
#define UNTRUSTED_MEDIA "gather answered, whip intercepted the certificate does not verify"

/* TURN over TLS with a certificate of that flaw; all else is well. */
static MpResult *with_flaw(const char *flaw)
{
    g_autofree char *facts = g_strdup_printf(
        "{\"tls\": {\"verify\": \"words\", \"flaw\": \"%s\", \"chain\": [{\"subject\": "
        "\"CN=other.example\", \"issuer\": \"CN=An authority\", "
        "\"not_after\": \"2026-01-01T00:00:00Z\"}]}}",
        flaw);
    MpResult *result = built_result(&(BuiltCase){.turn_tls = UNTRUSTED_TURN});
    built_facts(built_measurement(result, TURN_TLS), facts);
    return built_judged(result);
}

static void an_expired_certificate_is_the_operators(void)
{
    g_autoptr(MpResult) result = with_flaw("expired");
    const MpFinding *finding = built_only(result, "tls-certificate-expired");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_false(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "verify"), ==, "words");
    g_assert_cmpstr(built_text(finding, "not_after"), ==, "2026-01-01T00:00:00Z");
}

/* Where nothing else was seen, the computer's clock may as well be fast. */
static void without_another_certificate_an_expired_one_may_be_the_clock(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){
        .turn_tls = UNTRUSTED_TURN, .media_udp = "", .media_turn_udp = "", .media_turn_tcp = ""});
    built_facts(built_measurement(result, TURN_TLS), "{\"tls\": {\"flaw\": \"expired\"}}");
    const MpFinding *finding = built_only(built_judged(result), "tls-certificate-expired");
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->other, ==, MP_OWNER_TESTER);
}

#define INSPECTED "{\"tls\": {\"flaw\": \"untrusted\", \"chain\": [{\"issuer\": \"CN=Office\"}]}}"

/* Servers and hosts of one authority that nobody trusts: one finding, and no doubt where they are
 * of several companies. */
static void one_authority_for_everybody_is_interception(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = UNTRUSTED_TURN});
    built_facts(built_measurement(result, TURN_TLS), INSPECTED);
    built_facts(built_web(result, "www.one.example", "tls intercepted"), INSPECTED);
    const MpFinding *likely = built_only(built_judged(result), "tls-intercepted");
    g_assert_true(likely->is_likely);
    g_assert_cmpuint(likely->other, ==, MP_OWNER_SERVICE_OPERATOR);

    built_facts(built_web(result, "api.one.example", "tls intercepted"), INSPECTED);
    g_assert_true(built_only(built_judged(result), "tls-intercepted")->is_likely);

    built_facts(built_web(result, "www.two.test", "tls intercepted"), INSPECTED);
    const MpFinding *proved = built_only(built_judged(result), "tls-intercepted");
    g_assert_false(proved->is_likely);
    g_assert_cmpuint(proved->evidence->len, ==, 4);
    g_assert_true(g_str_has_prefix(built_text(proved, "server"), BUILT_TURN));
}

static void two_authorities_are_two_findings(void)
{
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.turn_tls = UNTRUSTED_TURN});
    built_facts(built_measurement(result, TURN_TLS), INSPECTED);
    built_facts(built_web(result, "www.one.example", "tls intercepted"),
                "{\"tls\": {\"flaw\": \"untrusted\", \"chain\": [{\"issuer\": \"CN=B\"}]}}");
    built_judged(result);
    g_assert_cmpuint(result->findings->len, ==, 2);
}

static void a_certificate_of_the_future_is_the_computers_clock(void)
{
    g_autoptr(MpResult) result = with_flaw("not-yet-valid");
    const MpFinding *finding = built_only(result, "computer-clock-slow");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_TESTER);
    g_assert_true(finding->is_likely);
}

/* A portal, or a name server that lies, shows another name as well. */
static void a_certificate_of_another_name_is_likely_the_operators(void)
{
    g_autoptr(MpResult) result = with_flaw("name");
    const MpFinding *finding = built_only(result, "tls-certificate-name");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "subject"), ==, "CN=other.example");
}

static void a_chain_nobody_vouches_for_is_likely_interception(void)
{
    g_autoptr(MpResult) result = with_flaw("untrusted");
    const MpFinding *finding = built_only(result, "tls-intercepted");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
    g_assert_true(finding->is_likely);
    g_assert_cmpstr(built_text(finding, "issuer"), ==, "CN=An authority");
    g_assert_nonnull(built_text(finding, "rows"));
}

static void an_expired_certificate_of_the_media_peer_is_found_as_well(void)
{
    g_autoptr(MpResult) result = built_result(
        &(BuiltCase){.turn_udp = "", .turn_tcp = "", .turn_tls = "", .media_udp = UNTRUSTED_MEDIA});
    built_facts(built_measurement(result, "media-udp"),
                "{\"tls\": {\"verify\": \"the certificate has expired\", \"flaw\": \"expired\"}}");
    built_judged(result);
    built_only(result, "tls-certificate-expired");
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

/* A network where web goes to a portal and all else is dropped. */
static MpResult *behind_a_portal(const char *turn_subject, const char *stun)
{
    g_autofree char *turn = g_strdup_printf(
        "{\"tls\": {\"flaw\": \"name\", \"chain\": [{\"subject\": \"%s\"}]}}", turn_subject);
    MpResult *result = built_result(&(BuiltCase){.stun = stun,
                                                 .turn_udp = "binding silent",
                                                 .turn_tcp = "connect silent",
                                                 .turn_tls = UNTRUSTED_TURN,
                                                 .media_udp = UNTRUSTED_MEDIA});
    built_facts(built_measurement(result, TURN_TLS), turn);
    built_facts(built_measurement(result, "media-udp"),
                "{\"tls\": {\"flaw\": \"name\", \"chain\": [{\"subject\": "
                "\"CN=portal.example\"}]}}");
    return built_judged(result);
}

static gboolean has_finding(const MpResult *result, const char *id)
{
    for (guint i = 0; i < result->findings->len; i++)
        if (g_str_equal(((const MpFinding *)result->findings->pdata[i])->id, id))
            return TRUE;
    return FALSE;
}

static void one_stranger_for_all_hosts_is_likely_a_portal(void)
{
    g_autoptr(MpResult) result = behind_a_portal("CN=portal.example", "binding silent");
    const MpFinding *finding = built_only(result, "captive-portal");
    g_assert_true(finding->is_likely);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_TESTER);
    g_assert_cmpstr(built_text(finding, "subject"), ==, "CN=portal.example");
    g_assert_cmpuint(finding->evidence->len, ==, 5);
    g_assert_cmpuint(result->verdict, ==, MP_VERDICT_UNKNOWN);
}

static void a_certificate_for_each_host_is_no_portal(void)
{
    g_autoptr(MpResult) result = behind_a_portal("CN=another.example", "binding silent");
    g_assert_false(has_finding(result, "captive-portal"));
    g_assert_true(has_finding(result, "tls-certificate-name"));
}

static void where_a_server_answers_there_is_no_portal(void)
{
    g_autoptr(MpResult) result = behind_a_portal("CN=portal.example", "binding answered");
    g_assert_false(has_finding(result, "captive-portal"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/certificate/expired", an_expired_certificate_is_the_operators);
    g_test_add_func("/certificate/expired-alone",
                    without_another_certificate_an_expired_one_may_be_the_clock);
    g_test_add_func("/certificate/one-authority", one_authority_for_everybody_is_interception);
    g_test_add_func("/certificate/two-authorities", two_authorities_are_two_findings);
    g_test_add_func("/certificate/not-yet-valid",
                    a_certificate_of_the_future_is_the_computers_clock);
    g_test_add_func("/certificate/name", a_certificate_of_another_name_is_likely_the_operators);
    g_test_add_func("/certificate/untrusted", a_chain_nobody_vouches_for_is_likely_interception);
    g_test_add_func("/certificate/media-peer",
                    an_expired_certificate_of_the_media_peer_is_found_as_well);
    g_test_add_func("/certificate/portal", one_stranger_for_all_hosts_is_likely_a_portal);
    g_test_add_func("/certificate/no-portal", a_certificate_for_each_host_is_no_portal);
    g_test_add_func("/certificate/portal-and-answer", where_a_server_answers_there_is_no_portal);
    return g_test_run();
}
