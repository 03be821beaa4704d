/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of STAMP keys, good and bad.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "responder/stamp_keys.h"

#define GOOD "sixteen letters.."

static MpStampKeys *read_text(const char *text, int mode, GError **error)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("stamp-keys-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, mode), ==, 0);
    MpStampKeys *keys = mp_stamp_keys_read_file(path, error);
    (void)g_unlink(path);
    return keys;
}

static void test_good_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpStampKeys) keys = read_text("# two sites\n\n4294967295 \t" GOOD " with spaces \r\n"
                                            "  0 hex:000102030405060708090a0b0c0d0e0F",
                                            0600, &error);
    g_assert_no_error(error);
    guint32 id;
    g_assert_nonnull(mp_stamp_keys_find(keys, 0));
    g_assert_null(mp_stamp_keys_find(keys, 1));
    g_assert_true(mp_stamp_keys_first(keys, &id) == mp_stamp_keys_find(keys, G_MAXUINT32));
    g_assert_cmpuint(id, ==, G_MAXUINT32);

    g_autoptr(MpStampKey) alone = mp_stamp_key_new(GOOD " with spaces", NULL);
    const MpBytes text = {(const guint8 *)"text", 4};
    guint8 hmac[MP_STAMP_HMAC_SIZE];
    mp_stamp_key_sign(alone, text, (MpBytes){NULL, 0}, hmac);
    g_assert_true(
        mp_stamp_key_verify(mp_stamp_keys_find(keys, G_MAXUINT32), text, (MpBytes){NULL, 0}, hmac));
}

static void test_bad_files(void)
{
    static const struct {
        const char *text;
        const char *message;
    } rows[] = {
        {"", ":1: no key"},
        {"# nothing\n", ":1: no key"},
        {"1 " GOOD "\n" GOOD "\n", ":2: expected \"ID KEY\""},
        {"-1 " GOOD, ":1: expected \"ID KEY\""},
        {"4294967296 " GOOD, ":1: expected \"ID KEY\""},
        {"99999999999999999999999 " GOOD, ":1: expected \"ID KEY\""},
        {"1" GOOD, ":1: expected \"ID KEY\""},
        {"1 short", ":1: STAMP key: found 5 bytes"},
        {"1 hex:zz", ":1: STAMP key: what follows"},
        {"1 " GOOD "\n1 " GOOD, ":2: the ID stands in an earlier line"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(read_text(rows[i].text, 0600, &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, rows[i].message));
        g_assert_null(strstr(error->message, GOOD));
    }
}

static void test_others_may_read(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(read_text("1 " GOOD, 0644, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, "mode 644"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/responder/stamp-keys/good-file", test_good_file);
    g_test_add_func("/responder/stamp-keys/bad-files", test_bad_files);
    g_test_add_func("/responder/stamp-keys/others-may-read", test_others_may_read);
    return g_test_run();
}
