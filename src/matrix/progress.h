/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How far a matrix is, in numbers.
 */
#pragma once

#include "base/time.h"
#include "matrix/journal.h"

typedef struct {
    guint n_cells;        /* of this shard */
    guint n_finished;     /* done or failed, also by earlier runs */
    guint n_different;    /* done, but not as expected */
    guint n_failed;       /* could not be carried out */
    GPtrArray *running;   /* char*: ids, the longest running first; lent */
    guint n_finished_now; /* by this run */
    MpTime elapsed;       /* of this run */
} MpMatrixProgress;

/* Time until all is done, by the pace of this run; -1: not known yet. */
MpTime mp_matrix_progress_remaining(const MpMatrixProgress *progress);
