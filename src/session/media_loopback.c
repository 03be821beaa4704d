/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call whose media goes back to where it came from.
 */
#include "session/media_loopback.h"

#include "session/srtp_session.h"
#include "session/transport_feedback.h"

#define LARGEST_PACKET 1500
#define CNAME "mediapath"
/* RFC 4585 section 3.4 allows reports this often at the rates of a call. */
#define REPORT_INTERVAL MP_MSEC(500)
/* What browsers send themselves: their estimate follows within a few of them. */
#define TRANSPORT_INTERVAL MP_MSEC(100)

struct _MpMediaLoopback {
    MpLoopbackEmit emit;
    gpointer user_data;
    guint n_streams;
    MpLoopbackStream *streams[MP_LOOPBACK_MOST];
    MpTransportFeedback *transport;
    guint32 transport_ssrc; /* of the far end; 0: no packet had a transport-wide number */
    gboolean is_started;
    gboolean is_stopped;
    MpTime report_due;
    MpTime transport_due;
};

/* Sending. */

static void emit_rtp(const MpRtpHeader *header, const guint8 *prefix, gsize prefix_length,
                     MpBytes payload, gpointer user_data)
{
    const MpMediaLoopback *loopback = user_data;
    guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
    MpWriter writer = mp_writer_init(packet, LARGEST_PACKET);
    mp_rtp_write_header(&writer, header);
    mp_writer_bytes(&writer, prefix, prefix_length);
    mp_writer_bytes(&writer, payload.data, payload.length);
    if (!writer.is_bad && loopback->is_started && !loopback->is_stopped)
        loopback->emit(packet, writer.position, header, loopback->user_data);
}

MpMediaLoopback *mp_media_loopback_new(const MpLoopbackConfig *config, MpLoopbackEmit emit,
                                       gpointer user_data)
{
    MpMediaLoopback *loopback = g_new0(MpMediaLoopback, 1);
    loopback->emit = emit;
    loopback->user_data = user_data;
    loopback->transport = mp_transport_feedback_new();
    for (guint i = 0; i < config->n_formats; i++)
        loopback->streams[loopback->n_streams++] = mp_loopback_stream_new(&config->formats[i],
                                                                          emit_rtp, loopback);
    return loopback;
}

void mp_media_loopback_free(MpMediaLoopback *loopback)
{
    if (!loopback)
        return;
    for (guint i = 0; i < loopback->n_streams; i++)
        mp_loopback_stream_free(loopback->streams[i]);
    mp_transport_feedback_free(loopback->transport);
    g_free(loopback);
}

void mp_media_loopback_start(MpMediaLoopback *loopback, MpTime now)
{
    loopback->is_started = TRUE;
    loopback->report_due = now + REPORT_INTERVAL;
    loopback->transport_due = now + TRANSPORT_INTERVAL;
}

void mp_media_loopback_stop(MpMediaLoopback *loopback)
{
    loopback->is_stopped = TRUE;
}

/* Taking. */

static MpLoopbackStream *stream_of(const MpMediaLoopback *loopback, guint8 payload_type)
{
    for (guint i = 0; i < loopback->n_streams; i++) {
        const MpLoopbackFormat *format = mp_loopback_stream_format(loopback->streams[i]);
        if (payload_type == format->payload_type ||
            (format->rtx_type && payload_type == format->rtx_type))
            return loopback->streams[i];
    }
    return NULL;
}

static void note_transport(MpMediaLoopback *loopback, guint id, const guint8 *packet,
                           const MpRtpHeader *header, MpBytes payload, MpTime arrival)
{
    MpBytes value;
    if (!id || !mp_rtp_extension(packet, (gsize)(payload.data - packet), id, &value) ||
        value.length != 2)
        return;
    loopback->transport_ssrc = header->ssrc;
    mp_transport_feedback_note(loopback->transport, (guint16)(value.data[0] << 8 | value.data[1]),
                               arrival);
}

