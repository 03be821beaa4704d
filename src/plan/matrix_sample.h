/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A few points out of many, so that no value of an axis is forgotten.
 */
#pragma once

#include "model/matrix.h"

/* Leaves `n_wanted` of `points` (MpMatrixPoint*) in their order. Chosen one by one: each time one
 * of those with the most values that no chosen one has yet, by lot among these. One seed is one
 * choice. */
void mp_matrix_sample(GPtrArray *points, guint n_wanted, guint64 seed);
