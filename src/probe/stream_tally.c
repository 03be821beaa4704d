/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of each stream of one direction.
 */
#include "probe/stream_tally.h"

/* The number of the original is known to 16 bits: what was sent longer ago is another packet. */
#define LONGEST_REPAIR MP_SEC(30)

typedef struct {
    GHashTable *streams;  /* SSRC -> index of its tally plus one */
    GHashTable *repaired; /* stream and 16 bits -> when the retransmission that came was sent */
    GArray *tallies;
} Tally;

static gint64 key_of(guint32 ssrc, guint32 sequence)
{
    return (gint64)ssrc << 16 | (guint16)sequence;
}

static MpStreamTally *tally_of(Tally *tally, guint32 ssrc)
{
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(tally->streams, GUINT_TO_POINTER(ssrc)));
    if (place == 0) {
        const MpStreamTally new = {.ssrc = ssrc};
        g_array_append_val(tally->tallies, new);
        place = tally->tallies->len;
        g_hash_table_insert(tally->streams, GUINT_TO_POINTER(ssrc), GUINT_TO_POINTER(place));
    }
    return &g_array_index(tally->tallies, MpStreamTally, place - 1);
}

static void note_repaired(Tally *tally, const MpRecordEntry *sent)
{
    const gint64 key = key_of(sent->ssrc + 1, sent->sequence);
    g_hash_table_insert(tally->repaired, g_memdup2(&key, sizeof key),
                        g_memdup2(&sent->time, sizeof sent->time));
}

static gboolean is_repaired(const Tally *tally, const MpRecordEntry *lost)
{
    const gint64 key = key_of(lost->ssrc, lost->sequence);
    const MpTime *when = g_hash_table_lookup(tally->repaired, &key);
    return when && *when >= lost->time && *when - lost->time < LONGEST_REPAIR;
}

static gboolean is_within(const MpMediaWindow *windows, gsize n_windows, MpTime left)
{
    for (gsize i = 0; i < n_windows; i++)
        if (mp_media_window_has(&windows[i], left))
            return TRUE;
    return FALSE;
}

static void add(Tally *tally, const MpRecordEntry *sent, gboolean has_come)
{
    if (sent->is_retransmission) {
        MpStreamTally *stream = tally_of(tally, sent->ssrc + 1);
        stream->rtx_sent++;
        stream->rtx_received += has_come;
        stream->rtx_bytes += sent->size;
        return;
    }
    MpStreamTally *stream = tally_of(tally, sent->ssrc);
    stream->packets_sent++;
    stream->packets_received += has_come;
    stream->repaired += !has_come && is_repaired(tally, sent);
}

GArray *mp_stream_tally(const GArray *sent, const MpRecordIndex *received,
                        const MpMediaClocks *clocks, const MpMediaWindow *windows, gsize n_windows)
{
    Tally tally = {
        .streams = g_hash_table_new(NULL, NULL),
        .repaired = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free),
        .tallies = g_array_new(FALSE, FALSE, sizeof(MpStreamTally)),
    };
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *entry = &g_array_index(sent, MpRecordEntry, i);
        if (entry->is_retransmission &&
            mp_record_index_find(received, entry->ssrc, entry->sequence))
            note_repaired(&tally, entry);
    }
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *entry = &g_array_index(sent, MpRecordEntry, i);
        const MpTime left = clocks ? mp_media_clocks_to_ours(clocks, entry->time) : entry->time;
        if (entry->ssrc != MP_RECORD_DTLS && is_within(windows, n_windows, left))
            add(&tally, entry,
                mp_record_index_find(received, entry->ssrc, entry->sequence) != NULL);
    }
    g_hash_table_unref(tally.streams);
    g_hash_table_unref(tally.repaired);
    return tally.tallies;
}
