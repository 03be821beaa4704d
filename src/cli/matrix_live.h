/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Progress of a matrix on standard error: one line for each finished cell, and where it is a
 * terminal a last line that is rewritten.
 */
#pragma once

#include "matrix/schedule.h"

typedef struct _MpMatrixLive MpMatrixLive;

MpMatrixLive *mp_matrix_live_new(gboolean is_terminal, gboolean use_color);
void mp_matrix_live_free(MpMatrixLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMatrixLive, mp_matrix_live_free)

/* An MpMatrixProgressed; `user_data` is the MpMatrixLive. */
void mp_matrix_live_show(const MpMatrixProgress *progress, const MpCellRecord *finished,
                         gpointer user_data);
