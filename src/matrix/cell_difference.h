/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is wrong with a cell, in words and in the present language.
 */
#pragma once

#include "matrix/journal.h"

/* What its check found against what was expected, such as `verdict degraded instead of stable`;
 * NULL: it is as expected, or nothing was. Every expected finding must be there, and none where
 * none is expected. Free with g_free(). */
char *mp_cell_difference(const MpCellRecord *record);

/* What differs where it is done, why it failed where it failed; NULL: neither. Free with
 * g_free(). */
char *mp_cell_trouble(const MpCellRecord *record);
