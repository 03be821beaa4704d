/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A set of entries; the entry itself is its key.
 */
#include "probe/record_index.h"

struct _MpRecordIndex {
    GHashTable *entries;
};

/* Sequence numbers of a stream follow each other: multiplied they spread over the buckets. */
static guint hash_entry(gconstpointer key)
{
    const MpRecordEntry *entry = key;
    return (entry->ssrc ^ entry->sequence) * 2654435761u;
}

static gboolean is_same(gconstpointer a, gconstpointer b)
{
    const MpRecordEntry *x = a;
    const MpRecordEntry *y = b;
    return x->ssrc == y->ssrc && x->sequence == y->sequence;
}

MpRecordIndex *mp_record_index_new(const GArray *entries)
{
    MpRecordIndex *index = g_new(MpRecordIndex, 1);
    index->entries = g_hash_table_new(hash_entry, is_same);
    for (guint i = 0; i < entries->len; i++) {
        MpRecordEntry *entry = &g_array_index(entries, MpRecordEntry, i);
        if (!g_hash_table_contains(index->entries, entry))
            g_hash_table_add(index->entries, entry);
    }
    return index;
}

void mp_record_index_free(MpRecordIndex *index)
{
    if (!index)
        return;
    g_hash_table_unref(index->entries);
    g_free(index);
}

const MpRecordEntry *mp_record_index_find(const MpRecordIndex *index, guint32 ssrc,
                                          guint32 sequence)
{
    const MpRecordEntry key = {.ssrc = ssrc, .sequence = sequence};
    return g_hash_table_lookup(index->entries, &key);
}
