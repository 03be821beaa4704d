/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two ends' records of one call joined.
 */
#include "probe/media_join.h"

#include <math.h>

#include "probe/media_drops.h"
#include "stats/round_trip.h"

/* A software stamp is taken within the stack: 1 to 3 microseconds from the wire on a quiet machine,
 * and never as late as this. */
#define KERNEL_STAMP_ERROR_MS 0.05
/* A core that is away takes no stamps: where more than this share of the time was stolen, they may
 * be as late as our timers. */
#define MOST_STOLEN 0.01

struct _MpMediaJoin {
    const MpMediaRecord *ours;
    const MpMediaRecord *theirs;
    GArray *far_sent; /* theirs, on our clock */
    GArray *far_received;
    MpRecordIndex *here;       /* what came to us */
    MpRecordIndex *there;      /* what came to them */
    MpRecordIndex *replied;    /* what they sent */
    GByteArray *dropped_there; /* of ours, and of theirs */
    GByteArray *dropped_here;
    MpMediaClocks clocks;
};

static GArray *on_our_clock(const GArray *entries, const MpMediaClocks *clocks)
{
    GArray *copy = g_array_copy((GArray *)entries);
    for (guint i = 0; i < copy->len; i++) {
        MpRecordEntry *entry = &g_array_index(copy, MpRecordEntry, i);
        entry->time = mp_media_clocks_to_ours(clocks, entry->time);
    }
    return copy;
}

static GArray *drops_on_our_clock(const GArray *drops, const MpMediaClocks *clocks)
{
    GArray *copy = g_array_copy((GArray *)drops);
    for (guint i = 0; i < copy->len; i++) {
        MpRecordDrop *drop = &g_array_index(copy, MpRecordDrop, i);
        drop->after = mp_media_clocks_to_ours(clocks, drop->after);
        drop->until = mp_media_clocks_to_ours(clocks, drop->until);
    }
    return copy;
}

MpMediaJoin *mp_media_join_new(const MpMediaRecord *ours, const MpMediaRecord *theirs)
{
    MpMediaJoin *join = g_new0(MpMediaJoin, 1);
    join->ours = ours;
    join->theirs = theirs;
    join->here = mp_record_index_new(ours->received);
    g_autoptr(MpRecordIndex) there = mp_record_index_new(theirs->received);
    join->clocks = mp_media_clocks(ours, theirs, join->here, there);
    join->far_sent = on_our_clock(theirs->sent, &join->clocks);
    join->far_received = on_our_clock(theirs->received, &join->clocks);
    join->there = mp_record_index_new(join->far_received);
    join->replied = mp_record_index_new(join->far_sent);
    g_autoptr(GArray) far_drops = drops_on_our_clock(theirs->drops, &join->clocks);
    join->dropped_there = mp_media_drops(ours->sent, join->there, far_drops);
    join->dropped_here = mp_media_drops(join->far_sent, join->here, ours->drops);
    return join;
}

void mp_media_join_free(MpMediaJoin *join)
{
    if (!join)
        return;
    mp_record_index_free(join->here);
    mp_record_index_free(join->there);
    mp_record_index_free(join->replied);
    g_array_unref(join->far_sent);
    g_array_unref(join->far_received);
    g_byte_array_unref(join->dropped_there);
    g_byte_array_unref(join->dropped_here);
    g_free(join);
}

const MpMediaClocks *mp_media_join_clocks(const MpMediaJoin *join)
{
    return &join->clocks;
}

/* What is joined of what one end sent. */
typedef struct {
    const MpMediaWindow *windows;
    gsize n_windows;
    gboolean is_dtls;
} Choice;

static const MpMediaWindow always[] = {{G_MININT64, G_MAXINT64, 0}};

/* Windows are moments of a clock: one that was set in between says nothing. */
static Choice choose(const MpMediaJoin *join, const MpMediaWindow *windows, gsize n_windows)
{
    if (mp_media_clocks_are_stepped(&join->clocks))
        return (Choice){.windows = always, .n_windows = G_N_ELEMENTS(always)};
    return (Choice){.windows = windows, .n_windows = n_windows};
}

