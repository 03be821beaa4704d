/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What to check, from lab, scenario, options and environment.
 */
#include "engine/check_input.h"

#include <string.h>

#include "base/error.h"
#include "engine/target_merge.h"

static const char *const no_kinds[] = {NULL};

static void add_server(MpTargets *targets, const char *uri)
{
    g_ptr_array_add(targets->servers, mp_server_uri_parse(uri, NULL));
}

static const char *host(const MpTargets *targets, guint index)
{
    return ((const MpServerUri *)targets->servers->pdata[index])->host;
}

static void test_lists_are_replaced_each_as_a_whole(void)
{
    g_autoptr(MpTargets) lab = mp_targets_new();
    g_autoptr(MpTargets) over = mp_targets_new();
    add_server(lab, "stun:lab");
    add_server(lab, "turn:lab-1");
    add_server(lab, "turn:lab-2");
    add_server(over, "turn:mine");
    mp_targets_merge(lab, over);
    g_assert_cmpuint(lab->servers->len, ==, 2);
    g_assert_cmpstr(host(lab, 0), ==, "lab");
    g_assert_cmpstr(host(lab, 1), ==, "mine");
}

static void test_a_password_displaces_a_secret(void)
{
    g_autoptr(MpTargets) lab = mp_targets_new();
    g_autoptr(MpTargets) over = mp_targets_new();
    lab->turn_secret = mp_secret_new("shared");
    over->turn_password = mp_secret_new("mine");
    mp_targets_merge(lab, over);
    g_assert_null(lab->turn_secret);
    g_assert_cmpstr(mp_secret_peek(lab->turn_password), ==, "mine");
}

static void test_a_new_responder_never_sees_the_old_token(void)
{
    g_autoptr(MpTargets) lab = mp_targets_new();
    g_autoptr(MpTargets) over = mp_targets_new();
    lab->responder_url = g_strdup("https://lab/whip");
    lab->token = mp_secret_new("lab's");
    over->responder_url = g_strdup("https://elsewhere/whip");
    mp_targets_merge(lab, over);
    g_assert_cmpstr(lab->responder_url, ==, "https://elsewhere/whip");
    g_assert_null(lab->token);
}

static void test_what_is_not_said_stays(void)
{
    g_autoptr(MpTargets) lab = mp_targets_new();
    g_autoptr(MpTargets) over = mp_targets_new();
    add_server(lab, "turn:lab");
    lab->turn_user = g_strdup("user");
    lab->token = mp_secret_new("token");
    lab->label = g_strdup("lab");
    mp_targets_merge(lab, over);
    g_assert_cmpstr(lab->turn_user, ==, "user");
    g_assert_cmpstr(lab->label, ==, "lab");
    g_assert_nonnull(lab->token);
    g_assert_cmpuint(lab->servers->len, ==, 1);
}

