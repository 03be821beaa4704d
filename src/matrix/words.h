/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words that the renderings for people share, in the present language.
 */
#pragma once

#include "matrix/summary.h"

/* "live video" for "live_video"; a name that has none stands for itself. */
const char *mp_matrix_word(const char *name);
/* "Network", "Loss". */
const char *mp_axis_title(MpAxis axis);
/* "stable", "could not be carried out", "not run yet". */
const char *mp_cell_word(const MpCellRecord *record);
/* The same, and a link's number gets its unit. Free with g_free(). */
char *mp_axis_value_word(MpAxis axis, const char *text);
/* "40 cells: 38 as expected, 1 differs, 1 not carried out". Free with g_free(). */
char *mp_counts_sentence(const MpSummaryCounts *counts);
