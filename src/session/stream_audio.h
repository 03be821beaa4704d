/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An Opus-like stream: a packet every 20 ms, or with discontinuous transmission talk spurts and the
 * few packets of silence between them. Pure.
 */
#pragma once

#include "base/stream_spec.h"
#include "base/time.h"

typedef struct {
    MpStreamSpec spec;
    MpTime start;
    guint64 random;
    guint64 tick;     /* of 20 ms: when the next packet is due */
    guint64 talk_end; /* the first tick of the silence that follows */
    guint64 silence_end;
} MpStreamAudio;

MpStreamAudio mp_stream_audio(const MpStreamSpec *spec, MpTime start, guint64 seed);
MpTime mp_stream_audio_due(const MpStreamAudio *audio);
/* The packet that is due: its payload in bytes, its RTP timestamp (48 kHz, from 0) and, in
 * `begins_talk`, whether a talk spurt begins with it (RFC 3551 section 4.1). */
guint mp_stream_audio_next(MpStreamAudio *audio, guint32 *timestamp, gboolean *begins_talk);
