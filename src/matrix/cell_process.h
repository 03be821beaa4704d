/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One cell at work: a child process `mediapath lab ... -- mediapath check ...`, its log and its
 * time limit. It dies with us. Belongs to the thread of the default main context.
 */
#pragma once

#include "base/time.h"

typedef struct {
    int status;       /* exit status, or 128 + the signal that ended it */
    gboolean is_hung; /* ended by us: its time was over */
    gboolean is_cut;  /* ended by us: mp_cell_process_end() */
    MpTime took;
} MpCellExit;

typedef struct _MpCellProcess MpCellProcess;

typedef void (*MpCellEnded)(const MpCellExit *how, gpointer user_data);

typedef struct {
    const char *const *argv;
    const char *log;       /* appended to */
    const char *lock;      /* MEDIAPATH_MEASUREMENT_LOCK */
    const char *wait_mark; /* MEDIAPATH_MEASUREMENT_WAIT: its time does not run meanwhile */
    MpTime deadline;       /* span */
    MpCellEnded ended;     /* called once, from the main context */
    gpointer user_data;
} MpCellProcessConfig;

/* Strings are lent for the call. NULL with MP_ERROR_UNAVAILABLE. */
MpCellProcess *mp_cell_process_start(const MpCellProcessConfig *config, GError **error);
/* Only after it has ended. */
void mp_cell_process_free(MpCellProcess *process);

/* Asks it to end; it is killed when it does not within MP_CELL_GRACE. */
#define MP_CELL_GRACE MP_SEC(2)
void mp_cell_process_end(MpCellProcess *process);

/* Sees to its time limit; call it several times a second. */
void mp_cell_process_tick(MpCellProcess *process, MpTime now);

/* The last lines that it wrote in this run, one line of text; "" when there are none. Free with
 * g_free(). */
char *mp_cell_process_tail(const MpCellProcess *process);
