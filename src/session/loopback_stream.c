/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One medium of a far end, sent back to it.
 */
#include "session/loopback_stream.h"

#include "base/random.h"
#include "session/key_frame.h"
#include "session/packet_history.h"
#include "session/packet_order.h"

/* A browser's jitter buffer does not wait longer for a retransmission before it asks for a key
 * frame; audio has none, and waits for what is out of order only. */
#define VIDEO_PATIENCE MP_MSEC(600)
#define AUDIO_PATIENCE MP_MSEC(60)
/* An encoder that is asked more often makes key frames all the time. */
/* Whoever asks for more at once asks for no media. */
#define MOST_BUDGET ((gsize)250000)
#define PICTURE_INTERVAL MP_MSEC(500)

struct _MpLoopbackStream {
    MpLoopbackFormat format;
    MpLoopbackSend send;
    gpointer user_data;
    MpLoopbackIntake intake;
    MpLoopbackIntake rtx_intake;
    MpPacketOrder *order;
    MpPacketHistory *history;
    gboolean is_decodable; /* audio always; video from a key frame on */
    gboolean wants_picture;
    MpTime picture_due;
    guint16 sequence; /* of our next packet */
    guint16 rtx_sequence;
    guint32 timestamp; /* of our last packet */
    gsize budget;      /* bytes that may be sent again: as much as was sent back */
    MpLoopbackOutput output;
    MpLoopbackRepair repair;
};

MpLoopbackStream *mp_loopback_stream_new(const MpLoopbackFormat *format, MpLoopbackSend send,
                                         gpointer user_data)
{
    MpLoopbackStream *stream = g_new0(MpLoopbackStream, 1);
    stream->format = *format;
    stream->send = send;
    stream->user_data = user_data;
    stream->order = mp_packet_order_new(format->is_video ? VIDEO_PATIENCE : AUDIO_PATIENCE);
    stream->history = mp_packet_history_new();
    stream->is_decodable = !format->is_video;
    stream->sequence = (guint16)(mp_random_u32() & 0x7fff);
    stream->rtx_sequence = (guint16)(mp_random_u32() & 0x7fff);
    stream->output.round_trip = -1;
    return stream;
}

void mp_loopback_stream_free(MpLoopbackStream *stream)
{
    if (!stream)
        return;
    mp_loopback_intake_clear(&stream->intake);
    mp_loopback_intake_clear(&stream->rtx_intake);
    mp_packet_order_free(stream->order);
    mp_packet_history_free(stream->history);
    g_free(stream);
}

/* Sending back. */

static void send_back(MpLoopbackStream *stream, const MpOrderedPacket *packet, MpTime now)
{
    const MpRtpHeader header = {.marker = packet->header.marker,
                                .payload_type = stream->format.payload_type,
                                .sequence = stream->sequence++,
                                .timestamp = packet->header.timestamp,
                                .ssrc = stream->format.ssrc};
    stream->timestamp = header.timestamp;
    stream->output.packets++;
    stream->output.payload_bytes += packet->payload.length;
    stream->budget = MIN(stream->budget + packet->payload.length, MOST_BUDGET);
    if (stream->format.has_nack)
        mp_packet_history_add(stream->history, &header, packet->payload, now);
    stream->send(&header, NULL, 0, packet->payload, stream->user_data);
}

/* Frames that follow a hole refer to what nobody has. */
static gboolean is_of_use(MpLoopbackStream *stream, const MpOrderedPacket *packet)
{
    if (!stream->format.is_video)
        return TRUE;
    if (packet->is_after_loss)
        stream->is_decodable = FALSE;
    if (!stream->is_decodable)
        stream->is_decodable = mp_key_frame_begins(stream->format.encoding, packet->payload);
    stream->wants_picture |= !stream->is_decodable;
    return stream->is_decodable;
}

