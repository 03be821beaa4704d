/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scenarios: what they say, the files they name, and the place of each mistake.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "input/scenario_reader.h"

static MpScenario *load_office(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("MP_TEST_DATA"), "valid", "scenario.yaml",
                                             NULL);
    MpScenario *scenario = mp_scenario_load(path, &error);
    g_assert_no_error(error);
    return scenario;
}

static void a_scenario_says_what_to_check(void)
{
    g_autoptr(MpScenario) scenario = load_office();
    g_assert_cmpstr(scenario->profile, ==, "bellface");
    g_assert_cmpstr(scenario->role, ==, "host");
    g_assert_cmpfloat(scenario->media_s, ==, 4);
    g_assert_cmpfloat(scenario->deadline_s, ==, 60);
    g_assert_cmpstr(scenario->targets->label, ==, "office");
    g_assert_cmpstr(scenario->targets->turn_user, ==, "office");
    g_assert_cmpstr(scenario->targets->responder_url, ==, "https://responder.example/whip");
    g_assert_null(scenario->targets->turn_password);
}

static void a_scenario_names_its_servers(void)
{
    g_autoptr(MpScenario) scenario = load_office();
    const MpTargets *targets = scenario->targets;
    g_assert_cmpuint(targets->servers->len, ==, 3);
    const MpServerUri *stun = g_ptr_array_index(targets->servers, 0);
    const MpServerUri *tls = g_ptr_array_index(targets->servers, 2);
    g_assert_false(stun->is_turn);
    g_assert_cmpstr(stun->host, ==, "stun.example");
    g_assert_true(tls->is_turn);
    g_assert_cmpint(tls->transport, ==, MP_TRANSPORT_TLS);
    g_assert_cmpuint(tls->port, ==, 443);
}

static MpScenario *parse(const char *path, const char *rest, GError **error)
{
    g_autofree char *text = g_strdup_printf("schema: mediapath-scenario/1\nname: home\n%s", rest);
    return mp_scenario_parse(path, text, strlen(text), error);
}

static void what_is_not_said_stays_unsaid(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpScenario) scenario = parse("home.yaml", "targets: {}\n", &error);
    g_assert_no_error(error);
    g_assert_null(scenario->profile);
    g_assert_null(scenario->role);
    g_assert_cmpfloat(scenario->media_s, ==, 0);
    g_assert_cmpfloat(scenario->deadline_s, ==, 0);
    g_assert_cmpuint(scenario->targets->servers->len, ==, 0);
    g_assert_null(scenario->targets->responder_url);
}

