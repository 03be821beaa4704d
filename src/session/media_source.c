/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a call's streams send which packet.
 */
#include "session/media_source.h"

/* Opus at its usual 20 ms and 40 kbps. */
#define AUDIO_INTERVAL MP_MSEC(20)
#define AUDIO_PAYLOAD 100
#define AUDIO_TICKS 960 /* of 48 kHz in 20 ms */

/* Echo requests go between the audio packets so that neither delays the other. */
#define ECHO_INTERVAL MP_MSEC(20)
#define ECHO_OFFSET MP_MSEC(10)
#define ECHO_PAYLOAD 32

/* Browsers split a frame into about this much payload, and their pacer sends it at 2.5 times the
 * stream's rate. */
#define VIDEO_PAYLOAD 1100
#define PACING_NUMERATOR 2
#define PACING_DENOMINATOR 5
#define VIDEO_CLOCK 90000
/* Every video payload starts with 4 bytes of our own. */
#define VIDEO_LEAST_PAYLOAD 4

/* A call at rest: as with Opus' discontinuous transmission, but often enough that an outage shows.
 * The first ones come quickly, for one of them must tell the far end. */
#define REST_INTERVAL MP_MSEC(100)
#define REST_FIRST_PACKETS 3
#define REST_FIRST_INTERVAL MP_MSEC(20)
#define REST_PAYLOAD 10

struct _MpMediaSource {
    MpMediaSourceConfig config;
    gboolean is_resting;
    MpTime rest_start;
    guint64 rest_count;
    guint64 audio_count;
    guint64 echo_count;
    guint64 frame;       /* number of the frame being sent */
    guint frame_packets; /* of that frame */
    guint frame_bytes;
    guint packet; /* next of that frame */
};

static void begin_frame(MpMediaSource *source)
{
    source->frame_bytes = source->config.video_kbps * 125 / source->config.video_fps;
    source->frame_packets = MAX(1, (source->frame_bytes + VIDEO_PAYLOAD - 1) / VIDEO_PAYLOAD);
    source->packet = 0;
}

MpMediaSource *mp_media_source_new(const MpMediaSourceConfig *config)
{
    MpMediaSource *source = g_new0(MpMediaSource, 1);
    source->config = *config;
    if (config->video_kbps)
        begin_frame(source);
    return source;
}

void mp_media_source_free(MpMediaSource *source)
{
    g_free(source);
}

static MpTime frame_start(const MpMediaSource *source, guint64 frame)
{
    return source->config.start + (MpTime)(frame * (guint64)MP_SEC(1) / source->config.video_fps);
}

static MpTime stream_deadline(const MpMediaSource *source, MpStreamKind kind)
{
    const MpMediaSourceConfig *config = &source->config;
    if (kind == MP_STREAM_AUDIO)
        return config->start + (MpTime)source->audio_count * AUDIO_INTERVAL;
    if (kind == MP_STREAM_ECHO)
        return config->sends_echo
                   ? config->start + ECHO_OFFSET + (MpTime)source->echo_count * ECHO_INTERVAL
                   : MP_NEVER;
    if (!config->video_kbps)
        return MP_NEVER;
    MpTime spread = MP_SEC(1) / config->video_fps * PACING_NUMERATOR / PACING_DENOMINATOR;
    return frame_start(source, source->frame) +
           spread * (MpTime)source->packet / (MpTime)source->frame_packets;
}

static MpStreamKind earliest(const MpMediaSource *source, MpTime *deadline)
{
    MpStreamKind first = MP_STREAM_AUDIO;
    *deadline = stream_deadline(source, first);
    for (guint kind = MP_STREAM_VIDEO; kind < MP_N_STREAMS; kind++) {
        MpTime candidate = stream_deadline(source, (MpStreamKind)kind);
        if (candidate >= *deadline)
            continue;
        first = (MpStreamKind)kind;
        *deadline = candidate;
    }
    return first;
}

static MpTime rest_deadline(const MpMediaSource *source)
{
    const guint64 count = source->rest_count;
    const MpTime wait = count < REST_FIRST_PACKETS
                            ? (MpTime)count * REST_FIRST_INTERVAL
                            : (MpTime)(count - REST_FIRST_PACKETS + 1) * REST_INTERVAL;
    return source->rest_start + wait;
}

/* First echoes, then audio and echoes in turn: what asks for echoes tells its rate with them. */
static void next_at_rest(MpMediaSource *source, MpMediaPacket *packet)
{
    const gboolean is_echo = source->config.sends_echo &&
                             (source->rest_count < REST_FIRST_PACKETS ||
                              (source->rest_count - REST_FIRST_PACKETS) % 2 == 1);
    const MpTime since = packet->due - source->config.start;
    packet->kind = is_echo ? MP_STREAM_ECHO : MP_STREAM_AUDIO;
    packet->payload_size = is_echo ? ECHO_PAYLOAD : REST_PAYLOAD;
    packet->timestamp = (guint32)(since / AUDIO_INTERVAL * AUDIO_TICKS);
    source->rest_count++;
}

MpTime mp_media_source_deadline(const MpMediaSource *source)
{
    MpTime deadline;
    if (source->is_resting)
        return rest_deadline(source);
    earliest(source, &deadline);
    return deadline;
}

static void next_video(MpMediaSource *source, MpMediaPacket *packet)
{
    guint sent = source->packet * VIDEO_PAYLOAD;
    packet->payload_size = MAX(MIN(VIDEO_PAYLOAD, source->frame_bytes - sent), VIDEO_LEAST_PAYLOAD);
    packet->marker = source->packet + 1 == source->frame_packets;
    packet->timestamp = (guint32)(source->frame * VIDEO_CLOCK / source->config.video_fps);
    source->packet++;
    if (packet->marker) {
        source->frame++;
        begin_frame(source);
    }
}

gboolean mp_media_source_next(MpMediaSource *source, MpTime now, MpMediaPacket *packet)
{
    MpTime deadline = source->is_resting ? rest_deadline(source) : 0;
    MpStreamKind kind = source->is_resting ? MP_STREAM_AUDIO : earliest(source, &deadline);
    if (deadline > now)
        return FALSE;
    *packet = (MpMediaPacket){.kind = kind, .due = deadline};
    if (source->is_resting) {
        next_at_rest(source, packet);
    } else if (kind == MP_STREAM_VIDEO) {
        next_video(source, packet);
    } else if (kind == MP_STREAM_AUDIO) {
        packet->payload_size = AUDIO_PAYLOAD;
        packet->timestamp = (guint32)(source->audio_count++ * AUDIO_TICKS);
    } else {
        packet->payload_size = ECHO_PAYLOAD;
        packet->timestamp = (guint32)(source->echo_count++ * AUDIO_TICKS);
    }
    return TRUE;
}

void mp_media_source_skip(MpMediaSource *source, MpTime now)
{
    MpMediaPacket unused;
    while (mp_media_source_next(source, now, &unused))
        continue;
}

/* What the streams would have sent meanwhile is left out. */
static void wake(MpMediaSource *source, MpTime now)
{
    source->is_resting = FALSE;
    mp_media_source_skip(source, now);
}

void mp_media_source_set_rate(MpMediaSource *source, guint video_kbps, MpTime now)
{
    if (!source->config.video_kbps)
        return;
    if (!video_kbps) {
        source->is_resting = TRUE;
        source->rest_start = now;
        source->rest_count = 0;
        return;
    }
    source->config.video_kbps = video_kbps;
    if (source->is_resting)
        wake(source, now);
}

guint mp_media_source_rate(const MpMediaSource *source)
{
    return source->is_resting ? 0 : source->config.video_kbps;
}
