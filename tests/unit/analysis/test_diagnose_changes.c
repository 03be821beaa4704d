/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about what changed under a call: whose fault, how grave, and what is quoted.
 */
#include "analysis/judge.h"
#include "tests/support/result_builder.h"

#define STOPPED "{\"ms\": 2000, \"what\": \"media-stopped\"}"
#define RESUMED "{\"ms\": 2600, \"what\": \"media-resumed\", \"took_ms\": 600}"
#define RESTARTED "{\"ms\": 2500, \"what\": \"restarted\", \"took_ms\": 90}"
#define LOSS "\"down\": {\"packets_sent\": 1000, \"packets_received\": 850, \"loss_percent\": 15}"

/* A call over UDP under which these events happened. */
static MpResult *with_events(const char *events, gdouble outage_ms)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autofree char *facts = g_strdup_printf(
        "{\"setup_ms\": 500, \"outage_ms\": %f, \"events\": [%s], " LOSS "}", outage_ms, events);
    MpResult *result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, "media-udp"), facts);
    mp_judge(result, profile);
    return result;
}

/* The loss is the outage's: it is no finding of its own. */
static void a_call_that_came_back_was_disturbed(void)
{
    static const struct {
        const char *event;
        const char *id;
        MpOwner owner;
        const char *quoted;
        const char *text;
    } rows[] = {
        {"{\"ms\": 2010, \"what\": \"address-gone\", \"address\": \"10.0.0.2\", "
         "\"is_ours\": true}",
         "address-changed", MP_OWNER_TESTER, "address", "10.0.0.2"},
        {"{\"ms\": 2400, \"what\": \"mapping-changed\", \"from\": \"192.0.2.1:5000\", "
         "\"to\": \"192.0.2.1:6000\"}",
         "nat-rebinding", MP_OWNER_SITE_NETWORK, "to", "192.0.2.1:6000"},
        {"{\"ms\": 2400, \"what\": \"relay-forgot\", \"code\": 437}", "relay-restarted",
         MP_OWNER_SERVICE_OPERATOR, NULL, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *events = g_strjoin(", ", STOPPED, rows[i].event, RESTARTED, RESUMED, NULL);
        g_autoptr(MpResult) result = with_events(events, 600);
        const MpFinding *finding = built_only(result, rows[i].id);
        g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_WARNING);
        g_assert_cmpuint(finding->owner, ==, rows[i].owner);
        g_assert_false(finding->is_likely);
        g_assert_cmpfloat(built_number(finding, "outage_ms"), ==, 600);
        if (rows[i].quoted)
            g_assert_cmpstr(built_text(finding, rows[i].quoted), ==, rows[i].text);
    }
}

static void a_call_that_did_not_come_back_was_ended(void)
{
    g_autoptr(MpResult) result = with_events(
        STOPPED ", {\"ms\": 2010, \"what\": \"address-gone\", \"address\": \"10.0.0.2\", "
                "\"is_ours\": true}",
        12000);
    const MpFinding *finding = built_only(result, "address-changed");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_cmpfloat(built_number(finding, "lost_ms"), ==, 12000);
}

static void ways_that_found_no_address_afterwards_are_no_finding_of_their_own(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_turn_udp = "gather unreachable",
                                                           .media_turn_tcp = "gather unreachable"});
    built_facts(built_measurement(result, "media-udp"),
                "{\"outage_ms\": 12000, \"events\": [" STOPPED
                ", {\"ms\": 2010, \"what\": \"address-gone\", \"address\": \"10.0.0.2\", "
                "\"is_ours\": true}]}");
    mp_judge(result, profile);

    built_only(result, "address-changed");
}

static void an_address_that_media_did_not_use_is_no_finding(void)
{
    g_autoptr(MpResult) result = with_events(
        "{\"ms\": 2010, \"what\": \"address-gone\", \"address\": \"10.0.0.9\"}", 0);

    built_only(result, "media-loss");
}

/* A firewall may have cut the connection as well. */
static void a_closed_connection_to_the_relay_is_likely_the_servers(void)
{
    g_autoptr(MpResult) result = with_events(
        STOPPED ", {\"ms\": 2001, \"what\": \"relay-closed\"}, " RESTARTED ", " RESUMED, 600);
    const MpFinding *finding = built_only(result, "relay-restarted");

    g_assert_true(finding->is_likely);
    g_assert_true(finding->has_other && finding->other == MP_OWNER_SITE_NETWORK);
}

static void a_far_end_that_forgot_the_call_is_its_operators(void)
{
    g_autoptr(MpResult) result = with_events(
        STOPPED ", {\"ms\": 4000, \"what\": \"session-gone\", \"code\": 404}", 2000);
    const MpFinding *finding = built_only(result, "far-end-gone");

    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_cmpfloat(built_number(finding, "code"), ==, 404);
}

static void a_far_end_that_refuses_every_attempt_is_gone(void)
{
    static const char *const refused =
        "{\"ms\": 4100, \"what\": \"restart-failed\", \"detail\": \"refused\"}";
    g_autofree char *events = g_strjoin(", ", STOPPED, refused, refused, NULL);
    g_autoptr(MpResult) result = with_events(events, 12000);

    built_only(result, "far-end-gone");
}

