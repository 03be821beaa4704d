/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The receiving end of video: which packets are here, which frame is decoded when, and what to ask
 * for. Facts: libwebrtc's video/rtp_video_stream_receiver2.cc, video_receive_stream2.cc,
 * video_stream_buffer_controller.cc, frame_decode_timing.cc.
 */
#include "simulator/sim_video_receiver.h"

#include "simulator/sim_frame_buffer.h"
#include "simulator/sim_freeze.h"
#include "simulator/sim_jitter.h"
#include "simulator/sim_nack.h"
#include "simulator/sim_recovery.h"
#include "simulator/sim_timing.h"

#define N_SHOWN 128
#define NONE -1

struct _MpSimVideoReceiver {
    const MpChromiumPlayout *constants;
    const GArray *frames;
    MpTime start;
    MpTime deadline;
    MpSimNack nack;
    MpSimRecovery recovery;
    MpSimFrameBuffer buffer;
    MpSimJitter jitter;
    MpSimTiming timing;
    MpSimFreeze freeze;

    guint32 newest_frame;   /* that a packet named */
    MpTime last_packet;     /* MP_NEVER: none yet */
    MpTime last_key_packet; /* of a key frame; MP_NEVER: none yet */
    MpTime timeout;         /* without a frame until then a key frame is asked for */
    gboolean awaits_key;    /* the decoder has had none */
    gboolean wants_key;

    gint64 planned; /* frame; NONE: no frame waits for its moment */
    MpTime planned_at;
    MpTime planned_render;
    MpTime ready; /* when the decoder has done the frame before */

    gboolean has_previous; /* frame without repair: */
    MpTime previous_received;
    MpTime previous_captured;

    MpSimShown shown[N_SHOWN];
    guint64 n_shown;
    guint64 n_told;
    MpSimVideoCounters counters;
};

static const MpSimFrame *frame_at(const MpSimVideoReceiver *receiver, gint64 number)
{
    return &g_array_index(receiver->frames, MpSimFrame, number);
}

/* Only frames that waited for no retransmission tell of the network's jitter. */
static void learn(MpSimVideoReceiver *receiver, MpTime now, const MpSimFrame *frame,
                  const MpSimSlot *slot, MpTime render)
{
    if (slot->is_repaired) {
        mp_sim_jitter_repaired(&receiver->jitter, now);
        return;
    }
    MpTime variation = 0;
    if (receiver->has_previous)
        variation = (slot->last_packet - receiver->previous_received) -
                    (frame->captured - receiver->previous_captured);
    receiver->has_previous = TRUE;
    receiver->previous_received = slot->last_packet;
    receiver->previous_captured = frame->captured;
    mp_sim_jitter_frame(&receiver->jitter, now, variation, frame->bytes);
    mp_sim_timing_set_jitter(&receiver->timing, mp_sim_jitter_delay(&receiver->jitter, now));
    mp_sim_timing_decoding(&receiver->timing, now, render);
}

static void show(MpSimVideoReceiver *receiver, const MpSimFrame *frame, MpTime decoded,
                 MpTime render)
{
    mp_sim_freeze_frame(&receiver->freeze, decoded);
    receiver->counters.frames_decoded++;
    receiver->counters.key_frames_decoded += frame->is_key != FALSE;
    receiver->shown[receiver->n_shown++ % N_SHOWN] = (MpSimShown){.number = frame->number,
                                                                  .captured = frame->captured,
                                                                  .decoded = decoded,
                                                                  .rendered = MAX(render, decoded)};
}

/* After so long a time nothing that was learned holds any more. */
static void begin_anew(MpSimVideoReceiver *receiver, MpTime now)
{
    mp_sim_jitter_init(&receiver->jitter, &receiver->constants->jitter);
    mp_sim_timing_init(&receiver->timing, receiver->constants, now);
}

/* The frame goes to the decoder. */
static void release(MpSimVideoReceiver *receiver, MpTime now, gint64 number, MpTime render)
{
    const MpChromiumPlayout *constants = receiver->constants;
    const MpSimFrame *frame = frame_at(receiver, number);
    const MpSimSlot *slot = mp_sim_frame_buffer_slot(&receiver->buffer, number);
    receiver->planned = NONE;
    receiver->awaits_key = FALSE;
    receiver->timeout = now + constants->longest_wait;
    if (ABS(render - now) > constants->timing.most ||
        receiver->timing.jitter > constants->timing.most) {
        begin_anew(receiver, now);
        render = now;
    }
    learn(receiver, now, frame, slot, render);
    receiver->counters.jitter_buffer_delay += MAX(now - slot->first_packet, 0);
    receiver->ready = now + constants->timing.decode;
    show(receiver, frame, receiver->ready, render);
    mp_sim_frame_buffer_take(&receiver->buffer, number);
}

/* Frames are released by a metronome, on the last tick before they must be; one that must be before
 * the next tick is, at once (video/decode_synchronizer.cc). */
