/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames become packets, and leave as libwebrtc's pacer lets them: in bursts of at most 40 ms of
 * the pacing rate, which is 2.5 times what the streams are meant to take. Pure.
 */
#pragma once

#include "session/video_frame.h"

/* The largest payload of a packet: libwebrtc takes 1,200 bytes for header (12), extension (8),
 * payload, and the 2 bytes that a retransmission adds. */
#define MP_PACER_PAYLOAD 1178

typedef struct {
    guint stream;
    guint payload_size; /* bytes */
    gboolean marker;    /* the frame's last */
    guint32 timestamp;
    MpTime due;
} MpPacedPacket;

typedef struct _MpPacer MpPacer;

MpPacer *mp_pacer_new(void);
void mp_pacer_free(MpPacer *pacer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPacer, mp_pacer_free)

/* What the streams are meant to take together. */
void mp_pacer_set_target(MpPacer *pacer, double kbps);
/* Queues a frame, in order of capture. One too many is dropped, as an encoder does it. */
void mp_pacer_push(MpPacer *pacer, const MpVideoFrame *frame);
/* When the next packet may go; MP_NEVER: nothing waits. */
MpTime mp_pacer_due(const MpPacer *pacer);
/* The packet that is due. Something must wait. */
MpPacedPacket mp_pacer_next(MpPacer *pacer);
