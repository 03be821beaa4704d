/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a call's streams send which packet: those of one set of descriptions, and echo requests.
 * Pure: it reads no clock and sends nothing.
 */
#pragma once

#include "base/stream_spec.h"
#include "base/time.h"

/* The number of the stream of echoes; specs[i] is stream i + 1. */
#define MP_STREAM_ECHO 0
#define MP_MOST_STREAMS (MP_MOST_SPECS + 1)

/* One RTP payload that is due. */
typedef struct {
    guint stream;
    guint payload_size; /* bytes */
    gboolean marker;    /* last packet of a video frame, first of a talk spurt */
    guint32 timestamp;  /* RTP, of the stream's clock from 0 */
    MpTime due;         /* when it should have gone */
} MpMediaPacket;

typedef struct {
    MpTime start;        /* moment of the first packets */
    const GArray *specs; /* MpStreamSpec, at most MP_MOST_SPECS; lent for the call only */
    guint set;           /* whose streams are sent */
    double scale;        /* of the described rates of video, 0..1; 0: at rest */
    gboolean sends_echo; /* echo requests between the audio packets */
    guint64 seed;        /* of sizes and pauses */
} MpMediaSourceConfig;

typedef struct _MpMediaSource MpMediaSource;

MpMediaSource *mp_media_source_new(const MpMediaSourceConfig *config);
void mp_media_source_free(MpMediaSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaSource, mp_media_source_free)

/* Moment of the next packet, or of a frame whose packets must wait. */
MpTime mp_media_source_deadline(const MpMediaSource *source);
/* The next packet if it is due at `now`, earliest first. FALSE when none is. */
gboolean mp_media_source_next(MpMediaSource *source, MpTime now, MpMediaPacket *packet);
/* Takes effect with the next frame of each camera and screen. 0 lets the whole call rest from `now`
 * on: only so many small packets go that both ends know it is still there. */
void mp_media_source_set_scale(MpMediaSource *source, double scale, MpTime now);
/* Leaves out whatever is due before `now`: as an encoder drops frames when the way is blocked. */
void mp_media_source_skip(MpMediaSource *source, MpTime now);
