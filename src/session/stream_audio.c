/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An Opus-like stream.
 */
#include "session/stream_audio.h"

#include "session/stream_chance.h"

#define INTERVAL MP_MSEC(20)
#define TICKS 960 /* of 48 kHz in 20 ms */
#define TICK_MS 20
/* Opus' variable rate: speech differs from packet to packet. */
#define SPREAD 0.15
/* libopus in discontinuous transmission: a packet every 400 ms, of a byte or two. */
#define SILENT_TICKS 20
/* RFC 6716 section 3.4. */
#define LONGEST_FRAME 1275
#define SILENT_BYTES 2

static guint64 ticks_of(MpStreamAudio *audio, guint mean_ms)
{
    return 1 + (guint64)(mean_ms * mp_stream_chance(&audio->random, 0.5)) / TICK_MS;
}

static void begin_talk(MpStreamAudio *audio)
{
    if (audio->spec.talk_ms == 0 || audio->spec.silence_ms == 0) {
        audio->talk_end = audio->silence_end = G_MAXUINT64;
        return;
    }
    audio->talk_end = audio->tick + ticks_of(audio, audio->spec.talk_ms);
    audio->silence_end = audio->talk_end + ticks_of(audio, audio->spec.silence_ms);
}

MpStreamAudio mp_stream_audio(const MpStreamSpec *spec, MpTime start, guint64 seed)
{
    MpStreamAudio audio = {.spec = *spec, .start = start, .random = seed};
    begin_talk(&audio);
    return audio;
}

MpTime mp_stream_audio_due(const MpStreamAudio *audio)
{
    return audio->start + (MpTime)audio->tick * INTERVAL;
}

guint mp_stream_audio_next(MpStreamAudio *audio, guint32 *timestamp, gboolean *begins_talk)
{
    *timestamp = (guint32)(audio->tick * TICKS);
    *begins_talk = audio->tick == audio->silence_end;
    if (*begins_talk)
        begin_talk(audio);
    const gboolean is_silent = audio->tick >= audio->talk_end;
    audio->tick = is_silent ? MIN(audio->tick + SILENT_TICKS, audio->silence_end) : audio->tick + 1;
    if (is_silent)
        return SILENT_BYTES;
    const double bytes = audio->spec.kbps * 125.0 * TICK_MS / 1000 *
                         mp_stream_chance(&audio->random, SPREAD);
    return (guint)MIN(bytes, LONGEST_FRAME);
}
