/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * fsync(2) of the file before its name, and of the folder after it.
 */
#include "matrix/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/error.h"

static gboolean fail(const char *path, GError **error)
{
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

static gboolean sync_path(const char *path, int flags, GError **error)
{
    int fd = open(path, flags | O_CLOEXEC);
    gboolean is_done = fd >= 0 && fsync(fd) == 0;
    if (!is_done)
        fail(path, error);
    if (fd >= 0)
        close(fd);
    return is_done;
}

gboolean mp_durable_rename(const char *from, const char *to, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(to);
    if (!sync_path(from, O_RDONLY, error))
        return FALSE;
    if (g_rename(from, to) != 0)
        return fail(to, error);
    return sync_path(folder, O_RDONLY | O_DIRECTORY, error);
}

gboolean mp_durable_write(const char *path, const char *text, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (g_file_set_contents_full(path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                                 &reason))
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s", reason->message);
    return FALSE;
}
