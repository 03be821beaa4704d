/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames put together from packets, and which of them can be decoded next: a key frame always, any
 * other after the one before it. In virtual time; no allocation a packet.
 */
#pragma once

#include "simulator/sim_packet.h"

/* Frames whose packets are counted at a time. */
#define MP_SIM_FRAME_BUFFER_SLOTS 512

typedef struct {
    guint32 number; /* + 1; 0: free */
    guint n_here;
    gboolean is_complete;
    gboolean is_repaired; /* one of its packets had been asked for again */
    MpTime first_packet;
    MpTime last_packet;
} MpSimSlot;

typedef struct {
    MpSimSlot slots[MP_SIM_FRAME_BUFFER_SLOTS];
    gint64 decoded;    /* the latest; -1: none */
    gint64 continuous; /* the latest that hangs together with a key frame; -1: none */
    gint64 key;        /* the latest complete key frame after `decoded`; -1: none */
    guint n_dropped;   /* complete frames that were skipped */
} MpSimFrameBuffer;

void mp_sim_frame_buffer_init(MpSimFrameBuffer *buffer);

/* A packet of the frame that was not here yet. TRUE: now the frame is complete. */
gboolean mp_sim_frame_buffer_packet(MpSimFrameBuffer *buffer, MpTime now, const MpSimFrame *frame,
                                    gboolean was_asked);
/* The number of the next that can be decoded; -1: none. */
gint64 mp_sim_frame_buffer_next(const MpSimFrameBuffer *buffer);
/* Whether another one could be decoded instead. */
gboolean mp_sim_frame_buffer_has_later(const MpSimFrameBuffer *buffer, gint64 next);
const MpSimSlot *mp_sim_frame_buffer_slot(const MpSimFrameBuffer *buffer, gint64 number);
/* It goes to the decoder; what is before it never will. */
void mp_sim_frame_buffer_take(MpSimFrameBuffer *buffer, gint64 number);
/* It is skipped. */
void mp_sim_frame_buffer_drop(MpSimFrameBuffer *buffer, gint64 number);
