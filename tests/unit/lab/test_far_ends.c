/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a lab tells its clients: the file is read back by the reader that a check uses.
 */
#include "lab/far_ends.h"

#include <glib/gstdio.h>
#include <string.h>

#include "input/lab_reader.h"

static MpTargets *told(const MpFarEnds *far_ends)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "lab.json", NULL);
    g_autoptr(MpSecret) json = mp_far_ends_to_json(far_ends);
    g_assert_true(g_file_set_contents_full(path, mp_secret_peek(json), -1, G_FILE_SET_CONTENTS_NONE,
                                           0600, NULL));
    MpTargets *targets = mp_lab_targets_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_remove(path), ==, 0);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
    return targets;
}

static void assert_server(const MpTargets *targets, guint index, const char *expected)
{
    g_autofree char *uri = mp_server_uri_to_string(g_ptr_array_index(targets->servers, index));
    g_assert_cmpstr(uri, ==, expected);
}

static void clients_are_told_names_so_that_dns_and_certificates_are_used(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
    g_autoptr(MpTargets) targets = told(far_ends);
    g_assert_cmpuint(targets->servers->len, ==, 4);
    assert_server(targets, 0, "stun:turn.lab.mediapath.test:3478");
    assert_server(targets, 1, "turn:turn.lab.mediapath.test:3478?transport=udp");
    assert_server(targets, 2, "turn:turn.lab.mediapath.test:3478?transport=tcp");
    assert_server(targets, 3, "turns:turn.lab.mediapath.test:443?transport=tcp");
    g_assert_cmpstr(targets->responder_url, ==, "https://responder.lab.mediapath.test:443/whip");
    g_assert_cmpstr(targets->ca_file, ==, "/run/lab/ca.pem");
    g_assert_cmpstr(targets->label, ==, "lab clean");
}

static void the_password_told_is_the_servers(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
    g_autoptr(MpTargets) targets = told(far_ends);
    g_assert_cmpstr(mp_secret_peek(targets->turn_password), ==,
                    mp_secret_peek(far_ends->turn_password));
    g_assert_cmpstr(mp_secret_peek(targets->token), ==, mp_secret_peek(far_ends->responder_token));
    g_assert_cmpstr(mp_secret_peek(targets->stamp_key), ==, mp_secret_peek(far_ends->stamp_key));
    g_assert_cmpuint(targets->stamp_key_id, ==, far_ends->stamp_key_id);
    g_assert_cmpstr(targets->stamp_host, ==, MP_RESPONDER_HOST);
}

static void a_wrong_password_is_another_one(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("turn-wrong-password", NULL);
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
    g_autoptr(MpTargets) targets = told(far_ends);
    g_assert_cmpstr(mp_secret_peek(targets->turn_password), !=,
                    mp_secret_peek(far_ends->turn_password));
}

static void every_run_has_its_own_credentials(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autoptr(MpFarEnds) one = mp_far_ends_new(network, "/run/lab");
    g_autoptr(MpFarEnds) other = mp_far_ends_new(network, "/run/lab");
    g_assert_cmpstr(mp_secret_peek(one->turn_password), !=, mp_secret_peek(other->turn_password));
    g_assert_cmpstr(mp_secret_peek(one->responder_token), !=,
                    mp_secret_peek(other->responder_token));
}

static void loopback_has_ports_of_its_own_and_says_what_it_cannot_show(void)
{
    g_autoptr(MpNetwork) network = mp_network_load("clean", NULL);
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new_loopback(network, "/tmp/lab", NULL);
    g_assert_nonnull(far_ends);
    g_assert_cmpuint(far_ends->turn.port, >, 1024);
    g_assert_cmpuint(far_ends->turn.port, !=, far_ends->turn_tls.port);
    g_assert_cmpuint(far_ends->turn.port, !=, far_ends->responder.port);
    g_assert_cmpuint(far_ends->limits->len, ==, 1);
    g_autoptr(MpTargets) targets = told(far_ends);
    g_assert_true(g_str_has_prefix(targets->responder_url, "https://127.0.0.1:"));
    g_assert_null(targets->stamp_host);
}

static MpNetwork *network_with_proxy(MpProxyType type, gboolean asks_login)
{
    MpNetwork *network = mp_network_load("clean", NULL);
    network->site->proxy = (MpSiteProxy){.type = type, .asks_login = asks_login};
    return network;
}

static void the_proxy_is_told_with_its_login(void)
{
    g_autoptr(MpNetwork) network = network_with_proxy(MP_PROXY_HTTP, TRUE);
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
    g_autoptr(MpTargets) targets = told(far_ends);
    g_assert_cmpstr(targets->proxy_url, ==, "http://10.10.1.2:3128");
    g_assert_cmpstr(targets->proxy_user, ==, "staff");
    g_assert_cmpstr(mp_secret_peek(targets->proxy_password), ==,
                    mp_secret_peek(far_ends->proxy_password));
}

static void a_proxy_without_login_and_none_at_all(void)
{
    g_autoptr(MpNetwork) open = network_with_proxy(MP_PROXY_SOCKS, FALSE);
    g_autoptr(MpFarEnds) open_ends = mp_far_ends_new(open, "/run/lab");
    g_autoptr(MpTargets) targets = told(open_ends);
    g_assert_cmpstr(targets->proxy_url, ==, "socks5://10.10.1.2:1080");
    g_assert_null(targets->proxy_user);
    g_assert_null(targets->proxy_password);

    g_autoptr(MpNetwork) none = mp_network_load("clean", NULL);
    g_autoptr(MpFarEnds) none_ends = mp_far_ends_new(none, "/run/lab");
    g_autoptr(MpTargets) other_targets = told(none_ends);
    g_assert_null(other_targets->proxy_url);
}

static void a_description_for_everybody_has_no_credential(void)
{
    g_autoptr(MpNetwork) network = network_with_proxy(MP_PROXY_HTTP, TRUE);
    g_autoptr(MpFarEnds) far_ends = mp_far_ends_new(network, "/run/lab");
    g_autofree char *text = mp_far_ends_describe(far_ends);
    const MpSecret *secrets[] = {far_ends->turn_password, far_ends->told_turn_password,
                                 far_ends->responder_token, far_ends->proxy_password,
                                 far_ends->stamp_key};
    for (guint i = 0; i < G_N_ELEMENTS(secrets); i++)
        g_assert_null(strstr(text, mp_secret_peek(secrets[i])));
    g_auto(GStrv) parts = g_strsplit(text, "\"***\"", -1);
    g_assert_cmpuint(g_strv_length(parts), ==, 5);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/far-ends/names",
                    clients_are_told_names_so_that_dns_and_certificates_are_used);
    g_test_add_func("/lab/far-ends/password", the_password_told_is_the_servers);
    g_test_add_func("/lab/far-ends/wrong-password", a_wrong_password_is_another_one);
    g_test_add_func("/lab/far-ends/fresh", every_run_has_its_own_credentials);
    g_test_add_func("/lab/far-ends/proxy-login", the_proxy_is_told_with_its_login);
    g_test_add_func("/lab/far-ends/proxy", a_proxy_without_login_and_none_at_all);
    g_test_add_func("/lab/far-ends/describe", a_description_for_everybody_has_no_credential);
    g_test_add_func("/lab/far-ends/loopback",
                    loopback_has_ports_of_its_own_and_says_what_it_cannot_show);
    return g_test_run();
}
