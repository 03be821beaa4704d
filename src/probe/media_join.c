/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two ends' records of one call joined.
 */
#include "probe/media_join.h"

#include <math.h>

#include "stats/round_trip.h"

/* A software stamp is taken within the stack: 1 to 3 microseconds from the wire on a quiet machine,
 * and never as late as this. */
#define KERNEL_STAMP_ERROR_MS 0.05

/* Entries by (ssrc, sequence): the key is 64 bits, the value an index. */
typedef struct {
    GHashTable *table;
    const GArray *entries;
} Index;

static guint64 key_of(guint32 ssrc, guint32 sequence)
{
    return (guint64)ssrc << 32 | sequence;
}

static Index make_index(const GArray *entries)
{
    Index index = {g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL), entries};
    for (guint i = 0; i < entries->len; i++) {
        const MpRecordEntry *entry = &g_array_index(entries, MpRecordEntry, i);
        guint64 *key = g_new(guint64, 1);
        *key = key_of(entry->ssrc, entry->sequence);
        /* The first arrival counts; a repeated packet was dropped by SRTP anyway. */
        if (g_hash_table_contains(index.table, key))
            g_free(key);
        else
            g_hash_table_insert(index.table, key, GUINT_TO_POINTER(i + 1));
    }
    return index;
}

static const MpRecordEntry *look_up(const Index *index, guint32 ssrc, guint32 sequence)
{
    guint64 key = key_of(ssrc, sequence);
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(index->table, &key));
    return at ? &g_array_index(index->entries, MpRecordEntry, at - 1) : NULL;
}

/* Least arrival - departure over all packets that came; the clocks differ. MP_NEVER: none came. */
static MpTime least_delay(const GArray *sent, const Index *received)
{
    MpTime least = MP_NEVER;
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *left = &g_array_index(sent, MpRecordEntry, i);
        const MpRecordEntry *came = look_up(received, left->ssrc, left->sequence);
        if (came)
            least = MIN(least, came->time - left->time);
    }
    return least;
}

static GArray *trace(const GArray *sent, const Index *received, MpMediaWindow window)
{
    GArray *packets = g_array_new(FALSE, FALSE, sizeof(MpPacketTrace));
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *left = &g_array_index(sent, MpRecordEntry, i);
        if (left->time < window.first || left->time > window.last)
            continue;
        const MpRecordEntry *came = look_up(received, left->ssrc, left->sequence);
        MpPacketTrace packet = {.sequence = i,
                                .sent = left->time,
                                .received = came ? came->time : MP_NEVER,
                                .size = left->size,
                                .kernel_stamped = left->is_kernel_stamped &&
                                                  (!came || came->is_kernel_stamped)};
        g_array_append_val(packets, packet);
    }
    return packets;
}

/* Where the kernel stamped nothing, both programs' own lateness is the bound. */
static double stamp_error(const MpDirectionStats *stats, const MpMediaRecord *ours,
                          const MpMediaRecord *theirs)
{
    if (stats->kernel_stamped_percent >= 99)
        return KERNEL_STAMP_ERROR_MS;
    return mp_time_to_ms(ours->timer_late_p99 + theirs->timer_late_p99);
}

static MpJoinedDirection join(const GArray *sent, const Index *received, MpMediaWindow window,
                              const MpMediaRecord *receiver, const MpMediaRecord *sender)
{
    g_autoptr(GArray) packets = trace(sent, received, window);
    MpJoinedDirection direction = {
        .stats = mp_direction_stats((const void *)packets->data, packets->len),
        .dropped_by_tester = receiver->receive_overflows,
    };
    direction.tester_error_ms = stamp_error(&direction.stats, receiver, sender);
    return direction;
}

/* up = delay + offset and down = delay - offset, with the far clock ahead by the offset. One of
 * them alone is off by its delay. */
static MpTime clock_offset(MpTime up, MpTime down)
{
    if (up == MP_NEVER)
        return down == MP_NEVER ? 0 : -down;
    return down == MP_NEVER ? up : (up - down) / 2;
}

MpJoined mp_media_join(const MpMediaRecord *ours, const MpMediaRecord *theirs, MpMediaWindow window)
{
    Index here = make_index(ours->received);
    Index there = make_index(theirs->received);
    MpTime up = least_delay(ours->sent, &there);
    MpTime down = least_delay(theirs->sent, &here);
    MpTime offset = clock_offset(up, down);
    MpMediaWindow far_window = {window.first + offset, window.last + offset};

    MpJoined joined = {
        .up = join(ours->sent, &there, window, theirs, ours),
        .down = join(theirs->sent, &here, far_window, ours, theirs),
    };
    g_hash_table_unref(here.table);
    g_hash_table_unref(there.table);
    return joined;
}

MpSummary mp_media_round_trips(const MpMediaRecord *ours, const MpMediaRecord *theirs,
                               guint32 our_echo_ssrc, guint32 their_echo_ssrc, MpMediaWindow window)
{
    Index came_there = make_index(theirs->received);
    Index left_there = make_index(theirs->sent);
    Index came_here = make_index(ours->received);
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < ours->sent->len; i++) {
        const MpRecordEntry *request = &g_array_index(ours->sent, MpRecordEntry, i);
        if (request->ssrc != our_echo_ssrc || request->time < window.first ||
            request->time > window.last)
            continue;
        const MpRecordEntry *arrived = look_up(&came_there, our_echo_ssrc, request->sequence);
        const MpRecordEntry *replied = look_up(&left_there, their_echo_ssrc, request->sequence);
        const MpRecordEntry *back = look_up(&came_here, their_echo_ssrc, request->sequence);
        if (!arrived || !replied || !back)
            continue;
        double round_trip = mp_time_to_ms(
            mp_rtt_four(request->time, arrived->time, replied->time, back->time));
        g_array_append_val(values, round_trip);
    }
    g_hash_table_unref(came_there.table);
    g_hash_table_unref(left_there.table);
    g_hash_table_unref(came_here.table);
    return mp_summary((const void *)values->data, values->len);
}
