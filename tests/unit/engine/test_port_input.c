/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a map of ports is asked of and about, as users write it.
 */
#include "engine/port_input.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "engine/target_merge.h"

static void a_key_has_a_number_and_a_text(void)
{
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_assert_true(mp_port_input_take_key(targets, "7 a key of many words"));
    g_assert_cmpuint(targets->stamp_key_id, ==, 7);
    g_assert_cmpstr(mp_secret_peek(targets->stamp_key), ==, "a key of many words");
    static const char *const wrong[] = {"",       "7",      "7 ",   "key",           "-7 key",
                                        "+7 key", " 7 key", "7key", "4294967296 key"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(mp_port_input_take_key(targets, wrong[i]));
    g_assert_cmpuint(targets->stamp_key_id, ==, 7);
}

/* The message names the file, never what is in it. */
static void a_wrong_key_file_is_named_without_its_text(void)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "stamp-key-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) targets = mp_targets_new();
    g_assert_cmpint(g_close(g_mkstemp_full(path, O_RDWR, 0600), NULL), ==, 1);
    g_assert_true(g_file_set_contents(path, "verysecret\n", -1, NULL));
    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
    g_assert_false(mp_port_input_read(targets, &(MpCheckConfig){.stamp_key_file = path}, &error));
    g_unlink(path);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, path));
    g_assert_null(strstr(error->message, "verysecret"));
}

static gboolean accepts(const MpCheckConfig *config)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) targets = mp_targets_new();
    const gboolean is_good = mp_port_input_read(targets, config, &error) &&
                             mp_port_input_check(config, &error);
    if (!is_good)
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    return is_good;
}

static void goals_ranges_and_rates_are_checked(void)
{
    static const char *const good[] = {"168.100.64.0/18", "router.example", "2001:db8::1", NULL};
    static const char *const bad[][2] = {{"168.100.64.0/33"}, {"a host/18"}, {""}, {"two words"}};
    g_assert_true(accepts(&(MpCheckConfig){.walk = good}));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(accepts(&(MpCheckConfig){.walk = bad[i]}));
    g_assert_true(accepts(&(MpCheckConfig){.first_port = 65535}));
    g_assert_false(accepts(&(MpCheckConfig){.first_port = 2000, .last_port = 1999}));
    g_assert_true(accepts(&(MpCheckConfig){.port_rate = 1000000}));
    g_assert_false(accepts(&(MpCheckConfig){.port_rate = 1000001}));
}

static void a_responder_with_a_key_is_asked_itself(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) targets = mp_targets_new();
    targets->responder_url = g_strdup("https://far.example:8443/whip");
    g_assert_true(mp_port_input_complete(targets, &error));
    g_assert_null(targets->stamp_host);
    g_assert_true(mp_port_input_take_key(targets, "1 key"));
    g_assert_true(mp_port_input_complete(targets, &error));
    g_assert_cmpstr(targets->stamp_host, ==, "far.example");
}

/* The lab's key is not for a host that the user names. */
static void another_host_needs_a_key_of_its_own(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpTargets) lab = mp_targets_new();
    g_autoptr(MpTargets) over = mp_targets_new();
    lab->stamp_host = g_strdup("lab");
    g_assert_true(mp_port_input_take_key(lab, "1 key"));
    over->stamp_host = g_strdup("elsewhere");
    mp_targets_merge(lab, over);
    g_assert_cmpstr(lab->stamp_host, ==, "elsewhere");
    g_assert_null(lab->stamp_key);
    g_assert_false(mp_port_input_complete(lab, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port-input/key", a_key_has_a_number_and_a_text);
    g_test_add_func("/port-input/key-file", a_wrong_key_file_is_named_without_its_text);
    g_test_add_func("/port-input/bounds", goals_ranges_and_rates_are_checked);
    g_test_add_func("/port-input/own", a_responder_with_a_key_is_asked_itself);
    g_test_add_func("/port-input/other", another_host_needs_a_key_of_its_own);
    return g_test_run();
}