#define FAILED(reason) "{\"ms\": 4100, \"what\": \"restart-failed\", \"detail\": \"" reason "\"}"
#define CONSENT_LOST "{\"ms\": 12000, \"what\": \"consent-lost\"}"

/* A call that lost consent in the end, for the agent knew no better. */
static MpResult *without_consent(const char *id, const char *events)
{
    g_autofree char *facts = g_strdup_printf(
        "{\"outage_ms\": 12000, \"consent_lost_ms\": 12000, \"events\": [%s], " LOSS "}", events);
    MpResult *result = built_result(&(BuiltCase){0});
    built_facts(built_measurement(result, id), facts);
    return built_judged(result);
}

/* Its address may stay, and then nothing tells that it went. */
static void an_interface_that_is_down_is_the_computers(void)
{
    g_autoptr(MpResult) result = without_consent(
        "media-udp", STOPPED
        ", " FAILED("no usable interface") ", " FAILED("no usable interface") ", " CONSENT_LOST);
    const MpFinding *finding = built_only(result, "interface-down");

    g_assert_cmpuint(finding->owner, ==, MP_OWNER_TESTER);
    g_assert_cmpuint(finding->severity, ==, MP_SEVERITY_ERROR);
    g_assert_cmpfloat(built_number(finding, "lost_ms"), ==, 12000);
}

static void a_turn_server_that_never_comes_back_is_likely_its_operators(void)
{
    g_autoptr(MpResult) result = without_consent(
        "media-turn-udp", STOPPED
        ", " FAILED("no relayed candidate") ", " FAILED("no relayed candidate") ", " CONSENT_LOST);
    const MpFinding *finding = built_find(result, "relay-gone");

    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
    g_assert_true(finding->is_likely);
    g_assert_true(finding->has_other && finding->other == MP_OWNER_SITE_NETWORK);
    g_assert_null(built_find(result, "consent-lost"));
}

/* Attempts that fail now here and now there, or of which one succeeded, name nobody. */
static void consent_that_was_lost_for_no_one_reason_stays_the_sites(void)
{
    static const char *const mixed[] = {
        STOPPED
        ", " FAILED("no usable interface") ", " FAILED("no candidate pair works") ", " CONSENT_LOST,
        STOPPED ", " RESTARTED ", " FAILED("no usable interface") ", " CONSENT_LOST,
        STOPPED ", " CONSENT_LOST,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(mixed); i++) {
        g_autoptr(MpResult) result = without_consent("media-udp", mixed[i]);
        const MpFinding *finding = built_find(result, "consent-lost");
        g_assert_nonnull(finding);
        g_assert_cmpuint(finding->owner, ==, MP_OWNER_SITE_NETWORK);
        g_assert_null(built_find(result, "interface-down"));
    }
}

/* It said so itself: nothing between the two has cut anything. */
static void a_far_end_that_says_goodbye_is_gone(void)
{
    g_autoptr(MpProfile) profile = built_profile();
    g_autoptr(MpResult) result = built_result(&(BuiltCase){.media_udp = "media reset"});
    mp_judge(result, profile);

    const MpFinding *finding = built_only(result, "far-end-gone");
    g_assert_cmpuint(finding->owner, ==, MP_OWNER_SERVICE_OPERATOR);
}

/* HTTP answered: somebody is there, and nobody knows why media stopped. */
static void a_cut_without_a_cause_stays_a_cut(void)
{
    g_autoptr(MpResult) result = with_events(
        STOPPED ", " RESTARTED ", {\"ms\": 4200, \"what\": \"media-resumed\", \"took_ms\": 2200}",
        2200);
    const MpFinding *finding = built_only(result, "media-cut");

    g_assert_cmpfloat(built_number(finding, "stopped_after_s"), ==, 1.5);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/changes/came-back", a_call_that_came_back_was_disturbed);
    g_test_add_func("/changes/did-not-come-back", a_call_that_did_not_come_back_was_ended);
    g_test_add_func("/changes/afterwards",
                    ways_that_found_no_address_afterwards_are_no_finding_of_their_own);
    g_test_add_func("/changes/other-address", an_address_that_media_did_not_use_is_no_finding);
    g_test_add_func("/changes/relay-closed",
                    a_closed_connection_to_the_relay_is_likely_the_servers);
    g_test_add_func("/changes/session-gone", a_far_end_that_forgot_the_call_is_its_operators);
    g_test_add_func("/changes/refused", a_far_end_that_refuses_every_attempt_is_gone);
    g_test_add_func("/changes/interface-down", an_interface_that_is_down_is_the_computers);
    g_test_add_func("/changes/relay-gone",
                    a_turn_server_that_never_comes_back_is_likely_its_operators);
    g_test_add_func("/changes/no-one-reason",
                    consent_that_was_lost_for_no_one_reason_stays_the_sites);
    g_test_add_func("/changes/goodbye", a_far_end_that_says_goodbye_is_gone);
    g_test_add_func("/changes/cut", a_cut_without_a_cause_stays_a_cut);
    return g_test_run();
}
