/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a call's streams send which packet: Opus-like audio, a camera, and echo requests. Pure:
 * it reads no clock and sends nothing.
 */
#pragma once

#include <glib.h>

#include "base/time.h"

typedef enum { MP_STREAM_AUDIO, MP_STREAM_VIDEO, MP_STREAM_ECHO } MpStreamKind;
#define MP_N_STREAMS (MP_STREAM_ECHO + 1)

/* One RTP payload that is due. */
typedef struct {
    MpStreamKind kind;
    guint payload_size; /* bytes */
    gboolean marker;    /* last packet of a video frame */
    guint32 timestamp;  /* RTP, of the stream's clock from 0 */
    MpTime due;         /* when it should have gone */
} MpMediaPacket;

typedef struct {
    MpTime start;     /* moment of the first packets */
    guint video_kbps; /* payload rate of the camera; 0: none */
    guint video_fps;
    gboolean sends_echo; /* echo requests between the audio packets */
} MpMediaSourceConfig;

typedef struct _MpMediaSource MpMediaSource;

MpMediaSource *mp_media_source_new(const MpMediaSourceConfig *config);
void mp_media_source_free(MpMediaSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaSource, mp_media_source_free)

/* Moment of the next packet. */
MpTime mp_media_source_deadline(const MpMediaSource *source);
/* The next packet if it is due at `now`, earliest first. FALSE when none is. */
gboolean mp_media_source_next(MpMediaSource *source, MpTime now, MpMediaPacket *packet);
/* Takes effect with the next frame. A call without video stays without. 0 lets the whole call rest
 * from `now` on: only so many small packets go that both ends know it is still there. */
void mp_media_source_set_rate(MpMediaSource *source, guint video_kbps, MpTime now);
/* 0 at rest. */
guint mp_media_source_rate(const MpMediaSource *source);
/* Leaves out whatever is due before `now`: as an encoder drops frames when the way is blocked. */
void mp_media_source_skip(MpMediaSource *source, MpTime now);
