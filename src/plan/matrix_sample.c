/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sampling: a shuffle by the seed, then the greedy choice of what covers most.
 */
#include "plan/matrix_sample.h"

#include "base/splitmix.h"

/* Fisher and Yates; the bias of the modulus is below 2^-40 for any list that fits in memory. */
static guint *shuffled(guint count, guint64 seed)
{
    guint *order = g_new(guint, count);
    for (guint i = 0; i < count; i++)
        order[i] = i;
    for (guint i = count; i > 1; i--) {
        guint j = (guint)(mp_splitmix_next(&seed) % i);
        guint kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
    return order;
}

/* The texts of each axis' values that a chosen point has; lent by the points. */
typedef struct {
    GHashTable *texts[MP_N_AXES];
    gboolean is_complete; /* nothing new is left in any point */
} Coverage;

static guint count_new(const MpMatrixPoint *point, const Coverage *coverage)
{
    guint count = 0;
    for (guint i = 0; i < MP_N_AXES && !coverage->is_complete; i++)
        count += point->values[i] &&
                 !g_hash_table_contains(coverage->texts[i], point->values[i]->text);
    return count;
}

static void cover(const MpMatrixPoint *point, Coverage *coverage)
{
    coverage->is_complete = count_new(point, coverage) == 0;
    for (guint i = 0; i < MP_N_AXES; i++)
        if (point->values[i])
            g_hash_table_add(coverage->texts[i], point->values[i]->text);
}

/* The first, in the shuffled order, of those that cover most; G_MAXUINT when all are chosen. */
static guint choose(const GPtrArray *points, const guint *order, const gboolean *is_chosen,
                    const Coverage *coverage)
{
    guint best = G_MAXUINT;
    guint most = 0;
    for (guint i = 0; i < points->len; i++) {
        guint index = order[i];
        guint count = is_chosen[index] ? 0 : count_new(points->pdata[index], coverage);
        if (!is_chosen[index] && (best == G_MAXUINT || count > most)) {
            best = index;
            most = count;
        }
    }
    return best;
}

void mp_matrix_sample(GPtrArray *points, guint n_wanted, guint64 seed)
{
    guint n_points = points->len;
    g_autofree guint *order = shuffled(n_points, seed);
    g_autofree gboolean *is_chosen = g_new0(gboolean, n_points + 1);
    Coverage coverage = {.is_complete = FALSE};
    for (guint i = 0; i < MP_N_AXES; i++)
        coverage.texts[i] = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < MIN(n_wanted, n_points); i++) {
        guint index = choose(points, order, is_chosen, &coverage);
        is_chosen[index] = TRUE;
        cover(points->pdata[index], &coverage);
    }
    for (guint i = 0; i < MP_N_AXES; i++)
        g_hash_table_unref(coverage.texts[i]);
    for (guint i = n_points; i-- > 0;)
        if (!is_chosen[i])
            g_ptr_array_remove_index(points, i);
}
