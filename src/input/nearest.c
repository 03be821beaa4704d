/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The word that was probably meant: edit distance with neighbours swapped counting once.
 */
#include "input/nearest.h"

#include <string.h>

#define MAX_SLIPS 2
#define MAX_WORD 64

/* Optimal string alignment: insert, delete, replace, or swap two neighbours. */
static gsize count_slips(const char *a, const char *b)
{
    guint rows[MAX_WORD + 1][MAX_WORD + 1];
    gsize a_length = strlen(a);
    gsize b_length = strlen(b);
    for (guint i = 0; i <= a_length; i++)
        rows[i][0] = i;
    for (guint j = 0; j <= b_length; j++)
        rows[0][j] = j;

    for (guint i = 1; i <= a_length; i++)
        for (guint j = 1; j <= b_length; j++) {
            guint replaced = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            rows[i][j] = MIN(replaced, MIN(rows[i - 1][j], rows[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i][j] = MIN(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    return rows[a_length][b_length];
}

char *mp_nearest_hint(const char *word, GPtrArray *candidates)
{
    const char *nearest = NULL;
    gsize fewest = MAX_SLIPS + 1;
    for (guint i = 0; i < candidates->len && strlen(word) <= MAX_WORD; i++) {
        const char *candidate = g_ptr_array_index(candidates, i);
        if (strlen(candidate) > MAX_WORD)
            continue;
        gsize slips = count_slips(word, candidate);
        /* Two slips make any short word out of any other. */
        if (slips < fewest && slips * 2 < strlen(candidate)) {
            fewest = slips;
            nearest = candidate;
        }
    }
    return nearest ? g_strdup_printf(" (did you mean \"%s\"?)", nearest) : g_strdup("");
}
