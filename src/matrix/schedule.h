/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carries out the cells that the journal says are pending, several at a time.
 */
#pragma once

#include <gio/gio.h>

#include "matrix/folder.h"
#include "matrix/progress.h"
#include "plan/matrix.h"

/* A cell that the machine spoiled runs again, alone and after all others, at most so many times in
 * all. */
#define MP_CELL_MOST_SPOILED 3

/* `finished` is the cell that has just ended; NULL: time has passed. */
typedef void (*MpMatrixProgressed)(const MpMatrixProgress *progress, const MpCellRecord *finished,
                                   gpointer user_data);

typedef struct {
    const MpMatrix *matrix;
    const GPtrArray *cells;    /* MpMatrixCell*, all of the matrix */
    const GPtrArray *networks; /* char*: network.json of each */
    const MpMatrixFolder *folder;
    MpJournal *journal;
    const char *program; /* mediapath itself */
    const char *lang;
    guint n_jobs;
    GCancellable *cancellable; /* cancelled: what runs is ended and put back */
    MpMatrixProgressed progressed;
    gpointer user_data;
} MpMatrixSchedule;

/* Runs the default main context until all is done or cancelled. FALSE with MP_ERROR_UNAVAILABLE
 * when the journal or a folder cannot be written; what ran is ended first. */
gboolean mp_matrix_schedule_run(const MpMatrixSchedule *schedule, GError **error);
