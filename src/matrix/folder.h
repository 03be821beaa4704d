/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The folder of a matrix:
 *
 *   journal.sqlite   what was done
 *   lock             held while a matrix works here
 *   measurement.lock one cell at a time measures media
 *   matrix.json      the summary
 *   cells/ID/        network.json, result.json, log.txt, truth.jsonl
 */
#pragma once

#include <glib.h>

typedef struct {
    char *path;    /* absolute */
    char *journal; /* its path */
    int lock;      /* -1: not held */
} MpMatrixFolder;

typedef enum {
    MP_FOLDER_NEW,    /* refused where there is something already */
    MP_FOLDER_RESUME, /* what is there is taken up; made where there is nothing yet */
    MP_FOLDER_READ,   /* another matrix's: must be there, and nobody works in it */
} MpFolderUse;

/* MP_ERROR_INPUT: it cannot be used that way. MP_ERROR_UNAVAILABLE: it cannot be made. */
MpMatrixFolder *mp_matrix_folder_open(const char *path, MpFolderUse use, GError **error);
void mp_matrix_folder_free(MpMatrixFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMatrixFolder, mp_matrix_folder_free)

gboolean mp_matrix_folder_has_journal(const MpMatrixFolder *folder);

/* "cells/ID/NAME" below the folder. Free with g_free(). */
char *mp_matrix_folder_file(const MpMatrixFolder *folder, const char *id, const char *name);
/* Makes the cell's folder. */
gboolean mp_matrix_folder_make_cell(const MpMatrixFolder *folder, const char *id, GError **error);
/* Locked by the cell's check while it waits for its turn to measure. */
#define MP_WAIT_MARK "waiting"

/* Removes the results of attempts that were cut off, and the mark. */
void mp_matrix_folder_clean_cell(const MpMatrixFolder *folder, const char *id);
