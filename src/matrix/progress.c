/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The remaining time, from what this run has finished: parallel cells are in the pace already.
 */
#include "matrix/progress.h"

MpTime mp_matrix_progress_remaining(const MpMatrixProgress *progress)
{
    guint n_left = progress->n_cells - progress->n_finished;
    if (n_left == 0)
        return 0;
    if (progress->n_finished_now == 0)
        return -1;
    return progress->elapsed / progress->n_finished_now * n_left;
}
