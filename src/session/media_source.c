/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a call's streams send which packet.
 */
#include "session/media_source.h"

#include "session/due_heap.h"
#include "session/pacer.h"
#include "session/stream_audio.h"
#include "session/stream_camera.h"
#include "session/stream_chance.h"
#include "session/stream_rest.h"
#include "session/stream_screen.h"

/* Echo requests go between the audio packets so that neither delays the other. */
#define ECHO_INTERVAL MP_MSEC(20)
#define ECHO_OFFSET MP_MSEC(10)
#define ECHO_PAYLOAD 32
#define ECHO_TICKS 960

typedef struct {
    guint number; /* of the stream */
    MpSpecKind kind;
    guint participant;
    guint kbps;
    union {
        MpStreamAudio audio;
        MpStreamCamera camera;
        MpStreamScreen screen;
    } as;
} Stream;

/* What can be due: the echoes, then the streams, then the pacers of the participants. */
enum { THING_ECHO, THING_STREAMS, THING_PACERS = THING_STREAMS + MP_MOST_SPECS };

struct _MpMediaSource {
    MpTime start;
    double scale;
    gboolean sends_echo;
    MpStreamRest rest;
    guint64 echo_count;
    Stream streams[MP_MOST_SPECS];
    guint n_streams;
    MpPacer *pacers[MP_MOST_PARTICIPANTS]; /* NULL: nobody needs it */
    MpDueHeap heap;
};

static MpTime stream_due(const Stream *stream)
{
    if (stream->kind == MP_SPEC_AUDIO)
        return mp_stream_audio_due(&stream->as.audio);
    if (stream->kind == MP_SPEC_CAMERA)
        return mp_stream_camera_due(&stream->as.camera);
    return mp_stream_screen_due(&stream->as.screen);
}

/* Each participant has talked and looked for a different while. */
static double phase_of(const MpMediaSourceConfig *config, guint participant)
{
    guint64 random = config->seed + participant;
    return participant == 0 ? 0 : mp_stream_chance(&random, 1) / 2;
}

static void add_stream(MpMediaSource *source, const MpMediaSourceConfig *config, guint index)
{
    const MpStreamSpec *spec = &g_array_index(config->specs, MpStreamSpec, index);
    const guint64 seed = config->seed ^ mp_splitmix_mix(index + 1);
    const double phase = phase_of(config, spec->participant);
    Stream *stream = &source->streams[source->n_streams++];
    stream->number = index + 1;
    stream->kind = spec->kind;
    stream->participant = spec->participant;
    stream->kbps = spec->kbps;
    if (spec->kind == MP_SPEC_AUDIO)
        stream->as.audio = mp_stream_audio(
            spec, config->start + (MpTime)(phase * (double)ECHO_INTERVAL), seed);
    else if (spec->kind == MP_SPEC_CAMERA)
        stream->as.camera = mp_stream_camera(spec, config->start, phase, seed);
    else
        stream->as.screen = mp_stream_screen(spec, config->start, seed);
    if (spec->kind != MP_SPEC_AUDIO && !source->pacers[spec->participant])
        source->pacers[spec->participant] = mp_pacer_new();
}

MpMediaSource *mp_media_source_new(const MpMediaSourceConfig *config)
{
    MpMediaSource *source = g_new0(MpMediaSource, 1);
    source->start = config->start;
    source->sends_echo = config->sends_echo;
    for (guint i = 0; i < config->specs->len && i < MP_MOST_SPECS; i++)
        if (g_array_index(config->specs, MpStreamSpec, i).set == config->set)
            add_stream(source, config, i);

    mp_due_heap_add(&source->heap, config->sends_echo ? config->start + ECHO_OFFSET : MP_NEVER);
    for (guint i = 0; i < MP_MOST_SPECS; i++)
        mp_due_heap_add(&source->heap,
                        i < source->n_streams ? stream_due(&source->streams[i]) : MP_NEVER);
    for (guint i = 0; i < MP_MOST_PARTICIPANTS; i++)
        mp_due_heap_add(&source->heap, MP_NEVER);
    mp_media_source_set_scale(source, config->scale, config->start);
    return source;
}

void mp_media_source_free(MpMediaSource *source)
{
    if (!source)
        return;
    for (guint i = 0; i < MP_MOST_PARTICIPANTS; i++)
        mp_pacer_free(source->pacers[i]);
    g_free(source);
}

MpTime mp_media_source_deadline(const MpMediaSource *source)
{
    if (source->rest.is_resting)
        return mp_stream_rest_due(&source->rest);
    return source->heap.due[mp_due_heap_first(&source->heap)];
}