static MpTime release_time(const MpSimVideoReceiver *receiver, MpTime now, MpTime latest)
{
    const MpChromiumTiming *constants = &receiver->constants->timing;
    MpTime tick = constants->tick;
    MpTime next_tick = now - (now - receiver->start) % tick + tick;
    if (latest < next_tick - constants->most_late)
        return now;
    return MAX(next_tick, latest - (latest - receiver->start) % tick);
}

/* Decides when the next frame is decoded; the decoder is ready. */
static void plan(MpSimVideoReceiver *receiver, MpTime now)
{
    const MpChromiumPlayout *constants = receiver->constants;
    MpSimFrameBuffer *buffer = &receiver->buffer;
    for (gint64 next; (next = mp_sim_frame_buffer_next(buffer)) != NONE;) {
        MpTime render = mp_sim_timing_render(&receiver->timing, now,
                                             frame_at(receiver, next)->captured);
        MpTime wait = mp_sim_timing_decode(&receiver->timing, render) - now;
        if (receiver->awaits_key) {
            release(receiver, now, next, render);
            return;
        }
        if (wait <= -constants->timing.most_late && mp_sim_frame_buffer_has_later(buffer, next)) {
            mp_sim_frame_buffer_drop(buffer, next);
            continue;
        }
        MpTime most = MAX(receiver->timeout - now - MP_MSEC(1), 0);
        receiver->planned = next;
        receiver->planned_at = release_time(receiver, now, now + CLAMP(wait, 0, most));
        receiver->planned_render = render;
        return;
    }
}

static gboolean is_recent(MpTime then, MpTime now, MpTime span)
{
    return then != MP_NEVER && now - then < span;
}

/* No frame for too long: a key frame helps, unless one is coming or nothing comes at all. */
static void time_out(MpSimVideoReceiver *receiver, MpTime now)
{
    const MpChromiumPlayout *constants = receiver->constants;
    MpTime wait = receiver->awaits_key ? constants->longest_key_wait : constants->longest_wait;
    receiver->timeout = now + wait;
    if (!is_recent(receiver->last_packet, now, constants->inactive))
        mp_sim_freeze_pause(&receiver->freeze);
    else if (!is_recent(receiver->last_key_packet, now, constants->longest_key_wait))
        receiver->wants_key = TRUE;
}

/* When the next frame may be planned or is due; MP_NEVER: there is none. */
static MpTime frame_deadline(const MpSimVideoReceiver *receiver)
{
    if (receiver->planned != NONE)
        return receiver->planned_at;
    return mp_sim_frame_buffer_next(&receiver->buffer) == NONE ? MP_NEVER : receiver->ready;
}

/* Asked for several times a packet, so it is kept. */
static void look_ahead(MpSimVideoReceiver *receiver)
{
    MpTime deadline = MIN(receiver->timeout, mp_sim_nack_deadline(&receiver->nack));
    receiver->deadline = MIN(deadline, frame_deadline(receiver));
}

MpSimVideoReceiver *mp_sim_video_receiver_new(const MpChromium *chromium, const GArray *frames,
                                              MpTime start)
{
    const MpChromiumPlayout *constants = &chromium->playout;
    MpSimVideoReceiver *receiver = g_new0(MpSimVideoReceiver, 1);
    receiver->constants = constants;
    receiver->frames = frames;
    receiver->start = start;
    mp_sim_nack_init(&receiver->nack, &constants->nack, start);
    mp_sim_frame_buffer_init(&receiver->buffer);
    mp_sim_jitter_init(&receiver->jitter, &constants->jitter);
    mp_sim_timing_init(&receiver->timing, constants, start);
    mp_sim_freeze_init(&receiver->freeze, &constants->freeze);
    receiver->last_packet = MP_NEVER;
    receiver->last_key_packet = MP_NEVER;
    receiver->timeout = start + constants->longest_key_wait;
    receiver->awaits_key = TRUE;
    receiver->planned = NONE;
    receiver->ready = start;
    look_ahead(receiver);
    return receiver;
}

void mp_sim_video_receiver_free(MpSimVideoReceiver *receiver)
{
    g_free(receiver);
}

MpTime mp_sim_video_receiver_deadline(const MpSimVideoReceiver *receiver)
{
    return receiver->deadline;
}

static void step(MpSimVideoReceiver *receiver, MpTime now)
{
    mp_sim_nack_advance(&receiver->nack, now);
    if (frame_deadline(receiver) <= now) {
        if (receiver->planned != NONE)
            release(receiver, now, receiver->planned, receiver->planned_render);
        else
            plan(receiver, now);
    }
    if (receiver->timeout <= now)
        time_out(receiver, now);
    look_ahead(receiver);
}

void mp_sim_video_receiver_advance(MpSimVideoReceiver *receiver, MpTime now)
{
    while (receiver->deadline <= now)
        step(receiver, receiver->deadline);
}