void mp_loopback_stream_advance(MpLoopbackStream *stream, MpTime now)
{
    MpOrderedPacket packet;
    while (mp_packet_order_next(stream->order, now, &packet)) {
        if (packet.payload.length == 0 || !stream->format.sends_back)
            continue;
        if (is_of_use(stream, &packet))
            send_back(stream, &packet, now);
        else
            stream->repair.left_out++;
    }
}

/* RFC 4588 section 4: the payload begins with the original sequence number. */
static void send_again(MpLoopbackStream *stream, guint16 sequence, MpTime now)
{
    MpRtpHeader header;
    MpBytes payload;
    if (!mp_packet_history_take(stream->history, sequence, now, &header, &payload) ||
        payload.length > stream->budget) {
        stream->output.unanswered++;
        return;
    }
    stream->budget -= payload.length;
    stream->output.retransmitted++;
    guint8 original[2] = {(guint8)(sequence >> 8), (guint8)sequence};
    gsize prefix = 0;
    if (stream->format.rtx_type) {
        header.payload_type = stream->format.rtx_type;
        header.ssrc = stream->format.rtx_ssrc;
        header.sequence = stream->rtx_sequence++;
        prefix = sizeof original;
    }
    stream->send(&header, original, prefix, payload, stream->user_data);
}

/* Taking. */

static gboolean open_rtx(const MpLoopbackStream *stream, MpRtpHeader *header, MpBytes *payload)
{
    MpReader reader = mp_reader_init(payload->data, payload->length);
    header->sequence = mp_reader_u16(&reader);
    header->payload_type = stream->format.payload_type;
    if (reader.is_bad)
        return FALSE;
    *payload = mp_reader_bytes(&reader, mp_reader_left(&reader));
    return TRUE;
}

void mp_loopback_stream_take(MpLoopbackStream *stream, const MpRtpHeader *header, MpBytes payload,
                             MpTime arrival, MpTime now)
{
    gboolean is_rtx = stream->format.rtx_type && header->payload_type == stream->format.rtx_type;
    MpRtpHeader original = *header;
    if (!mp_loopback_intake_take(is_rtx ? &stream->rtx_intake : &stream->intake, header,
                                 payload.length, stream->format.clock_rate, arrival) ||
        (is_rtx && !open_rtx(stream, &original, &payload)))
        return;
    /* Padding under RTX names a packet that is long here, if any. */
    if (mp_packet_order_put(stream->order, &original, payload, now) && is_rtx)
        stream->repair.repaired++;
    mp_loopback_stream_advance(stream, now);
}

static const MpRtcpBlock *find_block(const MpRtcpReport *report, guint32 ssrc)
{
    for (guint i = 0; i < report->n_blocks; i++)
        if (report->blocks[i].ssrc == ssrc)
            return &report->blocks[i];
    return NULL;
}

static void note_round_trip(MpLoopbackOutput *output, MpTime round_trip)
{
    if (round_trip < 0)
        return;
    output->round_trip = round_trip;
    output->round_trip_least = output->round_trips == 0 ? round_trip
                                                        : MIN(output->round_trip_least, round_trip);
    output->round_trip_sum += round_trip;
    output->round_trips++;
}

void mp_loopback_stream_take_report(MpLoopbackStream *stream, const MpRtcpReport *report,
                                    MpTime arrival)
{
    if (report->has_sender_info) {
        mp_loopback_intake_note_report(&stream->intake, report, arrival);
        mp_loopback_intake_note_report(&stream->rtx_intake, report, arrival);
    }
    const MpRtcpBlock *block = find_block(report, stream->format.ssrc);
    if (!block)
        return;
    stream->output.has_report = TRUE;
    stream->output.report = *block;
    note_round_trip(&stream->output, mp_rtcp_round_trip(block, mp_rtcp_ntp_time(arrival)));
}

