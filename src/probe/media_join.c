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

/* What is joined of what one end sent. */
typedef struct {
    const MpMediaWindow *windows;
    guint n_windows;
    MpTime offset; /* of the clock of that end before ours */
    gboolean is_dtls;
} Choice;

/* In which window it left; NULL: in none. `rested`: the time between the windows before that one.
 */
static const MpMediaWindow *find_window(const Choice *choice, MpTime left, MpTime *rested)
{
    *rested = 0;
    for (guint i = 0; i < choice->n_windows; i++) {
        const MpMediaWindow *window = &choice->windows[i];
        if (i > 0)
            *rested += window->first - choice->windows[i - 1].last;
        if (left - choice->offset >= window->first && left - choice->offset <= window->last)
            return window;
    }
    return NULL;
}

static GArray *trace(const GArray *sent, const Index *received, const Choice *choice)
{
    GArray *packets = g_array_new(FALSE, FALSE, sizeof(MpPacketTrace));
    for (guint i = 0; i < sent->len; i++) {
        const MpRecordEntry *left = &g_array_index(sent, MpRecordEntry, i);
        MpTime rested;
        if ((left->ssrc == MP_RECORD_DTLS) != choice->is_dtls ||
            !find_window(choice, left->time, &rested))
            continue;
        const MpRecordEntry *came = look_up(received, left->ssrc, left->sequence);
        MpPacketTrace packet = {.sequence = i,
                                .sent = left->time - rested,
                                .received = came ? came->time - rested : MP_NEVER,
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

/* `packets` in sending order. */
static void find_stop(const GArray *packets, MpJoinedDirection *direction)
{
    guint last = packets->len;
    while (last > 0 && g_array_index(packets, MpPacketTrace, last - 1).received == MP_NEVER)
        last--;
    if (last == 0 || last == packets->len)
        return;
    const MpTime first_sent = g_array_index(packets, MpPacketTrace, 0).sent;
    const MpTime last_came = g_array_index(packets, MpPacketTrace, last - 1).sent;
    const MpTime last_sent = g_array_index(packets, MpPacketTrace, packets->len - 1).sent;
    direction->stopped_after_ms = mp_time_to_ms(last_came - first_sent);
    direction->silent_ms = mp_time_to_ms(last_sent - last_came);
}

static guint largest_received(const GArray *packets)
{
    guint largest = 0;
    for (guint i = 0; i < packets->len; i++) {
        const MpPacketTrace *packet = &g_array_index(packets, MpPacketTrace, i);
        if (packet->received != MP_NEVER)
            largest = MAX(largest, packet->size);
    }
    return largest;
}

static void find_size_limit(const GArray *packets, MpJoinedDirection *direction)
{
    const guint largest = largest_received(packets);
    guint smallest_missing = G_MAXUINT;
    guint n_missing = 0;
    guint n_below = 0;
    guint n_lost_below = 0;
    for (guint i = 0; i < packets->len; i++) {
        const MpPacketTrace *packet = &g_array_index(packets, MpPacketTrace, i);
        if (packet->size > largest) {
            smallest_missing = MIN(smallest_missing, packet->size);
            n_missing++;
        } else {
            n_below++;
            n_lost_below += packet->received == MP_NEVER ? 1 : 0;
        }
    }
    if (largest == 0 || n_missing == 0)
        return;
    direction->largest_received = largest;
    direction->smallest_missing = smallest_missing;
    direction->missing_packets = n_missing;
    direction->loss_below_percent = 100.0 * n_lost_below / n_below;
}

static MpJoinedDirection join(const GArray *sent, const Index *received, const Choice *choice,
                              const MpMediaRecord *receiver, const MpMediaRecord *sender)
{
    g_autoptr(GArray) packets = trace(sent, received, choice);
    MpJoinedDirection direction = {
        .stats = mp_direction_stats((const void *)packets->data, packets->len),
        .dropped_by_tester = receiver->receive_overflows,
        .stopped_after_ms = NAN,
        .silent_ms = NAN,
        .largest_received = NAN,
        .smallest_missing = NAN,
        .missing_packets = NAN,
        .loss_below_percent = NAN,
    };
    find_stop(packets, &direction);
    find_size_limit(packets, &direction);
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

static MpJoined join_both(const MpMediaRecord *ours, const MpMediaRecord *theirs, Choice choice)
{
    Index here = make_index(ours->received);
    Index there = make_index(theirs->received);
    MpTime up = least_delay(ours->sent, &there);
    MpTime down = least_delay(theirs->sent, &here);
    Choice far_choice = choice;
    far_choice.offset = clock_offset(up, down);

    MpJoined joined = {
        .up = join(ours->sent, &there, &choice, theirs, ours),
        .down = join(theirs->sent, &here, &far_choice, ours, theirs),
    };
    g_hash_table_unref(here.table);
    g_hash_table_unref(there.table);
    return joined;
}

MpJoined mp_media_join(const MpMediaRecord *ours, const MpMediaRecord *theirs,
                       const MpMediaWindow *windows, guint n_windows)
{
    return join_both(ours, theirs, (Choice){.windows = windows, .n_windows = n_windows});
}

MpJoined mp_media_join_handshake(const MpMediaRecord *ours, const MpMediaRecord *theirs)
{
    return join_both(ours, theirs,
                     (Choice){.windows = &MP_MEDIA_ALWAYS, .n_windows = 1, .is_dtls = TRUE});
}

MpSummary mp_media_round_trips(const MpMediaRecord *ours, const MpMediaRecord *theirs,
                               guint32 our_echo_ssrc, guint32 their_echo_ssrc,
                               const MpMediaWindow *windows, guint n_windows)
{
    const Choice choice = {.windows = windows, .n_windows = n_windows};
    Index came_there = make_index(theirs->received);
    Index left_there = make_index(theirs->sent);
    Index came_here = make_index(ours->received);
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    for (guint i = 0; i < ours->sent->len; i++) {
        const MpRecordEntry *request = &g_array_index(ours->sent, MpRecordEntry, i);
        MpTime rested;
        if (request->ssrc != our_echo_ssrc || !find_window(&choice, request->time, &rested))
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
