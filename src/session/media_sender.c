/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What leaves one end of a call.
 */
#include "session/media_sender.h"

#include "base/clock.h"
#include "base/random.h"
#include "session/media_description.h"
#include "session/media_sender_state.h"
#include "session/media_wish.h"

#define RTCP_INTERVAL MP_MSEC(500)
#define ECHO_PAYLOAD 32
/* Ten minutes at the responder's 10 Mbps; a far end cannot make us grow without bound. */
#define MOST_ENTRIES 700000

static const guint8 payload_types[MP_N_SPEC_KINDS] = {
    [MP_SPEC_AUDIO] = MP_PAYLOAD_AUDIO,
    [MP_SPEC_CAMERA] = MP_PAYLOAD_VIDEO,
    [MP_SPEC_SCREEN] = MP_PAYLOAD_SCREEN,
};

static MpOutgoing new_outgoing(guint8 payload_type)
{
    const guint32 sequence = mp_random_u32() & 0x7fff;
    return (MpOutgoing){.ssrc = mp_random_u32() | 1,
                        .payload_type = payload_type,
                        .sequence = sequence,
                        .highest_reported = sequence - 1,
                        .highest_before = sequence - 1};
}

MpMediaSender *mp_media_sender_new(MpMediaRecord *record, MpMediaStreams *streams,
                                   MpMediaBatchSend send, gpointer user_data)
{
    MpMediaSender *sender = g_new0(MpMediaSender, 1);
    sender->record = record;
    sender->streams = streams;
    sender->batch = mp_media_batch_new(send, user_data);
    sender->send = send;
    sender->user_data = user_data;
    sender->lateness = g_array_new(FALSE, FALSE, sizeof(double));
    sender->round_trips = g_array_new(FALSE, FALSE, sizeof(MpTime));
    sender->specs = g_array_new(FALSE, FALSE, sizeof(MpStreamSpec));
    sender->reported_loss = -1;
    sender->scale = sender->tier_scale = 1;
    sender->outgoing[MP_STREAM_ECHO] = new_outgoing(MP_PAYLOAD_ECHO);
    return sender;
}

void mp_media_sender_free(MpMediaSender *sender)
{
    if (!sender)
        return;
    mp_media_source_free(sender->source);
    mp_media_resend_free(sender->resend);
    g_array_unref(sender->specs);
    g_array_unref(sender->lateness);
    g_array_unref(sender->round_trips);
    mp_media_batch_free(sender->batch);
    g_free(sender);
}

void mp_media_sender_describe(MpMediaSender *sender, const GArray *specs)
{
    g_return_if_fail(!sender->source && specs->len <= MP_MOST_SPECS);
    g_array_set_size(sender->specs, 0);
    g_array_append_vals(sender->specs, specs->data, specs->len);
    mp_media_resend_free(sender->resend);
    sender->resend = mp_media_resend_new(specs->len + 1);
    for (guint i = 0; i < specs->len; i++)
        sender->outgoing[i + 1] = new_outgoing(
            payload_types[g_array_index(specs, MpStreamSpec, i).kind]);
}

guint32 mp_media_sender_ssrc(const MpMediaSender *sender, guint stream)
{
    return sender->outgoing[stream].ssrc;
}

guint32 mp_media_sender_first_ssrc(const MpMediaSender *sender, MpSpecKind kind)
{
    for (guint i = 0; i < sender->specs->len; i++)
        if (g_array_index(sender->specs, MpStreamSpec, i).kind == kind)
            return sender->outgoing[i + 1].ssrc;
    return 0;
}

guint8 mp_media_sender_payload_type(const MpMediaSender *sender, guint32 ssrc)
{
    for (guint i = 0; i <= sender->specs->len; i++)
        if (sender->outgoing[i].ssrc == ssrc)
            return sender->outgoing[i].payload_type;
    return 0;
}

static void begin_set(MpMediaSender *sender, guint set, MpTime now)
{
    const MpMediaSourceConfig config = {.start = now,
                                        .specs = sender->specs,
                                        .set = set,
                                        .scale = sender->scale,
                                        .sends_echo = sender->sends_echo,
                                        .seed = mp_random_u32()};
    mp_media_source_free(sender->source);
    sender->source = mp_media_source_new(&config);
    sender->set = set;
}

