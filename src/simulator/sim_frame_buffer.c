/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames put together from packets, and which of them can be decoded next. Facts: libwebrtc's
 * api/video/frame_buffer.cc; an encoder without layers refers to the frame before only.
 */
#include "simulator/sim_frame_buffer.h"

#include <string.h>

void mp_sim_frame_buffer_init(MpSimFrameBuffer *buffer)
{
    memset(buffer, 0, sizeof *buffer);
    buffer->decoded = -1;
    buffer->continuous = -1;
    buffer->key = -1;
}

static MpSimSlot *slot_of(MpSimFrameBuffer *buffer, gint64 number)
{
    return &buffer->slots[number % MP_SIM_FRAME_BUFFER_SLOTS];
}

const MpSimSlot *mp_sim_frame_buffer_slot(const MpSimFrameBuffer *buffer, gint64 number)
{
    return &buffer->slots[number % MP_SIM_FRAME_BUFFER_SLOTS];
}

static gboolean is_complete(const MpSimFrameBuffer *buffer, gint64 number)
{
    const MpSimSlot *slot = mp_sim_frame_buffer_slot(buffer, number);
    return slot->number == number + 1 && slot->is_complete;
}

static void complete(MpSimFrameBuffer *buffer, const MpSimFrame *frame)
{
    gint64 number = frame->number;
    if (frame->is_key) {
        buffer->key = MAX(buffer->key, number);
        buffer->continuous = MAX(buffer->continuous, number);
    }
    while (is_complete(buffer, buffer->continuous + 1) && buffer->continuous >= 0)
        buffer->continuous++;
}

gboolean mp_sim_frame_buffer_packet(MpSimFrameBuffer *buffer, MpTime now, const MpSimFrame *frame,
                                    gboolean was_asked)
{
    MpSimSlot *slot = slot_of(buffer, frame->number);
    if ((gint64)frame->number <= buffer->decoded || slot->number > frame->number + 1)
        return FALSE;

    if (slot->number != frame->number + 1)
        *slot = (MpSimSlot){.number = frame->number + 1, .first_packet = now};
    slot->is_repaired |= was_asked;
    slot->last_packet = now;
    if (++slot->n_here < frame->n_packets)
        return FALSE;

    slot->is_complete = TRUE;
    complete(buffer, frame);
    return TRUE;
}

gint64 mp_sim_frame_buffer_next(const MpSimFrameBuffer *buffer)
{
    if (buffer->decoded >= 0 && is_complete(buffer, buffer->decoded + 1))
        return buffer->decoded + 1;
    return buffer->key;
}

gboolean mp_sim_frame_buffer_has_later(const MpSimFrameBuffer *buffer, gint64 next)
{
    return buffer->key > next;
}

static void move_to(MpSimFrameBuffer *buffer, gint64 number)
{
    for (gint64 skipped = MAX(buffer->decoded + 1, number - MP_SIM_FRAME_BUFFER_SLOTS + 1);
         skipped < number; skipped++)
        buffer->n_dropped += is_complete(buffer, skipped);
    buffer->decoded = number;
    if (buffer->key <= number)
        buffer->key = -1;
}

void mp_sim_frame_buffer_take(MpSimFrameBuffer *buffer, gint64 number)
{
    move_to(buffer, number);
}

void mp_sim_frame_buffer_drop(MpSimFrameBuffer *buffer, gint64 number)
{
    move_to(buffer, number);
    buffer->n_dropped++;
}
