/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What comes to one end of a call.
 */
#include "session/media_receiver.h"

#include "session/media_description.h"

/* Ten minutes at the responder's 10 Mbps; a far end cannot make us grow without bound. */
#define MOST_ENTRIES 700000
#define RTCP_SR 200
#define RTCP_RR 201

static MpStreamNature nature_of(guint8 payload_type)
{
    if (payload_type == MP_PAYLOAD_VIDEO)
        return (MpStreamNature){90000, MP_STREAM_IS_CAMERA};
    if (payload_type == MP_PAYLOAD_SCREEN)
        return (MpStreamNature){90000, MP_STREAM_MAY_REST};
    return (MpStreamNature){48000, MP_STREAM_IS_STEADY};
}

/* RFC 4588 section 4: what it brings again. */
static gboolean read_rtx(MpReceivedPacket *received)
{
    MpReader reader = mp_reader_init(received->payload.data, received->payload.length);
    received->sequence = (guint32)received->header.sequence << 16 | mp_reader_u16(&reader);
    return !reader.is_bad;
}

static void read_transport(const guint8 *packet, gsize length, MpReceivedPacket *received)
{
    MpBytes value = {0};
    received->has_transport = mp_rtp_extension(packet, length, MP_EXTENSION_TRANSPORT, &value) &&
                              value.length == sizeof received->transport_sequence;
    MpReader reader = mp_reader_init(value.data, received->has_transport ? value.length : 0);
    received->transport_sequence = mp_reader_u16(&reader);
}

gboolean mp_media_receive_rtp(const MpMediaReceiver *receiver, guint8 *packet, gsize length,
                              MpTime arrival, gboolean is_kernel_stamped,
                              MpReceivedPacket *received)
{
    const gsize protected_length = length;
    MpRtpHeader *header = &received->header;
    if (!receiver->srtp || !mp_srtp_session_unprotect(receiver->srtp, packet, &length) ||
        !mp_rtp_parse(packet, length, header, &received->payload) ||
        receiver->record->received->len == MOST_ENTRIES)
        return FALSE;
    /* No stream of the call: nobody reports it, and a gigabit of it would fill the record. */
    received->sequence = header->sequence;
    if (!receiver->is_foreign && header->payload_type == MP_PAYLOAD_PROBE)
        return TRUE;
    received->arrival = arrival;
    read_transport(packet, length, received);
    const gboolean is_rtx = !receiver->is_foreign && header->payload_type == MP_PAYLOAD_RTX;
    if (is_rtx && !read_rtx(received))
        return FALSE;
    if (!is_rtx)
        received->sequence = mp_media_streams_receive(receiver->streams, header,
                                                      nature_of(header->payload_type), arrival);
    MpRecordEntry entry = {.ssrc = header->ssrc,
                           .sequence = received->sequence,
                           .size = (guint16)protected_length,
                           .is_kernel_stamped = is_kernel_stamped,
                           .is_retransmission = is_rtx,
                           .time = arrival};
    g_array_append_val(receiver->record->received, entry);
    return TRUE;
}

/* RFC 5506: feedback needs no report before it. */
static gboolean is_report(const guint8 *packet, gsize length)
{
    return length >= 2 && (packet[1] == RTCP_SR || packet[1] == RTCP_RR);
}

gboolean mp_media_receive_rtcp(const MpMediaReceiver *receiver, guint8 *packet, gsize length,
                               MpTime arrival, MpReceivedRtcp *received)
{
    if (!receiver->srtp || !mp_srtp_session_unprotect_rtcp(receiver->srtp, packet, &length))
        return FALSE;
    received->has_report = is_report(packet, length);
    if ((received->has_report && !mp_rtcp_parse(packet, length, &received->report)) ||
        !mp_rtcp_feedback_parse(packet, length, &received->feedback))
        return FALSE;
    if (received->has_report && received->report.has_sender_info)
        mp_media_streams_note_sender_report(receiver->streams, received->report.ntp_time, arrival);
    return TRUE;
}