void mp_media_sender_start(MpMediaSender *sender, MpSrtpSession *srtp, MpTime start,
                           gboolean sends_echo)
{
    sender->srtp = srtp;
    sender->sends_echo = sends_echo;
    sender->rtcp_due = start + RTCP_INTERVAL;
    sender->reports_since_rest = G_MAXUINT;
    begin_set(sender, 0, start);
}

gboolean mp_media_sender_is_sending(const MpMediaSender *sender)
{
    return sender->source != NULL;
}

MpTime mp_media_sender_deadline(const MpMediaSender *sender)
{
    return sender->source ? MIN(mp_media_source_deadline(sender->source), sender->rtcp_due)
                          : MP_NEVER;
}

gboolean mp_media_sender_flush(MpMediaSender *sender)
{
    guint32 first;
    const guint waiting = mp_media_batch_waiting(sender->batch, &first);
    const guint taken = mp_media_batch_send(sender->batch);
    /* What had to wait leaves now. */
    for (guint i = 0; sender->is_blocked && i < taken; i++)
        g_array_index(sender->record->sent, MpRecordEntry, first + i).time = mp_clock_realtime();
    sender->is_blocked = taken < waiting;
    return !sender->is_blocked;
}

guint8 *mp_media_sender_room(MpMediaSender *sender)
{
    if (sender->is_blocked)
        return NULL;
    guint8 *room = mp_media_batch_room(sender->batch);
    if (!room && mp_media_sender_flush(sender))
        room = mp_media_batch_room(sender->batch);
    return room;
}

void mp_media_sender_protect(MpMediaSender *sender, guint8 *packet, gsize length,
                             MpRecordEntry entry)
{
    if (sender->record->sent->len == MOST_ENTRIES ||
        !mp_srtp_session_protect(sender->srtp, packet, &length))
        return;
    guint32 tag = sender->record->sent->len;
    entry.size = (guint16)length;
    entry.time = mp_clock_realtime();
    g_array_append_val(sender->record->sent, entry);
    mp_media_batch_add(sender->batch, length, tag);
}

static gboolean is_video(const MpOutgoing *stream)
{
    return stream->payload_type == MP_PAYLOAD_VIDEO || stream->payload_type == MP_PAYLOAD_SCREEN;
}

/* `room` is the sender's. */
static void send_rtp(MpMediaSender *sender, const MpMediaPacket *due, guint8 *room)
{
    MpOutgoing *stream = &sender->outgoing[due->stream];
    MpWriter writer = mp_writer_init(room, MP_MEDIA_BATCH_LARGEST - MP_SRTP_MAX_GROWTH);
    const MpRtpHeader header = {.marker = due->marker,
                                .payload_type = stream->payload_type,
                                .sequence = (guint16)stream->sequence,
                                .timestamp = due->timestamp,
                                .ssrc = stream->ssrc};
    mp_rtp_write_extended(&writer, &header, MP_EXTENSION_TRANSPORT, sender->transport_sequence++);
    gsize payload = writer.position;
    if (due->stream == MP_STREAM_ECHO && sender->sends_echo)
        mp_media_wish_write(&writer, (MpMediaWish){sender->set, sender->scale});
    mp_writer_zeros(&writer, due->payload_size - (writer.position - payload));
    g_assert(!writer.is_bad);

    if (is_video(stream))
        mp_media_resend_add(sender->resend, due->stream,
                            &(MpSentPacket){stream->sequence, due->payload_size, due->marker,
                                            due->timestamp, due->due, FALSE});
    mp_media_sender_protect(sender, room, writer.position,
                            (MpRecordEntry){.ssrc = stream->ssrc, .sequence = stream->sequence});
    stream->sequence++;
    stream->packets++;
    stream->octets += due->payload_size;
}

void mp_media_sender_echo(MpMediaSender *sender, guint32 sequence)
{
    guint8 *room = sender->source && !sender->is_held ? mp_media_sender_room(sender) : NULL;
    if (!room)
        return;
    sender->outgoing[MP_STREAM_ECHO].sequence = sequence;
    const MpMediaPacket reply = {.stream = MP_STREAM_ECHO, .payload_size = ECHO_PAYLOAD};
    send_rtp(sender, &reply, room);
    mp_media_sender_flush(sender);
}