void mp_loopback_stream_take_feedback(MpLoopbackStream *stream, const MpRtcpFeedback *feedback,
                                      MpTime now)
{
    for (guint i = 0; i < feedback->n_nacked && stream->format.has_nack; i++) {
        if (feedback->nacked[i].ssrc != stream->format.ssrc)
            continue;
        stream->output.questions++;
        send_again(stream, feedback->nacked[i].sequence, now);
    }
    for (guint i = 0; i < feedback->n_pictures; i++) {
        if (feedback->pictures[i] != stream->format.ssrc)
            continue;
        stream->output.pictures++;
        stream->wants_picture = TRUE;
    }
}

/* Asking. */

static gboolean can_ask_for_picture(const MpLoopbackStream *stream)
{
    return stream->wants_picture && stream->format.has_pli && stream->intake.streams;
}

MpTime mp_loopback_stream_deadline(const MpLoopbackStream *stream)
{
    MpTime deadline = mp_packet_order_deadline(stream->order);
    return can_ask_for_picture(stream) ? MIN(deadline, stream->picture_due) : deadline;
}

gboolean mp_loopback_stream_ask(MpLoopbackStream *stream, MpWriter *writer, MpTime now)
{
    guint16 lost[MP_RTCP_MOST_NACKED];
    guint n = mp_packet_order_wanted(stream->order, now, lost, MP_RTCP_MOST_NACKED);
    gboolean asks_again = n > 0 && stream->format.has_nack;
    if (asks_again) {
        mp_rtcp_write_nack(writer, stream->format.ssrc, stream->intake.ssrc, lost, n);
        stream->repair.questions += n;
    }
    if (!can_ask_for_picture(stream) || now < stream->picture_due)
        return asks_again;
    mp_rtcp_write_pli(writer, stream->format.ssrc, stream->intake.ssrc);
    stream->repair.pictures++;
    stream->wants_picture = FALSE;
    stream->picture_due = now + PICTURE_INTERVAL;
    return TRUE;
}

/* The far end's clock goes on as in its last report; before one came, as in its last packet. What
 * it sees is then in step with what it sent, sound and picture alike. */
static guint32 timestamp_now(const MpLoopbackStream *stream, MpTime realtime)
{
    const MpLoopbackIntake *intake = &stream->intake;
    if (!intake->report_arrival)
        return stream->timestamp;
    MpTime since = realtime - intake->report_arrival;
    return intake->report_timestamp +
           (guint32)(gint64)((double)since * stream->format.clock_rate / 1e9);
}

void mp_loopback_stream_report(MpLoopbackStream *stream, MpTime realtime, MpRtcpReport *report)
{
    MpLoopbackIntake *const intakes[] = {&stream->intake, &stream->rtx_intake};
    *report = (MpRtcpReport){.ssrc = stream->format.ssrc,
                             .has_sender_info = stream->output.packets > 0,
                             .ntp_time = mp_rtcp_ntp_time(realtime),
                             .rtp_timestamp = timestamp_now(stream, realtime),
                             .packet_count = stream->output.packets,
                             .octet_count = (guint32)stream->output.payload_bytes};
    for (gsize i = 0; i < G_N_ELEMENTS(intakes); i++)
        if (mp_loopback_intake_block(intakes[i], realtime, &report->blocks[report->n_blocks]))
            report->n_blocks++;
}

const MpLoopbackFormat *mp_loopback_stream_format(const MpLoopbackStream *stream)
{
    return &stream->format;
}

const MpLoopbackIntake *mp_loopback_stream_intake(const MpLoopbackStream *stream, gboolean is_rtx)
{
    return is_rtx ? &stream->rtx_intake : &stream->intake;
}

const MpLoopbackOutput *mp_loopback_stream_output(const MpLoopbackStream *stream)
{
    return &stream->output;
}

MpLoopbackRepair mp_loopback_stream_repair(const MpLoopbackStream *stream)
{
    MpLoopbackRepair repair = stream->repair;
    repair.given_up = mp_packet_order_given_up(stream->order);
    return repair;
}