static void place(MpSimVideoReceiver *receiver, MpTime now, guint32 number, gboolean was_asked)
{
    const MpSimFrame *frame = frame_at(receiver, number);
    if (frame->is_key)
        receiver->last_key_packet = now;
    if (!mp_sim_frame_buffer_packet(&receiver->buffer, now, frame, was_asked))
        return;

    gint64 continuous = receiver->buffer.continuous;
    if (continuous >= 0) {
        const MpSimFrame *last = frame_at(receiver, continuous);
        mp_sim_nack_forget_before(&receiver->nack, last->first_sequence + last->n_packets - 1);
    }
    const MpSimSlot *slot = mp_sim_frame_buffer_slot(&receiver->buffer, number);
    if (!slot->is_repaired)
        mp_sim_extrapolator_update(&receiver->timing.extrapolator, slot->last_packet,
                                   frame->captured);
    if (receiver->planned == mp_sim_frame_buffer_next(&receiver->buffer))
        return;
    receiver->planned = NONE;
    if (receiver->ready <= now)
        plan(receiver, now);
}

/* The packet's frame is one of the latest. */
static guint32 frame_of(const MpSimVideoReceiver *receiver, guint32 sequence)
{
    guint32 number = receiver->newest_frame;
    while (number > 0 && frame_at(receiver, number)->first_sequence > sequence)
        number--;
    return number;
}

static void recover(MpSimVideoReceiver *receiver, MpTime now)
{
    guint32 sequence;
    while (mp_sim_recovery_next(&receiver->recovery, &sequence)) {
        guint n_asked = mp_sim_nack_arrived(&receiver->nack, now, sequence, TRUE);
        receiver->counters.recovered++;
        place(receiver, now, frame_of(receiver, sequence), n_asked > 0);
        mp_sim_recovery_media(&receiver->recovery, sequence);
    }
}

static void take_media(MpSimVideoReceiver *receiver, MpTime now, const MpSimPacket *packet)
{
    guint32 sequence = packet->sequence;
    if (mp_sim_nack_has(&receiver->nack, sequence))
        return;

    gboolean is_repair = packet->kind == MP_SIM_RETRANSMISSION;
    guint n_asked = mp_sim_nack_arrived(&receiver->nack, now, sequence, is_repair);
    receiver->counters.repaired += is_repair && n_asked > 0;
    place(receiver, now, packet->frame, n_asked > 0);
    mp_sim_recovery_media(&receiver->recovery, sequence);
    recover(receiver, now);
}

/* What it cannot make and should have been here before it is asked for. */
static void take_protection(MpSimVideoReceiver *receiver, MpTime now, const MpSimPacket *packet)
{
    mp_sim_recovery_protection(&receiver->recovery, &receiver->nack, &packet->cover);
    recover(receiver, now);
    mp_sim_nack_passed(&receiver->nack, now, packet->sequence);
}

void mp_sim_video_receiver_take(MpSimVideoReceiver *receiver, MpTime now, const MpSimPacket *packet)
{
    mp_sim_video_receiver_advance(receiver, now);
    receiver->last_packet = now;
    if (packet->kind == MP_SIM_PADDING)
        return;

    receiver->newest_frame = MAX(receiver->newest_frame, packet->frame);
    if (packet->kind == MP_SIM_PROTECTION)
        take_protection(receiver, now, packet);
    else
        take_media(receiver, now, packet);
    look_ahead(receiver);
}

void mp_sim_video_receiver_round_trip(MpSimVideoReceiver *receiver, MpTime round_trip)
{
    receiver->nack.round_trip = round_trip;
    mp_sim_jitter_round_trip(&receiver->jitter, round_trip);
}

gboolean mp_sim_video_receiver_nacks(MpSimVideoReceiver *receiver, MpTime now, GArray *sequences)
{
    mp_sim_video_receiver_advance(receiver, now);
    return mp_sim_nack_take(&receiver->nack, sequences);
}

gboolean mp_sim_video_receiver_wants_key_frame(MpSimVideoReceiver *receiver, MpTime now)
{
    mp_sim_video_receiver_advance(receiver, now);
    gboolean wants = mp_sim_nack_overflowed(&receiver->nack) || receiver->wants_key;
    receiver->wants_key = FALSE;
    receiver->counters.plis += wants != FALSE;
    return wants;
}

gboolean mp_sim_video_receiver_shown(MpSimVideoReceiver *receiver, MpSimShown *shown)
{
    if (receiver->n_shown - receiver->n_told > N_SHOWN)
        receiver->n_told = receiver->n_shown - N_SHOWN;
    if (receiver->n_told == receiver->n_shown)
        return FALSE;

    *shown = receiver->shown[receiver->n_told++ % N_SHOWN];
    return TRUE;
}

MpSimVideoCounters mp_sim_video_receiver_counters(const MpSimVideoReceiver *receiver)
{
    MpSimVideoCounters counters = receiver->counters;
    counters.frames_dropped = receiver->buffer.n_dropped;
    counters.freezes = receiver->freeze.freezes;
    counters.frozen = receiver->freeze.frozen;
    counters.pauses = receiver->freeze.pauses;
    counters.paused = receiver->freeze.paused;
    counters.nacks = receiver->nack.n_asked;
    return counters;
}
