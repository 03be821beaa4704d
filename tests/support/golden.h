/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text compared with a file of tests/golden/. With MP_UPDATE_GOLDEN=1 in the environment the file
 * is written instead; look at the difference before committing it.
 */
#pragma once

#include <glib.h>

static inline void assert_golden(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(g_getenv("MP_TEST_DATA"), "..", "golden", name, NULL);
    if (g_strcmp0(g_getenv("MP_UPDATE_GOLDEN"), "1") == 0) {
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return;
    }
    g_autofree char *expected = NULL;
    g_assert_true(g_file_get_contents(path, &expected, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}
