/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Least squares by the normal equations of standardised columns, with a little ridge.
 */
#include "stats/least_squares.h"

#include <math.h>

#define MOST MP_LEAST_SQUARES_COLUMNS
/* Beside 1, the variance of each column: columns that are nearly one share their slope. */
#define RIDGE 1e-6

typedef struct {
    double mean[MOST];
    double deviation[MOST];
    double mean_value;
} Scales;

static Scales scales_of(const double *rows, guint n_columns, const double *values, guint n)
{
    Scales scales = {.mean_value = 0};
    for (guint i = 0; i < n; i++) {
        scales.mean_value += values[i] / n;
        for (guint j = 0; j < n_columns; j++)
            scales.mean[j] += rows[i * n_columns + j] / n;
    }
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < n_columns; j++)
            scales.deviation[j] += pow(rows[i * n_columns + j] - scales.mean[j], 2) / n;
    for (guint j = 0; j < n_columns; j++)
        scales.deviation[j] = sqrt(scales.deviation[j]);
    return scales;
}

static double standard(const Scales *scales, const double *row, guint j)
{
    return scales->deviation[j] > 0 ? (row[j] - scales->mean[j]) / scales->deviation[j] : 0;
}

/* Solves matrix * x = right by Gauss's elimination; the matrix is positive definite. */
static void solve(double matrix[MOST][MOST], double *right, guint n)
{
    for (guint pivot = 0; pivot < n; pivot++)
        for (guint row = pivot + 1; row < n; row++) {
            const double factor = matrix[row][pivot] / matrix[pivot][pivot];
            for (guint column = pivot; column < n; column++)
                matrix[row][column] -= factor * matrix[pivot][column];
            right[row] -= factor * right[pivot];
        }
    for (guint left = n; left > 0; left--) {
        const guint row = left - 1;
        for (guint column = row + 1; column < n; column++)
            right[row] -= matrix[row][column] * right[column];
        right[row] /= matrix[row][row];
    }
}

static void set_slopes(MpLeastSquares *fit, const Scales *scales, const double *rows,
                       const double *values, guint n)
{
    double matrix[MOST][MOST] = {{0}};
    double right[MOST] = {0};
    const guint n_columns = fit->n_columns;
    for (guint i = 0; i < n; i++) {
        const double *row = rows + (gsize)i * n_columns;
        for (guint j = 0; j < n_columns; j++) {
            right[j] += standard(scales, row, j) * (values[i] - scales->mean_value) / n;
            for (guint k = 0; k < n_columns; k++)
                matrix[j][k] += standard(scales, row, j) * standard(scales, row, k) / n;
        }
    }
    for (guint j = 0; j < n_columns; j++)
        matrix[j][j] += RIDGE;
    solve(matrix, right, n_columns);
    fit->constant = scales->mean_value;
    for (guint j = 0; j < n_columns; j++) {
        fit->slopes[j] = scales->deviation[j] > 0 ? right[j] / scales->deviation[j] : 0;
        fit->constant -= fit->slopes[j] * scales->mean[j];
    }
}

MpLeastSquares mp_least_squares(const double *rows, guint n_columns, const double *values, guint n)
{
    g_assert(n_columns <= MOST && n > n_columns + 1);

    const Scales scales = scales_of(rows, n_columns, values, n);
    MpLeastSquares fit = {.n_columns = n_columns};
    set_slopes(&fit, &scales, rows, values, n);
    double left = 0;
    for (guint i = 0; i < n; i++)
        left += pow(values[i] - mp_least_squares_at(&fit, rows + (gsize)i * n_columns), 2);
    fit.deviation = sqrt(left / (n - n_columns - 1));
    return fit;
}

double mp_least_squares_at(const MpLeastSquares *fit, const double *row)
{
    double value = fit->constant;
    for (guint j = 0; j < fit->n_columns; j++)
        value += fit->slopes[j] * row[j];
    return value;
}
