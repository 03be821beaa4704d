/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The linear function of several columns that comes nearest to one.
 */
#pragma once

#include <glib.h>

#define MP_LEAST_SQUARES_COLUMNS 12

typedef struct {
    guint n_columns;
    double constant;
    double slopes[MP_LEAST_SQUARES_COLUMNS];
    double deviation; /* of what it leaves, for so many degrees of freedom */
} MpLeastSquares;

/* `rows`: n rows of n_columns values; `values`: n of them. Columns that others give again, or that
 * never change, get a slope of nearly 0. `n_columns` at most MP_LEAST_SQUARES_COLUMNS, n more. */
MpLeastSquares mp_least_squares(const double *rows, guint n_columns, const double *values, guint n);
double mp_least_squares_at(const MpLeastSquares *fit, const double *row);
