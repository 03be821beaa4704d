/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is sent again, in streams of its own: RFC 4588.
 */
#include "session/media_description.h"
#include "session/media_repair.h"
#include "session/media_sender_state.h"

/* libwebrtc's, until a report tells. */
#define FIRST_ROUND_TRIP MP_MSEC(100)

/* What the streams of the present set are meant to take. */
static double target_kbps(const MpMediaSender *sender)
{
    double kbps = 0;
    for (guint i = 0; i < sender->specs->len; i++) {
        const MpStreamSpec *spec = &g_array_index(sender->specs, MpStreamSpec, i);
        kbps += spec->set == sender->set ? spec->kbps * sender->tier_scale : 0;
    }
    return kbps;
}

/* `room` is the sender's. */
static void send_again(MpMediaSender *sender, const MpOutgoing *stream, const MpSentPacket *sent,
                       guint16 number, guint8 *room)
{
    MpWriter writer = mp_writer_init(room, MP_MEDIA_BATCH_LARGEST - MP_SRTP_MAX_GROWTH);
    const MpRtpHeader header = {.marker = sent->marker,
                                .payload_type = MP_PAYLOAD_RTX,
                                .sequence = number,
                                .timestamp = sent->timestamp,
                                .ssrc = mp_media_rtx_ssrc(stream->ssrc)};
    const guint16 original = (guint16)sent->sequence;
    mp_rtp_write_extended(&writer, &header, MP_EXTENSION_TRANSPORT, sender->transport_sequence++);
    /* RFC 4588 section 4: the original sequence number goes before the payload. */
    mp_writer_u16(&writer, original);
    mp_writer_zeros(&writer, sent->payload_size);
    g_assert(!writer.is_bad);
    mp_media_sender_protect(sender, room, writer.position,
                            (MpRecordEntry){.ssrc = header.ssrc,
                                            .sequence = (guint32)number << 16 | original,
                                            .is_retransmission = TRUE});
}

MpTime mp_media_sender_round_trip(const MpMediaSender *sender)
{
    const GArray *all = sender->round_trips;
    return all->len > 0 ? g_array_index(all, MpTime, all->len - 1) : FIRST_ROUND_TRIP;
}

void mp_media_sender_take_nacks(MpMediaSender *sender, const MpRtcpFeedback *feedback, MpTime now)
{
    for (guint i = 0; i < feedback->n_nacked; i++) {
        const MpRtcpNack *nack = &feedback->nacked[i];
        guint stream = 0;
        while (stream <= sender->specs->len && sender->outgoing[stream].ssrc != nack->ssrc)
            stream++;
        guint8 *room = sender->source && !sender->is_held ? mp_media_sender_room(sender) : NULL;
        if (stream > sender->specs->len || !room)
            continue;
        guint16 number;
        const MpSentPacket *sent = mp_media_resend_take(sender->resend, stream, nack->sequence, now,
                                                        mp_media_sender_round_trip(sender),
                                                        target_kbps(sender), &number);
        if (sent)
            send_again(sender, &sender->outgoing[stream], sent, number, room);
    }
    mp_media_sender_flush(sender);
}