/* TRUE: it left in a window. `rested`: the time between the windows before that one. */
static gboolean is_within(const Choice *choice, MpTime left, MpTime *rested)
{
    *rested = 0;
    for (gsize i = 0; i < choice->n_windows; i++) {
        const MpMediaWindow *window = &choice->windows[i];
        if (i > 0)
            *rested += window->first - choice->windows[i - 1].last;
        if (mp_media_window_has(window, left))
            return TRUE;
    }
    return FALSE;
}

/* One direction of the call. */
typedef struct {
    const GArray *sent;
    const MpRecordIndex *received;
    const GByteArray *dropped;
    const MpMediaRecord *sender;
    const MpMediaRecord *receiver;
} Side;

static GArray *trace(const Side *side, Choice choice)
{
    GArray *packets = g_array_new(FALSE, FALSE, sizeof(MpPacketTrace));
    for (guint i = 0; i < side->sent->len; i++) {
        const MpRecordEntry *left = &g_array_index(side->sent, MpRecordEntry, i);
        MpTime rested;
        if ((left->ssrc == MP_RECORD_DTLS) != choice.is_dtls || left->is_retransmission ||
            !is_within(&choice, left->time, &rested))
            continue;
        const MpRecordEntry *came = mp_record_index_find(side->received, left->ssrc,
                                                         left->sequence);
        MpPacketTrace packet = {.sequence = i,
                                .sent = left->time - rested,
                                .received = came ? came->time - rested : MP_NEVER,
                                .size = left->size,
                                .kernel_stamped = left->is_kernel_stamped &&
                                                  (!came || came->is_kernel_stamped),
                                .was_dropped_here = side->dropped->data[i]};
        g_array_append_val(packets, packet);
    }
    return packets;
}

static gboolean is_stolen(const MpMediaRecord *record)
{
    return (double)record->stolen > MOST_STOLEN * (double)record->watched;
}

/* Where the kernel stamped nothing, both programs' own lateness is the bound. */
static double stamp_error(const MpDirectionStats *stats, const MpMediaRecord *ours,
                          const MpMediaRecord *theirs)
{
    const gboolean is_stamped = stats->kernel_stamped_percent >= 99;
    double error = is_stamped ? KERNEL_STAMP_ERROR_MS : 0;
    if (!is_stamped || is_stolen(ours))
        error += mp_time_to_ms(ours->timer_late_p99);
    if (!is_stamped || is_stolen(theirs))
        error += mp_time_to_ms(theirs->timer_late_p99);
    return error;
}

static gboolean has_come(const MpPacketTrace *packet)
{
    return packet->received != MP_NEVER || packet->was_dropped_here;
}

/* `packets` in sending order. */
static void find_stop(const GArray *packets, MpJoinedDirection *direction)
{
    guint last = packets->len;
    while (last > 0 && !has_come(&g_array_index(packets, MpPacketTrace, last - 1)))
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
        if (has_come(packet))
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
            n_lost_below += has_come(packet) ? 0 : 1;
        }
    }
    if (largest == 0 || n_missing == 0)
        return;
    direction->largest_received = largest;
    direction->smallest_missing = smallest_missing;
    direction->missing_packets = n_missing;
    direction->loss_below_percent = 100.0 * n_lost_below / n_below;
}

/* Before and after a clock was set, times do not belong together. */
static void forget_times(MpDirectionStats *stats)
{
    stats->pdv_p50_ms = stats->pdv_p95_ms = stats->pdv_p99_ms = stats->pdv_max_ms = NAN;
    stats->late_100ms = stats->late_200ms = NAN;
    stats->jitter_ms = stats->reorder_percent = NAN;
    stats->offered_kbps = stats->throughput_kbps = NAN;
    stats->loss.bursts.burst_ms = stats->loss.bursts.gap_ms = NAN;
    stats->loss.short_windows = stats->loss.long_windows = (MpWindowFigures){NAN, NAN, NAN, NAN};
}

