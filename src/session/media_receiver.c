/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What comes to one end of a call.
 */
#include "session/media_receiver.h"

#include "session/media_description.h"

/* Ten minutes at the responder's 10 Mbps; a far end cannot make us grow without bound. */
#define MOST_ENTRIES 700000

static MpStreamNature nature_of(guint8 payload_type)
{
    if (payload_type == MP_PAYLOAD_VIDEO)
        return (MpStreamNature){90000, MP_STREAM_IS_CAMERA};
    if (payload_type == MP_PAYLOAD_SCREEN)
        return (MpStreamNature){90000, MP_STREAM_MAY_REST};
    return (MpStreamNature){48000, MP_STREAM_IS_STEADY};
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
    if (header->payload_type == MP_PAYLOAD_PROBE)
        return TRUE;
    received->sequence = mp_media_streams_receive(receiver->streams, header,
                                                  nature_of(header->payload_type), arrival);
    MpRecordEntry entry = {.ssrc = header->ssrc,
                           .sequence = received->sequence,
                           .size = (guint16)protected_length,
                           .is_kernel_stamped = is_kernel_stamped,
                           .time = arrival};
    g_array_append_val(receiver->record->received, entry);
    return TRUE;
}

gboolean mp_media_receive_rtcp(const MpMediaReceiver *receiver, guint8 *packet, gsize length,
                               MpTime arrival, MpRtcpReport *report)
{
    if (!receiver->srtp || !mp_srtp_session_unprotect_rtcp(receiver->srtp, packet, &length) ||
        !mp_rtcp_parse(packet, length, report))
        return FALSE;
    if (report->has_sender_info)
        mp_media_streams_note_sender_report(receiver->streams, report->ntp_time, arrival);
    return TRUE;
}
