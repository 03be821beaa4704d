/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a matrix has done so far, in SQLite: one transaction for each change of a cell, durable when
 * the call returns, so that a kill or a power cut at any moment leaves it true.
 *
 *   pending --start--> running --finish--> done | failed
 *      ^                  |
 *      +----put_back------+   (spoiled, interrupted, or found running by recover)
 */
#pragma once

#include <glib.h>

typedef enum { MP_CELL_PENDING, MP_CELL_RUNNING, MP_CELL_DONE, MP_CELL_FAILED } MpCellState;
#define MP_N_CELL_STATES (MP_CELL_FAILED + 1)
/* "pending", "running", "done", "failed". */
const char *mp_cell_state_name(MpCellState state);

typedef enum { MP_ANSWER_RECORDED, MP_ANSWER_EXPECTED, MP_ANSWER_DIFFERENT } MpCellAnswer;

/* One row. What is not known yet is NULL or -1. */
typedef struct {
    char *id;
    guint index;      /* in the whole matrix */
    char *parameters; /* JSON: axis name to value text, and "run" */
    char *expected;   /* JSON: findings, verdict, exit; NULL: nothing is */
    char *network;    /* SHA-256 of its network.json */
    gboolean is_mine; /* of this shard */
    MpCellState state;
    guint attempts;  /* started */
    guint n_spoiled; /* of these: the machine spoiled them */
    char *started;   /* the last attempt, RFC 3339 */
    char *finished;
    double duration_ms;
    int exit;
    char *verdict;  /* of the session that decides the cell */
    char *findings; /* JSON: ids of what is wrong */
    MpCellAnswer answer;
    gboolean is_spoiled; /* also the last attempt */
    char *error;         /* failed: why */
} MpCellRecord;

MpCellRecord *mp_cell_record_new(const char *id, guint index);
void mp_cell_record_free(MpCellRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpCellRecord, mp_cell_record_free)

/* Which matrix, for whom. All lent to mp_journal_create(). */
typedef struct {
    char *name;
    char *text;    /* the file's */
    char *version; /* of mediapath */
    guint shard;   /* from 1 */
    guint n_shards;
} MpJournalInfo;

typedef struct _MpJournal MpJournal;

/* Makes the file with all `cells` (MpCellRecord*) in it, or nothing. MP_ERROR_UNAVAILABLE. */
MpJournal *mp_journal_create(const char *path, const MpJournalInfo *info, const GPtrArray *cells,
                             GError **error);
/* Of a file that another run made. MP_ERROR_INPUT when it is no journal, MP_ERROR_UNAVAILABLE when
 * it cannot be read. */
MpJournal *mp_journal_open(const char *path, GError **error);
void mp_journal_free(MpJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpJournal, mp_journal_free)

const MpJournalInfo *mp_journal_info(const MpJournal *journal);

/* MpCellRecord*, in the matrix's order. NULL with MP_ERROR_UNAVAILABLE. */
GPtrArray *mp_journal_cells(MpJournal *journal, GError **error);

/* Each is FALSE with MP_ERROR_UNAVAILABLE, also when the cell is not in the state that the change
 * starts from; then nothing has changed. */
gboolean mp_journal_start(MpJournal *journal, const char *id, GError **error);
/* `record` has the new state and what goes with it; attempts and spoiled ones are the journal's. */
gboolean mp_journal_finish(MpJournal *journal, const MpCellRecord *record, GError **error);
gboolean mp_journal_put_back(MpJournal *journal, const char *id, gboolean is_spoiled,
                             const char *why, GError **error);
/* A finished cell whose result has gone. */
gboolean mp_journal_forget(MpJournal *journal, const char *id, GError **error);
/* Puts back what was running when the last process ended. */
gboolean mp_journal_recover(MpJournal *journal, GError **error);
