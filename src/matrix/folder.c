/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The folder of a matrix and who works in it.
 */
#include "matrix/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"

#define ATTEMPT_PREFIX "result.attempt-"

static gboolean is_empty(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    return !directory || !g_dir_read_name(directory);
}

static gboolean check_use(const MpMatrixFolder *folder, MpFolderUse use, GError **error)
{
    gboolean has_journal = mp_matrix_folder_has_journal(folder);
    const char *problem = NULL;
    if (use == MP_FOLDER_NEW && has_journal)
        problem = "has a matrix already, expected --resume or another --out";
    else if (use == MP_FOLDER_NEW && !is_empty(folder->path))
        problem = "is not empty, expected an empty or a new folder";
    else if (use == MP_FOLDER_READ && !has_journal)
        problem = "has no journal.sqlite, expected the folder of a matrix";
    if (problem)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s %s", folder->path, problem);
    return !problem;
}

/* The lock dies with its holder, whatever ends it. */
static gboolean take_lock(MpMatrixFolder *folder, MpFolderUse use, GError **error)
{
    g_autofree char *path = g_build_filename(folder->path, "lock", NULL);
    gboolean is_reader = use == MP_FOLDER_READ;
    folder->lock = g_open(path, is_reader ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC,
                          0644);
    if (folder->lock < 0 && is_reader && errno == ENOENT)
        return TRUE;
    if (folder->lock >= 0 && flock(folder->lock, (is_reader ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0)
        return TRUE;
    if (folder->lock >= 0 && errno == EWOULDBLOCK)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: another mediapath matrix works in it",
                    folder->path);
    else
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

static gboolean make(const MpMatrixFolder *folder, GError **error)
{
    g_autofree char *cells = g_build_filename(folder->path, "cells", NULL);
    if (g_mkdir_with_parents(cells, 0755) == 0)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", cells, g_strerror(errno));
    return FALSE;
}

MpMatrixFolder *mp_matrix_folder_open(const char *path, MpFolderUse use, GError **error)
{
    MpMatrixFolder *folder = g_new0(MpMatrixFolder, 1);
    folder->lock = -1;
    folder->path = g_canonicalize_filename(path, NULL);
    folder->journal = g_build_filename(folder->path, "journal.sqlite", NULL);
    if (check_use(folder, use, error) && (use == MP_FOLDER_READ || make(folder, error)) &&
        take_lock(folder, use, error))
        return folder;
    mp_matrix_folder_free(folder);
    return NULL;
}

void mp_matrix_folder_free(MpMatrixFolder *folder)
{
    if (!folder)
        return;
    if (folder->lock >= 0)
        close(folder->lock);
    g_free(folder->path);
    g_free(folder->journal);
    g_free(folder);
}

gboolean mp_matrix_folder_has_journal(const MpMatrixFolder *folder)
{
    return g_file_test(folder->journal, G_FILE_TEST_EXISTS);
}

char *mp_matrix_folder_file(const MpMatrixFolder *folder, const char *id, const char *name)
{
    return g_build_filename(folder->path, "cells", id, name, NULL);
}

gboolean mp_matrix_folder_make_cell(const MpMatrixFolder *folder, const char *id, GError **error)
{
    g_autofree char *path = g_build_filename(folder->path, "cells", id, NULL);
    if (g_mkdir_with_parents(path, 0755) == 0)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

void mp_matrix_folder_clean_cell(const MpMatrixFolder *folder, const char *id)
{
    g_autofree char *path = g_build_filename(folder->path, "cells", id, NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (directory && (name = g_dir_read_name(directory))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_str_has_prefix(name, ATTEMPT_PREFIX) || g_str_equal(name, MP_WAIT_MARK))
            (void)g_unlink(file);
    }
}
