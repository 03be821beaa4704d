/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far ends of a lab, from the file that MEDIAPATH_LAB names.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "input/lab_reader.h"

typedef struct {
    char *folder;
    char *path;
} File;

static void set_up(File *file, gconstpointer data)
{
    file->folder = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    g_assert_nonnull(file->folder);
    file->path = g_build_filename(file->folder, "lab.json", NULL);
    g_autoptr(GError) error = NULL;
    g_file_set_contents(file->path, data, -1, &error);
    g_assert_no_error(error);
}

static void tear_down(File *file, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(g_unlink(file->path), ==, 0);
    g_assert_cmpint(g_rmdir(file->folder), ==, 0);
    g_free(file->folder);
    g_free(file->path);
}

static const char good[] =
    "{\"schema\": \"mediapath-lab/1\", \"name\": \"clean\",\n"
    " \"proxy\": {\"url\": \"http://10.10.1.2:3128\", \"user\": \"staff\", \"password\": \"k7\"},\n"
    " \"stun\": [\"stun:168.100.64.10:3478\"],\n"
    " \"turn\": [\"turn:168.100.64.10:3478\", \"turns:168.100.64.10:443\"],\n"
    " \"turn_user\": \"lab\", \"turn_password\": \"hunter2\",\n"
    " \"responder\": {\"url\": \"https://216.147.0.20/whip\", \"token\": \"12345\",\n"
    "  \"stamp\": {\"host\": \"216.147.0.20\", \"key\": \"sixteen letters..\",\n"
    "              \"key_id\": 4294967295, \"first\": 1025, \"last\": 65535}},\n"
    " \"ca_file\": \"ca.pem\"}\n";

static void every_far_end_and_credential_is_read(File *file, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) targets = mp_lab_targets_load(file->path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(targets->label, ==, "lab clean");
    g_assert_cmpuint(targets->servers->len, ==, 3);
    const MpServerUri *stun = g_ptr_array_index(targets->servers, 0);
    const MpServerUri *tls = g_ptr_array_index(targets->servers, 2);
    g_assert_cmpstr(stun->host, ==, "168.100.64.10");
    g_assert_cmpint(tls->transport, ==, MP_TRANSPORT_TLS);
    g_assert_cmpstr(targets->turn_user, ==, "lab");
    g_assert_cmpstr(mp_secret_peek(targets->turn_password), ==, "hunter2");
    g_assert_null(targets->turn_secret);
    g_assert_cmpstr(targets->responder_url, ==, "https://216.147.0.20/whip");
    g_assert_cmpstr(mp_secret_peek(targets->token), ==, "12345");
    g_assert_cmpstr(targets->stamp_host, ==, "216.147.0.20");
    g_assert_cmpstr(mp_secret_peek(targets->stamp_key), ==, "sixteen letters..");
    g_assert_cmpuint(targets->stamp_key_id, ==, G_MAXUINT32);
    g_assert_cmpstr(targets->proxy_url, ==, "http://10.10.1.2:3128");
    g_assert_cmpstr(targets->proxy_user, ==, "staff");
    g_assert_cmpstr(mp_secret_peek(targets->proxy_password), ==, "k7");
    g_autofree char *anchors = g_build_filename(file->folder, "ca.pem", NULL);
    g_assert_cmpstr(targets->ca_file, ==, anchors);
}

static const char bare[] = "{\"schema\":\"mediapath-lab/1\",\"name\":\"loopback\"}";

static void a_lab_without_servers_has_none(File *file, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) targets = mp_lab_targets_load(file->path, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(targets->servers->len, ==, 0);
    g_assert_null(targets->responder_url);
    g_assert_null(targets->token);
    g_assert_null(targets->ca_file);
}

static void expect_refusal(File *file, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) targets = mp_lab_targets_load(file->path, &error);
    g_assert_null(targets);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_str_has_prefix(error->message, file->path));
    g_assert_cmpstr(error->message + strlen(file->path), ==, expected);
}

static const char bad_password[] = "{\"schema\": \"mediapath-lab/1\", \"name\": \"clean\",\n"
                                   " \"turn_password\": {\"is\": \"hunter2\"}}";

static void a_wrong_credential_is_not_quoted(File *file, gconstpointer data)
{
    (void)data;
    expect_refusal(file, ":2:19: a secret was found, expected text that is the secret");
}

static const char bad_uri[] = "{\"schema\": \"mediapath-lab/1\", \"name\": \"clean\",\n"
                              " \"turn\": [\"stun:168.100.64.10\"]}";

static void a_server_in_the_wrong_list_is_named_with_its_place(File *file, gconstpointer data)
{
    (void)data;
    expect_refusal(file, ":2:11: \"stun:168.100.64.10\" was found, expected a turn: or turns: URI "
                         "in this list");
}

static const char cut[] = "{\"schema\": \"mediapath-lab/1\", \"name\": \"cle";

static void a_file_cut_short_is_refused(File *file, gconstpointer data)
{
    (void)data;
    expect_refusal(file, ":1:40: not YAML: double-quoted scalar without closing quote");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/lab_targets/all", File, good, set_up, every_far_end_and_credential_is_read,
               tear_down);
    g_test_add("/lab_targets/bare", File, bare, set_up, a_lab_without_servers_has_none, tear_down);
    g_test_add("/lab_targets/secret", File, bad_password, set_up, a_wrong_credential_is_not_quoted,
               tear_down);
    g_test_add("/lab_targets/list", File, bad_uri, set_up,
               a_server_in_the_wrong_list_is_named_with_its_place, tear_down);
    g_test_add("/lab_targets/cut", File, cut, set_up, a_file_cut_short_is_refused, tear_down);
    return g_test_run();
}
