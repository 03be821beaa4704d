/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is told of a matrix before any cell runs.
 */
#include "matrix/work.h"

#include <glib/gstdio.h>

#include "base/error.h"

#define HEAD "schema: mediapath-matrix/1\nname: test\n"

static MpMatrixWork *load(const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "mediapath-work.yaml", NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    MpMatrixWork *work = mp_matrix_work_load(path, error);
    g_assert_cmpint(g_remove(path), ==, 0);
    return work;
}

static void test_an_expected_finding_must_exist(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpMatrixWork) work = load(
        HEAD "axes: {networks: [clean], role: [guest]}\nexpect: {findings: [udp-blockd]}\n",
        &error);
    g_assert_null(work);
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_true(g_str_has_suffix(
        error->message,
        "mediapath-work.yaml: cell clean+guest: \"udp-blockd\" was found among its "
        "expected findings, which no check reports (did you mean \"udp-blocked\"?)"));
}

static void test_built_in_networks_expect_what_exists(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpMatrixWork) work = load(HEAD "axes: {networks: [\"*\"]}\n", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(work->records->len, >, 50);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matrix-work/an-expected-finding-must-exist",
                    test_an_expected_finding_must_exist);
    g_test_add_func("/matrix-work/built-in-networks-expect-what-exists",
                    test_built_in_networks_expect_what_exists);
    return g_test_run();
}
