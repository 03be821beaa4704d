/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What came in, stream by stream.
 */
#include "session/media_streams.h"

#include <math.h>

#include "session/srtp_session.h"
#include "session/ssrc_map.h"

/* Every stream of every set and its retransmissions; more would be a far end that plays tricks. */
#define MAX_STREAMS MP_SRTP_MOST_SOURCES

typedef struct {
    guint32 ssrc;
    MpStreamHabit habit;
    guint8 payload_type;
    gboolean is_retired;
    guint32 first;
    guint32 highest;
    guint32 received;
    guint32 expected_before; /* at the report before */
    guint32 received_before;
    guint32 expected_at_restart;
    guint32 received_at_restart;
    double transit; /* arrival - timestamp, in timestamp units */
    double jitter;  /* the same units */
} Stream;

struct _MpMediaStreams {
    Stream streams[MAX_STREAMS];
    guint count;
    MpSsrcMap map;
    gboolean is_paused;
    guint32 dropped; /* at this end, since loss was counted anew */
    guint32 last_sr; /* middle of the NTP time of the last sender report; 0: none */
    MpTime last_sr_arrival;
};

MpMediaStreams *mp_media_streams_new(void)
{
    return g_new0(MpMediaStreams, 1);
}

void mp_media_streams_free(MpMediaStreams *streams)
{
    g_free(streams);
}

static Stream *find(MpMediaStreams *streams, const MpRtpHeader *header, MpStreamHabit habit)
{
    guint index;
    if (mp_ssrc_map_find(&streams->map, header->ssrc, &index))
        return &streams->streams[index];
    if (streams->count == MAX_STREAMS)
        return NULL;
    mp_ssrc_map_add(&streams->map, header->ssrc, streams->count);
    Stream *stream = &streams->streams[streams->count++];
    *stream = (Stream){.ssrc = header->ssrc,
                       .habit = habit,
                       .payload_type = header->payload_type,
                       .first = header->sequence,
                       .highest = header->sequence};
    return stream;
}

/* RFC 3550 appendix A.8. */
static void update_jitter(Stream *stream, const MpRtpHeader *header, guint clock_rate,
                          MpTime arrival)
{
    double units = (double)arrival * clock_rate / 1e9;
    double transit = units - header->timestamp;
    if (stream->received > 0)
        stream->jitter += (fabs(transit - stream->transit) - stream->jitter) / 16;
    stream->transit = transit;
}

guint32 mp_media_streams_receive(MpMediaStreams *streams, const MpRtpHeader *header,
                                 MpStreamNature nature, MpTime arrival)
{
    Stream *stream = find(streams, header, nature.habit);
    if (!stream)
        return header->sequence;
    guint32 sequence = mp_rtp_unwrap(stream->highest, header->sequence);
    update_jitter(stream, header, nature.clock_rate, arrival);
    stream->received++;
    stream->highest = MAX(stream->highest, sequence);
    stream->first = MIN(stream->first, sequence);
    return sequence;
}

void mp_media_streams_note_sender_report(MpMediaStreams *streams, guint64 ntp_time, MpTime arrival)
{
    streams->last_sr = mp_rtcp_ntp_middle(ntp_time);
    streams->last_sr_arrival = arrival;
}

static guint32 expected(const Stream *stream)
{
    return stream->highest - stream->first + 1;
}

/* RFC 3550 appendix A.3. */
static guint8 fraction_lost(Stream *stream)
{
    guint32 asked = expected(stream) - stream->expected_before;
    guint32 came = stream->received - stream->received_before;
    stream->expected_before = expected(stream);
    stream->received_before = stream->received;
    return asked == 0 || came >= asked ? 0 : (guint8)((guint64)(asked - came) * 256 / asked);
}

void mp_media_streams_report(MpMediaStreams *streams, MpTime now, MpRtcpReport *report)
{
    report->n_blocks = 0;
    for (guint i = 0; i < streams->count && report->n_blocks < MP_RTCP_MAX_BLOCKS; i++) {
        Stream *stream = &streams->streams[i];
        if (stream->is_retired)
            continue;
        gint64 lost = (gint64)expected(stream) - stream->received;
        MpTime since = now - streams->last_sr_arrival;
        report->blocks[report->n_blocks++] = (MpRtcpBlock){
            .ssrc = stream->ssrc,
            .fraction_lost = fraction_lost(stream),
            .cumulative_lost = (gint32)CLAMP(lost, -0x800000, 0x7fffff),
            .highest_sequence = stream->highest,
            .jitter = (guint32)MIN(stream->jitter, G_MAXINT32),
            .last_sr = streams->last_sr,
            .delay_since_sr = streams->last_sr
                                  ? (guint32)(((guint64)since << 16) / (guint64)MP_SEC(1))
                                  : 0,
        };
    }
}

/* A stream that does not rest and brings nothing while the others bring this much is lost as a
 * whole, though no gap in its sequence numbers shows it. */
#define QUIET 20

static gboolean may_rest(const MpMediaStreams *streams, const Stream *stream)
{
    return stream->is_retired || stream->habit == MP_STREAM_MAY_REST ||
           (stream->habit == MP_STREAM_IS_CAMERA && streams->is_paused);
}

static gboolean has_quiet_stream(const MpMediaStreams *streams)
{
    guint32 most = 0;
    guint32 least = G_MAXUINT32;
    for (guint i = 0; i < streams->count; i++) {
        const Stream *stream = &streams->streams[i];
        most = MAX(most, stream->received - stream->received_at_restart);
        if (!may_rest(streams, stream))
            least = MIN(least, stream->received - stream->received_at_restart);
    }
    return least == 0 && most >= QUIET;
}

double mp_media_streams_loss_percent(const MpMediaStreams *streams)
{
    gint64 asked = 0;
    gint64 came = 0;
    for (guint i = 0; i < streams->count; i++) {
        const Stream *stream = &streams->streams[i];
        asked += (gint64)expected(stream) - stream->expected_at_restart;
        came += (gint64)stream->received - stream->received_at_restart;
    }
    if (asked <= 0)
        return -1;
    if (has_quiet_stream(streams))
        return 100;
    return 100.0 * (double)MAX(asked - came - streams->dropped, 0) / (double)asked;
}

void mp_media_streams_note_dropped(MpMediaStreams *streams, guint32 packets)
{
    streams->dropped += packets;
}

void mp_media_streams_restart_loss(MpMediaStreams *streams)
{
    streams->dropped = 0;
    for (guint i = 0; i < streams->count; i++) {
        streams->streams[i].expected_at_restart = expected(&streams->streams[i]);
        streams->streams[i].received_at_restart = streams->streams[i].received;
    }
}

void mp_media_streams_pause_video(MpMediaStreams *streams, gboolean is_paused)
{
    streams->is_paused = is_paused;
}

guint8 mp_media_streams_payload_type(const MpMediaStreams *streams, guint32 ssrc)
{
    guint index;
    return mp_ssrc_map_find(&streams->map, ssrc, &index) ? streams->streams[index].payload_type : 0;
}

void mp_media_streams_retire(MpMediaStreams *streams, guint32 echo_ssrc)
{
    for (guint i = 0; i < streams->count; i++)
        streams->streams[i].is_retired = streams->streams[i].ssrc != echo_ssrc;
}
