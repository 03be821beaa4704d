/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From the axes of a matrix to its cells. Pure: one matrix, one list, on every machine.
 */
#pragma once

#include "model/matrix.h"

typedef struct {
    char *id;             /* unique, fit for a file's name: "clean+loss-2+delay-100" */
    guint index;          /* place among the cells of the whole matrix, from 0 */
    MpMatrixPoint *point; /* always says a network */
    guint run;            /* of the repeats, from 1 */
} MpMatrixCell;

void mp_matrix_cell_free(MpMatrixCell *cell);

/* Longest id. A longer one is cut and ends with a hash of the whole. */
#define MP_MATRIX_LONGEST_ID 120

/* MpMatrixCell*, in order: every combination of the axes' values without those excluded, the
 * included ones after them, then the sample of both. The same point twice is one cell. Free with
 * g_ptr_array_unref(). */
GPtrArray *mp_matrix_cells(const MpMatrix *matrix);

/* How many the axes alone make, before anything is left out. */
guint64 mp_matrix_combinations(const MpMatrix *matrix);

/* Whether shard `shard` (from 1) of `n_shards` has the cell: every cell is in exactly one, and
 * their sizes differ by one at most. */
gboolean mp_matrix_is_in_shard(const MpMatrixCell *cell, guint shard, guint n_shards);

/* What the matrix expects of the cell; NULL: nothing. Lent. */
const MpMatrixExpectation *mp_matrix_expectation_for(const MpMatrix *matrix,
                                                     const MpMatrixPoint *point);

/* The cell's network as its file describes it, and a check that is as the file's author ran it:
 * what the file expects holds here too. */
gboolean mp_matrix_keeps_network(const MpMatrix *matrix, const MpMatrixPoint *point);
