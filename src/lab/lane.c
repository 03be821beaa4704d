/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drives the link's machine with frames and the kernel's time.
 */
#include "lab/lane.h"

#include <string.h>

#include "base/clock.h"
#include "lab/frame.h"

/* Frames taken in before the other lanes have their turn. */
#define FAIR_SHARE 256

typedef struct {
    gsize length;
    guint8 frame[];
} Packet;

struct _MpLane {
    MpLaneEnds ends;
    MpLinkLine *line;
    MpTime clock; /* the line's, which never goes back */
    MpLaneTally tally;
    /* Outcomes that are not settled yet, and the frames of those that are delivered. */
    MpTruthRecord batch[MP_FRAME_BATCH];
    guint n_batch;
    MpBytes frames[MP_FRAME_BATCH];
    guint n_frames;
};

MpLane *mp_lane_new(const MpLinkDirection *direction, guint64 seed, guint64 stream, MpTime start,
                    const MpLaneEnds *ends)
{
    MpLane *lane = g_new0(MpLane, 1);
    lane->ends = *ends;
    lane->clock = start;
    lane->line = mp_link_line_new(direction, seed, stream, start);
    return lane;
}

void mp_lane_free(MpLane *lane)
{
    if (!lane)
        return;
    mp_link_line_free(lane->line, g_free);
    g_free(lane);
}

static void offer(MpLane *lane, MpBytes frame, MpTime at)
{
    Packet *packet = g_malloc(sizeof *packet + frame.length);
    packet->length = frame.length;
    memcpy(packet->frame, frame.data, frame.length);
    guint size = (guint)(frame.length - MP_FRAME_HEADER);

    lane->clock = MAX(lane->clock, at);
    mp_link_line_offer(lane->line, lane->clock, size, packet);
    lane->tally.packets++;
    lane->tally.bytes += size;
}

gboolean mp_lane_receive(MpLane *lane, MpTime to_now)
{
    MpBytes frame;
    MpTime stamp;
    MpTime now = mp_clock_now();
    for (guint i = 0; i < FAIR_SHARE; i++) {
        if (!mp_frame_socket_peek(lane->ends.from, &frame, &stamp))
            return TRUE;
        /* The clock of the stamps may have been set in the meantime. */
        if (stamp + to_now > now)
            now = mp_clock_now();
        if (mp_frame_is_carried(frame)) {
            offer(lane, frame, MIN(stamp + to_now, now));
        } else {
            lane->ends.counts->overflows += mp_frame_socket_send(lane->ends.to, &frame, 1);
            lane->tally.passed++;
        }
        mp_frame_socket_release(lane->ends.from);
    }
    return FALSE;
}

static void count(MpLaneTally *tally, const MpLinkOutcome *outcome)
{
    gboolean is_delivered = outcome->fate == MP_FATE_DELIVERED;
    tally->longest_queue = MAX(tally->longest_queue, outcome->queued);
    if (outcome->is_copy)
        tally->copies += is_delivered;
    else
        tally->fates[outcome->fate]++;
    if (!is_delivered)
        return;
    tally->corrupted += outcome->corrupted_bit >= 0;
    mp_delay_histogram_add(&tally->delay, outcome->due - outcome->offered);
}

/* Sends the batch, and writes down what was. */
static void settle(MpLane *lane)
{
    MpEmulatorCounts *counts = lane->ends.counts;
    if (lane->n_frames > 0)
        counts->overflows += mp_frame_socket_send(lane->ends.to, lane->frames, lane->n_frames);
    MpTime sent = mp_clock_now();
    for (guint i = 0; i < lane->n_batch; i++) {
        MpTruthRecord *record = &lane->batch[i];
        record->sent = sent;
        count(&lane->tally, &record->outcome);
        if (record->outcome.fate == MP_FATE_DELIVERED)
            mp_delay_histogram_add(&counts->late, sent - record->outcome.due);
        if (lane->ends.truth)
            mp_truth_log_add(lane->ends.truth, record);
        if (record->outcome.is_last)
            g_free(record->outcome.packet);
    }
    lane->n_batch = 0;
    lane->n_frames = 0;
}

static void flip(Packet *packet, int bit)
{
    gsize at = MP_FRAME_HEADER + (gsize)bit / 8;
    if (bit >= 0 && at < packet->length)
        packet->frame[at] ^= (guint8)(0x80 >> (bit % 8));
}

static void add_to_batch(MpLane *lane, const MpLinkOutcome *outcome)
{
    Packet *packet = outcome->packet;
    MpBytes frame = {packet->frame, packet->length};
    /* The first copy, whose bytes these are too, may still be in the batch. */
    if (outcome->is_copy && outcome->corrupted_bit >= 0)
        settle(lane);
    MpTruthRecord *record = &lane->batch[lane->n_batch++];
    record->lane = lane->ends.index;
    record->outcome = *outcome;
    if (lane->ends.truth)
        record->mark = mp_frame_mark(frame);
    if (outcome->fate != MP_FATE_DELIVERED)
        return;

    lane->frames[lane->n_frames++] = frame;
    flip(packet, outcome->corrupted_bit);
    if (outcome->corrupted_bit >= 0 && !outcome->is_last) {
        /* The second copy has its own luck. */
        settle(lane);
        flip(packet, outcome->corrupted_bit);
    }
}

void mp_lane_send(MpLane *lane, MpTime now)
{
    MpLinkOutcome outcome;
    lane->clock = MAX(lane->clock, now);
    while (mp_link_line_take(lane->line, lane->clock, &outcome)) {
        add_to_batch(lane, &outcome);
        if (lane->n_batch == MP_FRAME_BATCH)
            settle(lane);
    }
    if (lane->n_batch > 0)
        settle(lane);
}

MpTime mp_lane_deadline(const MpLane *lane)
{
    return mp_link_line_deadline(lane->line);
}

const MpLaneTally *mp_lane_tally(MpLane *lane)
{
    lane->tally.inside = lane->tally.packets;
    for (guint i = 0; i < MP_N_FATES; i++)
        lane->tally.inside -= lane->tally.fates[i];
    lane->tally.most_packets = mp_link_line_most_packets(lane->line);
    lane->tally.most_bytes = mp_link_line_most_bytes(lane->line);
    return &lane->tally;
}
