/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end tells the other of what came. Reduced-size RTCP (RFC 5506): the reports go by
 * themselves.
 */
#include "session/media_feedback.h"

#include "session/media_description.h"
#include "session/media_repair.h"
#include "session/transport_feedback.h"

/* More would make a packet that some ways do not carry. */
#define LARGEST_PACKET 1200
/* libwebrtc gives a twentieth of the rate to these reports, and sends one every 50 ms from 220 kbps
 * on (remote_estimator_proxy.cc). */
#define REPORT_INTERVAL MP_MSEC(50)

struct _MpMediaFeedback {
    MpMediaSend send;
    gpointer user_data;
    MpSrtpSession *srtp; /* NULL: not started, or ended */
    guint32 ssrc;
    MpMediaRepair *repair;
    MpTransportFeedback *transport;
    MpTime next_report; /* MP_NEVER: nothing came since the last */
    MpTime last_report;
};

MpMediaFeedback *mp_media_feedback_new(MpMediaSend send, gpointer user_data)
{
    MpMediaFeedback *feedback = g_new0(MpMediaFeedback, 1);
    feedback->send = send;
    feedback->user_data = user_data;
    feedback->repair = mp_media_repair_new();
    feedback->transport = mp_transport_feedback_new();
    feedback->next_report = MP_NEVER;
    return feedback;
}

void mp_media_feedback_free(MpMediaFeedback *feedback)
{
    if (!feedback)
        return;
    mp_media_repair_free(feedback->repair);
    mp_transport_feedback_free(feedback->transport);
    g_free(feedback);
}

void mp_media_feedback_start(MpMediaFeedback *feedback, MpSrtpSession *srtp, guint32 ssrc)
{
    feedback->srtp = srtp;
    feedback->ssrc = ssrc;
}

void mp_media_feedback_end(MpMediaFeedback *feedback)
{
    feedback->srtp = NULL;
}

void mp_media_feedback_note(MpMediaFeedback *feedback, const MpReceivedPacket *received, MpTime now)
{
    const MpRtpHeader *header = &received->header;
    if (received->has_transport) {
        mp_transport_feedback_note(feedback->transport, received->transport_sequence,
                                   received->arrival);
        if (feedback->next_report == MP_NEVER)
            feedback->next_report = MAX(now, feedback->last_report) + REPORT_INTERVAL;
    }
    if (header->payload_type == MP_PAYLOAD_VIDEO || header->payload_type == MP_PAYLOAD_SCREEN)
        mp_media_repair_note(feedback->repair, header->ssrc, received->sequence, now);
    else if (header->payload_type == MP_PAYLOAD_RTX)
        mp_media_repair_note_rtx(feedback->repair, header->ssrc, (guint16)received->sequence);
}

MpTime mp_media_feedback_deadline(const MpMediaFeedback *feedback)
{
    return feedback->srtp ? MIN(mp_media_repair_deadline(feedback->repair), feedback->next_report)
                          : MP_NEVER;
}

static void tell(MpMediaFeedback *feedback, const MpWriter *writer)
{
    gsize length = writer->position;
    if (!writer->is_bad && mp_srtp_session_protect_rtcp(feedback->srtp, writer->data, &length))
        feedback->send(writer->data, length, MP_UNRECORDED, feedback->user_data);
}

static void report_transport(MpMediaFeedback *feedback, MpTime now)
{
    guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
    MpWriter writer = mp_writer_init(packet, LARGEST_PACKET);
    while (mp_transport_feedback_write(feedback->transport, &writer, feedback->ssrc, 0)) {
        tell(feedback, &writer);
        writer = mp_writer_init(packet, LARGEST_PACKET);
    }
    feedback->last_report = now;
    feedback->next_report = MP_NEVER;
}

void mp_media_feedback_advance(MpMediaFeedback *feedback, MpTime now, MpTime round_trip)
{
    if (now < mp_media_feedback_deadline(feedback))
        return;
    if (now >= feedback->next_report)
        report_transport(feedback, now);
    guint8 packet[LARGEST_PACKET + MP_SRTP_MAX_GROWTH];
    MpWriter writer = mp_writer_init(packet, LARGEST_PACKET);
    while (mp_media_repair_write(feedback->repair, now, round_trip, feedback->ssrc, &writer)) {
        tell(feedback, &writer);
        writer = mp_writer_init(packet, LARGEST_PACKET);
    }
}