static void a_relative_profile_counts_from_the_scenarios_folder(void)
{
    static const char *const cases[][3] = {
        {"/etc/mediapath/home.yaml", "own/profile.yaml", "/etc/mediapath/own/profile.yaml"},
        {"sub/home.yaml", "profile.yaml", "sub/profile.yaml"},
        {"home.yaml", "profile.yaml", "profile.yaml"},
        {"/etc/home.yaml", "/opt/profile.yaml", "/opt/profile.yaml"},
        {"/etc/home.yaml", "bellface", "bellface"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *rest = g_strdup_printf("profile: %s\ntargets: {}\n", cases[i][1]);
        g_autoptr(MpScenario) scenario = parse(cases[i][0], rest, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(scenario->profile, ==, cases[i][2]);
    }
}

typedef struct {
    char *folder;
    char *scenario; /* path; the file itself is never written */
    char *secret;
    char *anchors;
} Files;

static void write_file(const char *path, const char *text, int mode)
{
    g_autoptr(GError) error = NULL;
    g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
    g_assert_no_error(error);
}

static void set_up(Files *files, gconstpointer data)
{
    (void)data;
    files->folder = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    g_assert_nonnull(files->folder);
    files->scenario = g_build_filename(files->folder, "home.yaml", NULL);
    files->secret = g_build_filename(files->folder, "secret", NULL);
    files->anchors = g_build_filename(files->folder, "ca.pem", NULL);
    write_file(files->secret, "hunter2\n", 0600);
    write_file(files->anchors, "", 0644);
}

static void tear_down(Files *files, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(g_unlink(files->secret), ==, 0);
    g_assert_cmpint(g_unlink(files->anchors), ==, 0);
    g_assert_cmpint(g_rmdir(files->folder), ==, 0);
    g_free(files->folder);
    g_free(files->scenario);
    g_free(files->secret);
    g_free(files->anchors);
}

static void files_that_it_names_are_read_beside_it(Files *files, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpScenario) scenario = parse(files->scenario,
                                           "targets:\n"
                                           "  turn_password_file: secret\n"
                                           "  token_file: secret\n"
                                           "  ca_file: ca.pem\n",
                                           &error);
    g_assert_no_error(error);
    g_assert_cmpstr(mp_secret_peek(scenario->targets->turn_password), ==, "hunter2");
    g_assert_cmpstr(mp_secret_peek(scenario->targets->token), ==, "hunter2");
    g_assert_null(scenario->targets->turn_secret);
    g_assert_cmpstr(scenario->targets->ca_file, ==, files->anchors);
}

static void a_secret_that_others_may_read_is_refused_at_its_line(Files *files, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(g_chmod(files->secret, 0644), ==, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpScenario)
        scenario = parse(files->scenario, "targets:\n  turn_secret_file: secret\n", &error);
    g_assert_null(scenario);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_autofree char *start = g_strdup_printf("%s:4:21: turn_secret_file: %s: mode 644",
                                             files->scenario, files->secret);
    g_assert_true(g_str_has_prefix(error->message, start));
    g_assert_null(strstr(error->message, "hunter2"));
}

/* The first line of an invalid file says what is expected: "# expect: LINE:COLUMN: message". The
 * test runs in their folder, for messages that name a second file. */
static void expect_refusal(gconstpointer data)
{
    const char *name = data;
    g_autofree char *text = NULL;
    gboolean was_read = g_file_get_contents(name, &text, NULL, NULL);
    g_assert_true(was_read);
    const char *prefix = "# expect: ";
    g_assert_true(g_str_has_prefix(text, prefix));
    g_autofree char *first = g_strndup(text, strcspn(text, "\n"));
    g_autofree char *expected = g_strdup_printf("%s:%s", name, first + strlen(prefix));

    g_autoptr(GError) error = NULL;
    g_autoptr(MpScenario) scenario = mp_scenario_load(name, &error);
    g_assert_null(scenario);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_cmpstr(error->message, ==, expected);
}

static void add_invalid_files(void)
{
    g_autofree char *invalid = g_build_filename(g_getenv("MP_TEST_DATA"), "invalid", NULL);
    g_assert_cmpint(g_chdir(invalid), ==, 0);
    g_autoptr(GDir) files = g_dir_open(".", 0, NULL);
    g_assert_nonnull(files);
    guint n_files = 0;
    for (const char *name = g_dir_read_name(files); name; name = g_dir_read_name(files))
        if (g_str_has_prefix(name, "scenario-")) {
            g_autofree char *test = g_strdup_printf("/scenario/invalid/%s", name);
            g_test_add_data_func_full(test, g_strdup(name), expect_refusal, g_free);
            n_files++;
        }
    g_assert_cmpuint(n_files, >=, 15);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenario/says", a_scenario_says_what_to_check);
    g_test_add_func("/scenario/servers", a_scenario_names_its_servers);
    g_test_add_func("/scenario/unsaid", what_is_not_said_stays_unsaid);
    g_test_add_func("/scenario/profile", a_relative_profile_counts_from_the_scenarios_folder);
    g_test_add("/scenario/files", Files, NULL, set_up, files_that_it_names_are_read_beside_it,
               tear_down);
    g_test_add("/scenario/mode", Files, NULL, set_up,
               a_secret_that_others_may_read_is_refused_at_its_line, tear_down);
    add_invalid_files();
    return g_test_run();
}
