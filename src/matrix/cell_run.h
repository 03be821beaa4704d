/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One attempt of a cell, from its folder to the journal.
 */
#pragma once

#include "matrix/cell_process.h"
#include "matrix/schedule.h"

typedef enum {
    MP_CELL_RUN_FINISHED, /* the journal has it */
    MP_CELL_RUN_SPOILED,  /* put back, to be tried again */
    MP_CELL_RUN_CUT,      /* put back */
    MP_CELL_RUN_BROKEN,   /* the journal or the folder cannot be written */
} MpCellRunEnd;

typedef struct _MpCellRun MpCellRun;

/* `finished` is lent; NULL unless MP_CELL_RUN_FINISHED. `error` is set for MP_CELL_RUN_BROKEN. */
typedef void (*MpCellRunEnded)(MpCellRun *run, MpCellRunEnd end, const MpCellRecord *finished,
                               const GError *error, gpointer user_data);

/* Says "running" in the journal and starts the child. `record` is lent until the end. NULL with
 * MP_ERROR_UNAVAILABLE. */
MpCellRun *mp_cell_run_start(const MpMatrixSchedule *schedule, const MpCellRecord *record,
                             MpCellRunEnded ended, gpointer user_data, GError **error);
void mp_cell_run_free(MpCellRun *run);

const MpCellRecord *mp_cell_run_record(const MpCellRun *run);
void mp_cell_run_end(MpCellRun *run);
void mp_cell_run_tick(MpCellRun *run, MpTime now);
