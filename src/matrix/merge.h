/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shards of one matrix become one folder.
 */
#pragma once

#include "matrix/folder.h"
#include "matrix/journal.h"

/* Joins the journals and cells of `sources` (paths of folders) into a new folder at `path`, which
 * is opened as `folder`. A cell that no source has finished, or whose result is gone, stays
 * pending. MP_ERROR_INPUT: they are of different matrices, or say different things of one cell;
 * then nothing is written. */
MpJournal *mp_matrix_merge(const char *const *sources, const char *path, MpMatrixFolder **folder,
                           GError **error);
