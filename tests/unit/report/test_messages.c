/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The catalogue: every finding has its sentences, in both languages.
 */
#include "report/messages.h"

#include <string.h>

#include "base/i18n.h"
#include "report/step_text.h"

static void test_every_finding_has_a_message(void)
{
    g_autofree char *path = g_build_filename(g_getenv("MP_TEST_DATA"), "..", "..", "src",
                                             "analysis", "diagnose.c", NULL);
    g_autofree char *source = NULL;
    g_assert_true(g_file_get_contents(path, &source, NULL, NULL));
    g_autoptr(GRegex)
        rule = g_regex_new("\\{\"([a-z0-9-]+)\",\\s*(ERROR|WARNING|INFO)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint n_rules = 0;
    for (g_regex_match(rule, source, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *id = g_match_info_fetch(match, 1);
        if (!mp_message_find(id))
            g_error("finding \"%s\" of src/analysis/diagnose.c has no message", id);
        n_rules++;
    }
    g_assert_cmpuint(n_rules, >=, 27);
}

static void assert_japanese(const char *text)
{
    const char *translated = _(text);
    if (strcmp(translated, text) == 0)
        g_error("no Japanese for \"%s\"", text);
    /* Every gap of the sentence is in its translation too. */
    g_autoptr(GRegex) gap = g_regex_new("\\{[a-z0-9_]+\\}", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    for (g_regex_match(gap, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 0);
        if (!strstr(translated, name))
            g_error("%s is missing in \"%s\"", name, translated);
    }
}

static void test_every_message_has_japanese(void)
{
    gsize n;
    const MpMessage *messages = mp_message_all(&n);
    g_assert_true(mp_i18n_use("ja"));
    for (gsize i = 0; i < n; i++) {
        assert_japanese(messages[i].title);
        assert_japanese(messages[i].cause);
        assert_japanese(messages[i].advice);
    }
    mp_i18n_use("en");
}

static MpFinding *new_finding(const char *id)
{
    return mp_finding_new(id, MP_SEVERITY_ERROR, MP_OWNER_SITE_NETWORK);
}

/* What a rule may leave unproved has the measurement that would prove it. */
static void test_what_is_likely_names_its_proof(void)
{
    static const char *const ids[] = {"nothing-answered", "turn-server-silent", "udp-3478-blocked",
                                      "name-unresolved",  "tls-intercepted",    "media-cut"};
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autoptr(MpFinding) finding = new_finding(ids[i]);
        g_assert_null(mp_message_proof(finding));
        finding->is_likely = TRUE;
        g_autofree char *proof = mp_message_proof(finding);
        g_assert_nonnull(proof);
        mp_i18n_use("ja");
        g_autofree char *translated = mp_message_proof(finding);
        mp_i18n_use("en");
        g_assert_cmpstr(translated, !=, proof);
    }
}

static void test_both_owners_are_named(void)
{
    g_autoptr(MpFinding) finding = new_finding("turn-server-silent");
    g_autofree char *one = mp_message_owners(finding);
    g_assert_cmpstr(one, ==, "the team that runs this site's router and firewall");
    mp_finding_doubt(finding, MP_OWNER_SERVICE_OPERATOR);
    g_autofree char *both = mp_message_owners(finding);
    g_assert_cmpstr(both, ==,
                    "the team that runs this site's router and firewall; if not, who runs the TURN "
                    "server or the responder");
}

static void test_no_braces_without_numbers(void)
{
    gsize n;
    const MpMessage *messages = mp_message_all(&n);
    for (gsize i = 0; i < n; i++) {
        g_autoptr(MpFinding)
            finding = mp_finding_new(messages[i].id, MP_SEVERITY_ERROR, MP_OWNER_TESTER);
        g_autofree char *cause = mp_message_cause(finding);
        g_autofree char *advice = mp_message_advice(finding);
        g_assert_cmpuint(strcspn(cause, "{}[]"), ==, strlen(cause));
        g_assert_cmpuint(strcspn(advice, "{}[]"), ==, strlen(advice));
    }
}

static void test_words_of_the_model_are_translated(void)
{
    g_autoptr(MpFinding) finding = mp_finding_new("turn-protocol-error", MP_SEVERITY_ERROR,
                                                  MP_OWNER_SERVICE_OPERATOR);
    json_object_set_string_member(finding->numbers, "server", "turn:192.0.2.1:3478");
    json_object_set_string_member(finding->numbers, "stage", "allocate");
    json_object_set_int_member(finding->numbers, "code", 442);
    g_autofree char *cause = mp_message_cause(finding);
    g_assert_cmpstr(cause, ==,
                    "The answer of turn:192.0.2.1:3478 is not what the standard allows "
                    "(TURN Allocate): 442.");
    /* What the result holds stays as it is. */
    g_assert_cmpstr(mp_facts_string(finding->numbers, "stage"), ==, "allocate");
}

static void test_several_uris_of_one_host_are_the_host(void)
{
    g_autoptr(MpFinding) finding = mp_finding_new("turn-credentials-rejected", MP_SEVERITY_ERROR,
                                                  MP_OWNER_CREDENTIALS);
    json_object_set_string_member(finding->numbers, "server",
                                  "turn:a.example:3478?transport=udp, turns:a.example:443");
    g_autofree char *one = mp_message_cause(finding);
    g_assert_true(g_str_has_prefix(one, "a.example is reachable"));

    json_object_set_string_member(finding->numbers, "server", "turn:a:3478, turn:b:3478");
    g_autofree char *two = mp_message_cause(finding);
    g_assert_true(g_str_has_prefix(two, "turn:a:3478, turn:b:3478 is reachable"));
}

static void test_an_unknown_id_stands_for_itself(void)
{
    g_autoptr(MpFinding)
        finding = mp_finding_new("never-heard-of", MP_SEVERITY_INFO, MP_OWNER_TESTER);
    g_autofree char *title = mp_message_title(finding);
    g_autofree char *cause = mp_message_cause(finding);
    g_assert_cmpstr(title, ==, "never-heard-of");
    g_assert_cmpstr(cause, ==, "");
}

static void test_languages(void)
{
    g_assert_false(mp_i18n_use("tlh"));
    g_assert_true(mp_i18n_use("ja"));
    g_assert_cmpstr(_("Findings"), ==, "わかったこと");
    g_assert_true(mp_i18n_use(NULL));
    g_assert_cmpstr(_("Findings"), ==, "Findings");
    g_assert_true(mp_i18n_use("ja"));
    g_assert_cmpstr(_("Findings"), ==, "わかったこと");
    g_assert_true(mp_i18n_use("en"));
}

static void assert_line(MpMeasurement *measurement, const char *expected)
{
    g_autofree char *line = mp_measurement_line(measurement);
    g_assert_cmpstr(line, ==, expected);
    mp_measurement_free(measurement);
}

static void test_a_broken_stage_in_one_line(void)
{
    MpMeasurement *rejected = mp_measurement_new("turn-udp:a:1", "turn", "turn:a:1", 0);
    mp_measurement_add_stage(rejected, "binding", MP_OUTCOME_ANSWERED, MP_MSEC(1), 0, NULL);
    mp_measurement_add_stage(rejected, "allocate", MP_OUTCOME_AUTH_FAILED, MP_MSEC(1), 401,
                             "Unauthorized");
    assert_line(rejected, "TURN Allocate: credentials rejected (401 Unauthorized)");

    MpMeasurement *silent = mp_measurement_new("stun:a:1", "stun", "stun:a:1", 0);
    mp_measurement_add_stage(silent, "binding", MP_OUTCOME_SILENT, MP_NEVER, 0, NULL);
    assert_line(silent, "STUN Binding: no answer");
}

static void test_a_step_that_was_not_run_in_one_line(void)
{
    MpMeasurement *blocked = mp_measurement_new("media-turn-udp", "media", NULL, 0);
    blocked->outcome = MP_OUTCOME_NOT_RUN;
    json_object_set_string_member(blocked->facts, "reason", "requires turn-udp:a:1");
    assert_line(blocked, "not run: needs turn-udp:a:1");
}

static void test_titles(void)
{
    g_autoptr(MpStep) step = mp_step_new("turn", "turn-tls:[2001:db8::1]:443");
    step->way = MP_WAY_TURN_TLS;
    step->server = mp_server_uri_parse("turns:[2001:db8::1]:443?transport=tcp", NULL);
    g_autofree char *title = mp_step_title(step);
    g_assert_cmpstr(title, ==, "TURN over TLS to [2001:db8::1]:443");

    g_autoptr(MpStep) media = mp_step_new("media", "media-udp");
    g_autofree char *media_title = mp_step_title(media);
    g_assert_cmpstr(media_title, ==, "Media (UDP, direct)");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/messages/proof", test_what_is_likely_names_its_proof);
    g_test_add_func("/messages/owners", test_both_owners_are_named);
    g_test_add_func("/messages/every-finding-has-a-message", test_every_finding_has_a_message);
    g_test_add_func("/messages/every-message-has-japanese", test_every_message_has_japanese);
    g_test_add_func("/messages/no-braces-without-numbers", test_no_braces_without_numbers);
    g_test_add_func("/messages/words-of-the-model-are-translated",
                    test_words_of_the_model_are_translated);
    g_test_add_func("/messages/several-uris-of-one-host-are-the-host",
                    test_several_uris_of_one_host_are_the_host);
    g_test_add_func("/messages/an-unknown-id-stands-for-itself",
                    test_an_unknown_id_stands_for_itself);
    g_test_add_func("/messages/languages", test_languages);
    g_test_add_func("/messages/a-broken-stage-in-one-line", test_a_broken_stage_in_one_line);
    g_test_add_func("/messages/a-step-that-was-not-run-in-one-line",
                    test_a_step_that_was_not_run_in_one_line);
    g_test_add_func("/messages/titles", test_titles);
    return g_test_run();
}
