/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The cells of a matrix.
 */
#include "plan/matrix.h"

#include <string.h>

#include "plan/matrix_sample.h"

#define SHORT_HASH 8

/* What leaves a network's own expectation in force. */
static const gboolean keeps_outcome[MP_N_AXES] = {
    [MP_AXIS_NETWORK] = TRUE,
    [MP_AXIS_CODEC] = TRUE,
};

void mp_matrix_cell_free(MpMatrixCell *cell)
{
    if (!cell)
        return;
    g_free(cell->id);
    mp_matrix_point_free(cell->point);
    g_free(cell);
}

static char *shorten(char *id)
{
    if (strlen(id) <= MP_MATRIX_LONGEST_ID)
        return id;
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, id, -1);
    id[MP_MATRIX_LONGEST_ID - SHORT_HASH - 1] = '\0';
    char *cut = g_strdup_printf("%s-%.*s", id, SHORT_HASH, hash);
    g_free(id);
    return cut;
}

/* The words of a network, a way, a session say what they are; a number does not. */
static char *name_cell(const MpMatrixPoint *point, guint run, guint repeats)
{
    GString *id = g_string_new(point->values[MP_AXIS_NETWORK]->text);
    for (guint i = MP_AXIS_NETWORK + 1; i < MP_N_AXES; i++) {
        const MpAxisValue *value = point->values[i];
        if (value && mp_axis_is_link((MpAxis)i))
            g_string_append_printf(id, "+%s-%s", mp_axis_name((MpAxis)i), value->text);
        else if (value)
            g_string_append_printf(id, "+%s", value->text);
    }
    if (repeats > 1)
        g_string_append_printf(id, "+run-%u", run);
    return shorten(g_string_free(id, FALSE));
}

static gboolean is_excluded(const MpMatrix *matrix, const MpMatrixPoint *point)
{
    for (guint i = 0; i < matrix->exclude->len; i++)
        if (mp_matrix_point_matches(point, matrix->exclude->pdata[i]))
            return TRUE;
    return FALSE;
}

/* Takes the point. */
static void add_point(GPtrArray *points, GHashTable *known, MpMatrixPoint *point)
{
    char *key = name_cell(point, 1, 1);
    if (g_hash_table_add(known, key))
        g_ptr_array_add(points, point);
    else
        mp_matrix_point_free(point);
}

guint64 mp_matrix_combinations(const MpMatrix *matrix)
{
    guint64 count = 1;
    for (guint i = 0; i < MP_N_AXES; i++)
        count *= MAX(matrix->axes[i]->len, 1);
    return count;
}

/* The combination with that number: the last axis counts fastest. */
static MpMatrixPoint *make_combination(const MpMatrix *matrix, guint64 number)
{
    MpMatrixPoint *point = g_new0(MpMatrixPoint, 1);
    for (guint i = MP_N_AXES; i-- > 0;) {
        const GPtrArray *values = matrix->axes[i];
        if (values->len == 0)
            continue;
        point->values[i] = mp_axis_value_copy(values->pdata[number % values->len]);
        number /= values->len;
    }
    return point;
}

static GPtrArray *all_points(const MpMatrix *matrix)
{
    GPtrArray *points = g_ptr_array_new_with_free_func((GDestroyNotify)mp_matrix_point_free);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean has_axes = matrix->axes[MP_AXIS_NETWORK]->len > 0;
    guint64 n_combinations = has_axes ? mp_matrix_combinations(matrix) : 0;
    for (guint64 i = 0; i < n_combinations; i++) {
        MpMatrixPoint *point = make_combination(matrix, i);
        if (is_excluded(matrix, point))
            mp_matrix_point_free(point);
        else
            add_point(points, known, point);
    }
    for (guint i = 0; i < matrix->include->len; i++)
        add_point(points, known, mp_matrix_point_copy(matrix->include->pdata[i]));
    return points;
}

GPtrArray *mp_matrix_cells(const MpMatrix *matrix)
{
    g_autoptr(GPtrArray) points = all_points(matrix);
    if (matrix->sample_cells > 0)
        mp_matrix_sample(points, matrix->sample_cells, matrix->sample_seed);

    GPtrArray *cells = g_ptr_array_new_with_free_func((GDestroyNotify)mp_matrix_cell_free);
    for (guint i = 0; i < points->len; i++)
        for (guint run = 1; run <= matrix->repeats; run++) {
            MpMatrixCell *cell = g_new0(MpMatrixCell, 1);
            cell->id = name_cell(points->pdata[i], run, matrix->repeats);
            cell->index = cells->len;
            cell->point = mp_matrix_point_copy(points->pdata[i]);
            cell->run = run;
            g_ptr_array_add(cells, cell);
        }
    return cells;
}

gboolean mp_matrix_is_in_shard(const MpMatrixCell *cell, guint shard, guint n_shards)
{
    g_return_val_if_fail(shard >= 1 && shard <= n_shards, FALSE);
    return cell->index % n_shards == shard - 1;
}

const MpMatrixExpectation *mp_matrix_expectation_for(const MpMatrix *matrix,
                                                     const MpMatrixPoint *point)
{
    for (guint i = 0; i < matrix->expectations->len; i++) {
        const MpMatrixExpectation *expectation = matrix->expectations->pdata[i];
        if (mp_matrix_point_matches(point, expectation->when))
            return expectation;
    }
    return NULL;
}

gboolean mp_matrix_keeps_network(const MpMatrix *matrix, const MpMatrixPoint *point)
{
    for (guint i = 0; i < MP_N_AXES; i++)
        if (point->values[i] && !keeps_outcome[i])
            return FALSE;
    return !matrix->changes_outcome;
}
