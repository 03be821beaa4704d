/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that are written whole or not at all.
 */
#include "cli/output.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <mediapath/error.h>
#include <stdio.h>
#include <unistd.h>

static gboolean is_special(const char *path)
{
    return g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

gboolean mp_output_check(const char *path, GError **error)
{
    if (g_str_equal(path, "-"))
        return TRUE;
    if (*path == '\0' || g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "output \"%s\" is a directory, expected a file", path);
        return FALSE;
    }
    g_autofree char *folder = g_path_get_dirname(path);
    if (access(is_special(path) ? path : folder, W_OK) == 0)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "output \"%s\" cannot be written: %s", path,
                g_strerror(errno));
    return FALSE;
}

static gboolean write_stream(FILE *stream, const char *name, const char *text, GError **error)
{
    if (fputs(text, stream) != EOF && fflush(stream) == 0)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "output \"%s\" cannot be written: %s", name,
                g_strerror(errno));
    return FALSE;
}

static gboolean write_special(const char *path, const char *text, GError **error)
{
    FILE *stream = g_fopen(path, "w");
    if (!stream) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "output \"%s\" cannot be written: %s",
                    path, g_strerror(errno));
        return FALSE;
    }
    gboolean is_written = write_stream(stream, path, text, error);
    return fclose(stream) == 0 && is_written;
}

gboolean mp_output_write(const char *path, const char *text, GError **error)
{
    if (g_str_equal(path, "-"))
        return write_stream(stdout, path, text, error);
    if (is_special(path))
        return write_special(path, text, error);
    return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}