static void next_echo(MpMediaSource *source, MpMediaPacket *packet)
{
    *packet = (MpMediaPacket){.stream = MP_STREAM_ECHO,
                              .payload_size = ECHO_PAYLOAD,
                              .timestamp = (guint32)(source->echo_count++ * ECHO_TICKS),
                              .due = source->heap.due[THING_ECHO]};
    mp_due_heap_set(&source->heap, THING_ECHO, packet->due + ECHO_INTERVAL);
}

static void next_audio(Stream *stream, MpMediaPacket *packet)
{
    MpStreamAudio *audio = &stream->as.audio;
    *packet = (MpMediaPacket){.stream = stream->number, .due = mp_stream_audio_due(audio)};
    packet->payload_size = mp_stream_audio_next(audio, &packet->timestamp, &packet->marker);
}

static void next_frame(MpMediaSource *source, Stream *stream)
{
    MpVideoFrame frame = stream->kind == MP_SPEC_CAMERA
                             ? mp_stream_camera_next(&stream->as.camera, source->scale)
                             : mp_stream_screen_next(&stream->as.screen, source->scale);
    frame.stream = stream->number;
    MpPacer *pacer = source->pacers[stream->participant];
    mp_pacer_push(pacer, &frame);
    mp_due_heap_set(&source->heap, THING_PACERS + stream->participant, mp_pacer_due(pacer));
}

static void next_paced(MpMediaSource *source, guint participant, MpMediaPacket *packet)
{
    MpPacer *pacer = source->pacers[participant];
    const MpPacedPacket paced = mp_pacer_next(pacer);
    *packet = (MpMediaPacket){paced.stream, paced.payload_size, paced.marker, paced.timestamp,
                              paced.due};
    mp_due_heap_set(&source->heap, THING_PACERS + participant, mp_pacer_due(pacer));
}

/* TRUE: it was a packet. */
static gboolean next_of(MpMediaSource *source, guint thing, MpMediaPacket *packet)
{
    if (thing == THING_ECHO) {
        next_echo(source, packet);
        return TRUE;
    }
    if (thing >= THING_PACERS) {
        next_paced(source, thing - THING_PACERS, packet);
        return TRUE;
    }
    Stream *stream = &source->streams[thing - THING_STREAMS];
    const gboolean is_audio = stream->kind == MP_SPEC_AUDIO;
    if (is_audio)
        next_audio(stream, packet);
    else
        next_frame(source, stream);
    mp_due_heap_set(&source->heap, thing, stream_due(stream));
    return is_audio;
}

/* Of a call without audio the echoes' stream stands for it. */
static guint first_audio(const MpMediaSource *source)
{
    for (guint i = 0; i < source->n_streams; i++)
        if (source->streams[i].kind == MP_SPEC_AUDIO)
            return source->streams[i].number;
    return MP_STREAM_ECHO;
}

static void next_at_rest(MpMediaSource *source, MpMediaPacket *packet)
{
    const MpTime due = mp_stream_rest_due(&source->rest);
    const gboolean is_echo = mp_stream_rest_next(&source->rest, source->sends_echo);
    *packet = (MpMediaPacket){
        .stream = is_echo ? MP_STREAM_ECHO : first_audio(source),
        .payload_size = is_echo ? ECHO_PAYLOAD : MP_REST_PAYLOAD,
        .timestamp = (guint32)((due - source->start) / ECHO_INTERVAL * ECHO_TICKS),
        .due = due};
}

gboolean mp_media_source_next(MpMediaSource *source, MpTime now, MpMediaPacket *packet)
{
    while (mp_media_source_deadline(source) <= now) {
        if (source->rest.is_resting) {
            next_at_rest(source, packet);
            return TRUE;
        }
        if (next_of(source, mp_due_heap_first(&source->heap), packet))
            return TRUE;
    }
    return FALSE;
}

static void set_targets(MpMediaSource *source)
{
    double kbps[MP_MOST_PARTICIPANTS] = {0};
    for (guint i = 0; i < source->n_streams; i++)
        if (source->streams[i].kind != MP_SPEC_AUDIO)
            kbps[source->streams[i].participant] += source->streams[i].kbps * source->scale;
    for (guint i = 0; i < MP_MOST_PARTICIPANTS; i++)
        if (source->pacers[i])
            mp_pacer_set_target(source->pacers[i], kbps[i]);
}

void mp_media_source_skip(MpMediaSource *source, MpTime now)
{
    MpMediaPacket unused;
    while (mp_media_source_next(source, now, &unused))
        continue;
}

void mp_media_source_set_scale(MpMediaSource *source, double scale, MpTime now)
{
    if (scale <= 0) {
        source->rest = (MpStreamRest){.is_resting = TRUE, .start = now};
        return;
    }
    source->scale = MIN(scale, 1);
    set_targets(source);
    /* What the streams would have sent meanwhile is left out. */
    if (source->rest.is_resting) {
        source->rest.is_resting = FALSE;
        mp_media_source_skip(source, now);
    }
}
