/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Secrets from files, and what is said of a file that will not do.
 */
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/secret.h"

typedef struct {
    char *directory;
    char *path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    fixture->directory = g_dir_make_tmp("mediapath-test-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->directory, "secret", NULL);
}

static void tear_down(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    (void)g_remove(fixture->path);
    (void)g_rmdir(fixture->directory);
    g_free(fixture->path);
    g_free(fixture->directory);
}

static MpSecret *read_content(Fixture *fixture, const char *content, gssize length, int mode,
                              GError **error)
{
    g_assert_true(g_file_set_contents(fixture->path, content, length, NULL));
    g_assert_cmpint(g_chmod(fixture->path, mode), ==, 0);
    return mp_secret_read_file(fixture->path, error);
}

static void test_the_first_line_is_the_secret(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    static const char *const contents[] = {"word", "word\n", "word\r\nmore\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(contents); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MpSecret) secret = read_content(fixture, contents[i], -1, 0600, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(mp_secret_peek(secret), ==, "word");
    }
}

static void expect(Fixture *fixture, const char *content, gssize length, int mode,
                   const char *message)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(read_content(fixture, content, length, mode, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_autofree char *expected = g_strconcat(fixture->path, message, NULL);
    g_assert_true(g_str_has_prefix(error->message, expected));
    g_assert_null(g_strrstr(error->message, "word"));
}

static void test_each_flaw_names_the_file_and_not_the_secret(Fixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autofree char *huge = g_strnfill(5000, 'w');
    expect(fixture, "", 0, 0600, ":1: the first line is empty, expected a secret");
    expect(fixture, "\nword\n", -1, 0600, ":1: the first line is empty, expected a secret");
    expect(fixture, "wo\0rd", 5, 0600, ": a NUL byte was found, expected one line of text");
    expect(fixture, huge, -1, 0600, ": more than 4096 bytes were found, expected one line");
    expect(fixture, "word", -1, 0640, ": mode 640 lets others read the secret, expected 600");
}

static void test_a_missing_file_is_named(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_secret_read_file("/nonexistent/secret", &error));
    g_assert_cmpstr(error->message, ==, "/nonexistent/secret: No such file or directory");
}

static void test_no_secret_peeks_as_null(void)
{
    g_assert_null(mp_secret_peek(NULL));
    mp_secret_free(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/secret/first-line", Fixture, NULL, set_up, test_the_first_line_is_the_secret,
               tear_down);
    g_test_add("/secret/flaws", Fixture, NULL, set_up,
               test_each_flaw_names_the_file_and_not_the_secret, tear_down);
    g_test_add_func("/secret/missing", test_a_missing_file_is_named);
    g_test_add_func("/secret/null", test_no_secret_peeks_as_null);
    return g_test_run();
}