void mp_media_sender_report(MpMediaSender *sender, gboolean is_bye)
{
    const MpOutgoing *stream = &sender->outgoing[sender->specs->len > 0 ? 1 : MP_STREAM_ECHO];
    MpTime now = mp_clock_realtime();
    MpRtcpReport report = {.ssrc = stream->ssrc,
                           .has_sender_info = TRUE,
                           .ntp_time = mp_rtcp_ntp_time(now),
                           .packet_count = stream->packets,
                           .octet_count = stream->octets,
                           .is_bye = is_bye};
    mp_media_streams_report(sender->streams, now, &report);

    guint8 packet[MP_MEDIA_BATCH_LARGEST];
    MpWriter writer = mp_writer_init(packet, sizeof packet - MP_SRTP_MAX_GROWTH);
    mp_rtcp_write(&writer, &report, "mediapath");
    gsize length = writer.position;
    if (!writer.is_bad && mp_srtp_session_protect_rtcp(sender->srtp, packet, &length))
        sender->send(&(MpBytes){packet, length}, 1, MP_UNRECORDED, sender->user_data);
}

static void send_due(MpMediaSender *sender, MpTime now)
{
    MpMediaPacket packet;
    guint8 *room;
    if (sender->is_held || !mp_media_sender_flush(sender)) {
        mp_media_source_skip(sender->source, now);
        return;
    }
    while ((room = mp_media_sender_room(sender)) &&
           mp_media_source_next(sender->source, now, &packet)) {
        double late = mp_time_to_ms(now - packet.due);
        g_array_append_val(sender->lateness, late);
        send_rtp(sender, &packet, room);
    }
    mp_media_sender_flush(sender);
}

void mp_media_sender_advance(MpMediaSender *sender, MpTime now)
{
    if (!sender->source)
        return;
    send_due(sender, now);
    if (now < sender->rtcp_due)
        return;
    sender->rtcp_due = now + RTCP_INTERVAL;
    if (!sender->is_held)
        mp_media_sender_report(sender, FALSE);
}

void mp_media_sender_hold(MpMediaSender *sender, gboolean is_held)
{
    sender->is_held = is_held;
}

/* What the way did not take until the end has never left: it is not a lost packet. */
void mp_media_sender_end(MpMediaSender *sender)
{
    guint32 first;
    g_clear_pointer(&sender->source, mp_media_source_free);
    if (mp_media_sender_flush(sender))
        return;
    mp_media_batch_waiting(sender->batch, &first);
    g_array_set_size(sender->record->sent, first);
    mp_media_batch_drop(sender->batch);
    sender->is_blocked = FALSE;
}

void mp_media_sender_set_scale(MpMediaSender *sender, double scale, MpTime now)
{
    sender->scale = CLAMP(scale, 0, 1);
    if (scale > 0 && sender->scale != sender->tier_scale) {
        sender->tier_scale = sender->scale;
        mp_media_sender_forget_loss(sender);
        /* What the tier before lost would fill the line of this one. */
        if (sender->resend)
            mp_media_resend_forget(sender->resend);
    }
    if (sender->scale == 0)
        sender->reports_since_rest = 0;
    if (sender->source)
        mp_media_source_set_scale(sender->source, sender->scale, now);
}

double mp_media_sender_scale(const MpMediaSender *sender)
{
    return sender->scale;
}

void mp_media_sender_change_set(MpMediaSender *sender, guint set, MpTime now)
{
    mp_media_sender_forget_loss(sender);
    if (sender->source)
        begin_set(sender, set, now);
}

guint mp_media_sender_set(const MpMediaSender *sender)
{
    return sender->set;
}

void mp_media_sender_stamp(MpMediaSender *sender, guint32 tag, MpTime left)
{
    if (tag >= sender->record->sent->len)
        return;
    MpRecordEntry *entry = &g_array_index(sender->record->sent, MpRecordEntry, tag);
    entry->time = left;
    entry->is_kernel_stamped = TRUE;
}

const GArray *mp_media_sender_round_trips(const MpMediaSender *sender)
{
    return sender->round_trips;
}

const GArray *mp_media_sender_lateness(const MpMediaSender *sender)
{
    return sender->lateness;
}