static MpJoinedDirection join_side(const MpMediaJoin *join, const Side *side, Choice choice)
{
    g_autoptr(GArray) packets = trace(side, choice);
    MpJoinedDirection direction = {
        .stats = mp_direction_stats((const void *)packets->data, packets->len),
        .duplicates = side->receiver->duplicates,
        .stopped_after_ms = NAN,
        .silent_ms = NAN,
        .largest_received = NAN,
        .smallest_missing = NAN,
        .missing_packets = NAN,
        .loss_below_percent = NAN,
    };
    find_size_limit(packets, &direction);
    direction.tester_error_ms = stamp_error(&direction.stats, side->receiver, side->sender);
    if (mp_media_clocks_are_stepped(&join->clocks))
        forget_times(&direction.stats);
    else
        find_stop(packets, &direction);
    return direction;
}

static Side side_of(const MpMediaJoin *join, gboolean is_up)
{
    if (is_up)
        return (Side){join->ours->sent, join->there, join->dropped_there, join->ours, join->theirs};
    return (Side){join->far_sent, join->here, join->dropped_here, join->theirs, join->ours};
}

static MpJoined join_both(const MpMediaJoin *join, Choice choice)
{
    const Side up = side_of(join, TRUE);
    const Side down = side_of(join, FALSE);
    return (MpJoined){.up = join_side(join, &up, choice), .down = join_side(join, &down, choice)};
}

static MpPacketFate fate_of(const Side *side, guint i)
{
    const MpRecordEntry *left = &g_array_index(side->sent, MpRecordEntry, i);
    const MpRecordEntry *came = mp_record_index_find(side->received, left->ssrc, left->sequence);
    return (MpPacketFate){
        .stream = left->ssrc,
        .sequence = left->sequence,
        .size = left->size,
        .fate = came                     ? MP_PACKET_ARRIVED
                : side->dropped->data[i] ? MP_PACKET_OVERFLOWN
                                         : MP_PACKET_LOST,
        .is_kernel_stamped = left->is_kernel_stamped && (!came || came->is_kernel_stamped),
        .sent = left->time,
        .received = came ? came->time : MP_NEVER,
    };
}

GArray *mp_media_join_packets(const MpMediaJoin *join, gboolean is_up)
{
    const Side side = side_of(join, is_up);
    GArray *packets = g_array_new(FALSE, FALSE, sizeof(MpPacketFate));
    if (mp_media_clocks_are_stepped(&join->clocks))
        return packets;
    for (guint i = 0; i < side.sent->len; i++) {
        const MpPacketFate packet = fate_of(&side, i);
        if (packet.stream != MP_RECORD_DTLS)
            g_array_append_val(packets, packet);
    }
    return packets;
}

MpJoined mp_media_join_windows(const MpMediaJoin *join, const MpMediaWindow *windows,
                               gsize n_windows)
{
    return join_both(join, choose(join, windows, n_windows));
}

MpJoined mp_media_join_handshake(const MpMediaJoin *join)
{
    return join_both(join, (Choice){always, G_N_ELEMENTS(always), TRUE});
}

MpSummary mp_media_join_round_trips(const MpMediaJoin *join, guint32 our_echo_ssrc,
                                    guint32 their_echo_ssrc, const MpMediaWindow *windows,
                                    gsize n_windows)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    const Choice choice = {windows, n_windows, FALSE};
    const GArray *sent = join->ours->sent;
    for (guint i = 0; i < sent->len && !mp_media_clocks_are_stepped(&join->clocks); i++) {
        const MpRecordEntry *request = &g_array_index(sent, MpRecordEntry, i);
        const guint32 number = request->sequence;
        MpTime rested;
        if (request->ssrc != our_echo_ssrc || !is_within(&choice, request->time, &rested))
            continue;
        const MpRecordEntry *came = mp_record_index_find(join->there, our_echo_ssrc, number);
        const MpRecordEntry *left = mp_record_index_find(join->replied, their_echo_ssrc, number);
        const MpRecordEntry *back = mp_record_index_find(join->here, their_echo_ssrc, number);
        if (!came || !left || !back)
            continue;
        const MpTime trip = mp_rtt_four(request->time, came->time, left->time, back->time);
        const double ms = trip == MP_NEVER ? NAN : mp_time_to_ms(trip);
        g_array_append_val(values, ms);
    }
    return mp_summary((const void *)values->data, values->len);
}
