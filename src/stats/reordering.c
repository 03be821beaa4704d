/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reordered packets by the rule of RFC 4737 section 3: one whose number is smaller than the next
 * one expected.
 */
#include "stats/reordering.h"

#include <math.h>

struct _MpReordering {
    GHashTable *seen; /* sequence numbers that arrived */
    guint64 next_expected;
    gsize reordered;
    gsize duplicates;
};

MpReordering *mp_reordering_new(void)
{
    MpReordering *reordering = g_new0(MpReordering, 1);
    reordering->seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    return reordering;
}

void mp_reordering_free(MpReordering *reordering)
{
    if (!reordering)
        return;
    g_hash_table_unref(reordering->seen);
    g_free(reordering);
}

void mp_reordering_add(MpReordering *reordering, guint32 sequence)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): GLib's own way to a set of numbers */
    if (!g_hash_table_add(reordering->seen, GUINT_TO_POINTER(sequence)))
        reordering->duplicates++;
    else if (sequence < reordering->next_expected)
        reordering->reordered++;
    else
        reordering->next_expected = (guint64)sequence + 1;
}

double mp_reordering_percent(const MpReordering *reordering)
{
    const guint arrived = g_hash_table_size(reordering->seen);
    return arrived == 0 ? NAN : 100.0 * (double)reordering->reordered / arrived;
}

gsize mp_reordering_duplicates(const MpReordering *reordering)
{
    return reordering->duplicates;
}