static void test_defaults(void)
{
    const char *const stun[] = {"stun:192.0.2.1", NULL};
    const MpCheckConfig config = {.stun_uris = stun};
    g_autoptr(GError) error = NULL;
    g_autoptr(MpCheckInput) input = mp_check_input_read(&config, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(input->profile->name, ==, "bellface");
    g_assert_cmpstr(input->role, ==, "host");
    g_assert_cmpstr(input->lang, ==, "en");
    g_assert_cmpint(input->media_time, ==, MP_SEC(4));
    g_assert_cmpint(input->budget, ==, MP_SEC(60));
    g_assert_cmpstr(input->targets->label, ==, "command line");
}

static void test_wrong_options_are_named(void)
{
    const char *const turn[] = {"turn:192.0.2.1", NULL};
    const char *const not_turn[] = {"stun:192.0.2.1", NULL};
    const char *const no_port[] = {"turn:192.0.2.1:70000", NULL};
    const char *const tls_stun[] = {"stuns:192.0.2.1", NULL};
    const char *const kinds[] = {"stum", NULL};
    const char *const names[] = {"192.0.2.53", "dns.example", NULL};
    const struct {
        MpCheckConfig config;
        const char *said;
    } cases[] = {
        {{.turn_uris = no_port}, "70000"},
        {{.turn_uris = not_turn}, "TURN server \"stun:192.0.2.1\""},
        {{.stun_uris = turn}, "STUN server \"turn:192.0.2.1\""},
        {{.stun_uris = tls_stun}, "a stun: URI over UDP"},
        {{.turn_uris = turn, .turn_user = "user"}, "a password or secret file"},
        {{.turn_uris = turn, .turn_password_file = "p", .turn_secret_file = "s"}, "one of them"},
        {{.turn_uris = turn, .turn_user = "u", .turn_password_file = "/no/such"}, "/no/such"},
        {{.responder_url = "ftp://192.0.2.1"}, "ftp://192.0.2.1"},
        {{.responder_url = "https:///whip"}, "https:///whip"},
        {{.turn_uris = turn, .ca_file = "/no/such.pem"}, "/no/such.pem"},
        {{.turn_uris = turn, .resolvers = names}, "resolver \"dns.example\""},
        {{.turn_uris = turn, .role = "boss"}, "role \"boss\""},
        {{.turn_uris = turn, .lang = "tlh"}, "language \"tlh\""},
        {{.turn_uris = turn, .only = kinds}, "\"stum\""},
        {{.turn_uris = turn, .skip = kinds}, "\"stum\""},
        {{.turn_uris = turn, .only = no_kinds, .media_s = 601}, "media time of 601 s"},
        {{.turn_uris = turn, .deadline_s = -1}, "deadline of -1 s"},
        {{.turn_uris = turn, .profile = "no-such"}, "no-such"},
        {{.scenario_file = "/no/such.yaml"}, "/no/such.yaml"},
        {{.lab_file = "/no/such.json"}, "/no/such.json"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MpCheckInput) input = mp_check_input_read(&cases[i].config, &error);
        g_assert_null(input);
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        if (!strstr(error->message, cases[i].said))
            g_error("\"%s\" does not say %s", error->message, cases[i].said);
    }
}

static void test_a_user_name_in_the_responders_url_is_not_repeated(void)
{
    const MpCheckConfig config = {.responder_url = "https://user:hunter2@192.0.2.1/whip"};
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_check_input_read(&config, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_null(strstr(error->message, "hunter2"));
}

static void test_secrets_of_the_environment_come_last(void)
{
    const char *const turn[] = {"turn:192.0.2.1", NULL};
    const MpCheckConfig with_user = {.turn_uris = turn, .turn_user = "user"};
    const MpCheckConfig without_user = {.turn_uris = turn};
    g_setenv("MEDIAPATH_TURN_PASSWORD", "from environment", TRUE);
    g_setenv("MEDIAPATH_TOKEN", "token", TRUE);
    g_autoptr(MpCheckInput) used = mp_check_input_read(&with_user, NULL);
    g_autoptr(MpCheckInput) unused = mp_check_input_read(&without_user, NULL);
    g_unsetenv("MEDIAPATH_TURN_PASSWORD");
    g_unsetenv("MEDIAPATH_TOKEN");
    g_assert_cmpstr(mp_secret_peek(used->targets->turn_password), ==, "from environment");
    g_assert_cmpstr(mp_secret_peek(used->targets->token), ==, "token");
    g_assert_null(unused->targets->turn_password);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input/lists-are-replaced-each-as-a-whole",
                    test_lists_are_replaced_each_as_a_whole);
    g_test_add_func("/input/a-password-displaces-a-secret", test_a_password_displaces_a_secret);
    g_test_add_func("/input/a-new-responder-never-sees-the-old-token",
                    test_a_new_responder_never_sees_the_old_token);
    g_test_add_func("/input/what-is-not-said-stays", test_what_is_not_said_stays);
    g_test_add_func("/input/defaults", test_defaults);
    g_test_add_func("/input/wrong-options-are-named", test_wrong_options_are_named);
    g_test_add_func("/input/a-user-name-in-the-responders-url-is-not-repeated",
                    test_a_user_name_in_the_responders_url_is_not_repeated);
    g_test_add_func("/input/secrets-of-the-environment-come-last",
                    test_secrets_of_the_environment_come_last);
    return g_test_run();
}