void mp_media_loopback_take_rtp(MpMediaLoopback *loopback, const guint8 *packet,
                                const MpRtpHeader *header, MpBytes payload, MpTime arrival,
                                MpTime now)
{
    MpLoopbackStream *stream = stream_of(loopback, header->payload_type);
    if (!stream)
        return;
    note_transport(loopback, mp_loopback_stream_format(stream)->transport_id, packet, header,
                   payload, arrival);
    mp_loopback_stream_take(stream, header, payload, arrival, now);
}

void mp_media_loopback_take_rtcp(MpMediaLoopback *loopback, const guint8 *data, gsize length,
                                 MpTime arrival, MpTime now)
{
    MpRtcpReport report;
    MpRtcpFeedback feedback;
    if (!mp_rtcp_parse(data, length, &report) || !mp_rtcp_feedback_parse(data, length, &feedback))
        return;
    for (guint i = 0; i < loopback->n_streams; i++) {
        mp_loopback_stream_take_report(loopback->streams[i], &report, arrival);
        mp_loopback_stream_take_feedback(loopback->streams[i], &feedback, now);
    }
}

/* Reporting. */

/* RFC 4585 section 3.1: a compound packet begins with a report. */
static void write_receiver_report(const MpLoopbackStream *stream, MpWriter *writer)
{
    const MpRtcpReport report = {.ssrc = mp_loopback_stream_format(stream)->ssrc};
    mp_rtcp_write(writer, &report, CNAME);
}

static void emit_rtcp(const MpMediaLoopback *loopback, MpWriter *writer)
{
    g_assert(!writer->is_bad);
    loopback->emit(writer->data, writer->position, NULL, loopback->user_data);
}

static void report(const MpMediaLoopback *loopback, MpTime realtime)
{
    for (guint i = 0; i < loopback->n_streams; i++) {
        guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
        MpWriter writer = mp_writer_init(packet, LARGEST_PACKET);
        MpRtcpReport words;
        mp_loopback_stream_report(loopback->streams[i], realtime, &words);
        mp_rtcp_write(&writer, &words, CNAME);
        emit_rtcp(loopback, &writer);
    }
}

static void ask(const MpMediaLoopback *loopback, MpLoopbackStream *stream, MpTime now)
{
    guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
    MpWriter writer = mp_writer_init(packet, LARGEST_PACKET);
    write_receiver_report(stream, &writer);
    if (mp_loopback_stream_ask(stream, &writer, now))
        emit_rtcp(loopback, &writer);
}

static void report_transport(MpMediaLoopback *loopback)
{
    guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
    for (;;) {
        MpWriter writer = mp_writer_init(packet, LARGEST_PACKET);
        write_receiver_report(loopback->streams[0], &writer);
        if (!mp_transport_feedback_write(loopback->transport, &writer,
                                         mp_loopback_stream_format(loopback->streams[0])->ssrc,
                                         loopback->transport_ssrc))
            return;
        emit_rtcp(loopback, &writer);
    }
}

MpTime mp_media_loopback_deadline(const MpMediaLoopback *loopback)
{
    if (!loopback || !loopback->is_started)
        return MP_NEVER;
    MpTime deadline = loopback->report_due;
    if (loopback->transport_ssrc)
        deadline = MIN(deadline, loopback->transport_due);
    for (guint i = 0; i < loopback->n_streams; i++)
        deadline = MIN(deadline, mp_loopback_stream_deadline(loopback->streams[i]));
    return deadline;
}

void mp_media_loopback_advance(MpMediaLoopback *loopback, MpTime now, MpTime realtime)
{
    if (!loopback || !loopback->is_started)
        return;
    for (guint i = 0; i < loopback->n_streams; i++) {
        mp_loopback_stream_advance(loopback->streams[i], now);
        ask(loopback, loopback->streams[i], now);
    }
    if (now >= loopback->transport_due) {
        loopback->transport_due = now + TRANSPORT_INTERVAL;
        report_transport(loopback);
    }
    if (now >= loopback->report_due) {
        loopback->report_due = now + REPORT_INTERVAL;
        report(loopback, realtime);
    }
}

guint mp_media_loopback_n_streams(const MpMediaLoopback *loopback)
{
    return loopback->n_streams;
}

const MpLoopbackStream *mp_media_loopback_stream(const MpMediaLoopback *loopback, guint i)
{
    return loopback->streams[i];
}
