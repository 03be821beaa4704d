/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A whole matrix: from its file to its summary.
 */
#pragma once

#include "matrix/schedule.h"
#include "matrix/summary.h"

/* A matrix with its cells and their networks made out. */
typedef struct {
    MpMatrix *matrix;
    char *text;          /* the file's */
    GPtrArray *cells;    /* MpMatrixCell* */
    GPtrArray *networks; /* char*: network.json of each */
    GPtrArray *records;  /* MpCellRecord*: each as it starts */
} MpMatrixWork;

/* Reads the file and everything it names. NULL with MP_ERROR_INPUT. */
MpMatrixWork *mp_matrix_work_load(const char *path, GError **error);
void mp_matrix_work_free(MpMatrixWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMatrixWork, mp_matrix_work_free)

/* Which cells are whose. */
void mp_matrix_work_take_shard(MpMatrixWork *work, guint shard, guint n_shards);

/* The journal of `folder`: made new, or taken up again where it is the same matrix. MP_ERROR_INPUT
 * says what has changed since. */
MpJournal *mp_matrix_work_journal(const MpMatrixWork *work, const MpMatrixFolder *folder,
                                  guint shard, guint n_shards, GError **error);
