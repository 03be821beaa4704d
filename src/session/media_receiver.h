/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What comes to one end of a call: packets freed from SRTP, the streams' counts, and the record of
 * what was received.
 */
#pragma once

#include "session/media_streams.h"
#include "session/srtp_session.h"
#include "wire/media_record.h"
#include "wire/rtcp_feedback.h"

/* All lent. */
typedef struct {
    gboolean is_foreign; /* the far end is no mediapath: its payload types are not ours */
    MpSrtpSession *srtp;
    MpMediaStreams *streams;
    MpMediaRecord *record;
} MpMediaReceiver;

typedef struct {
    MpRtpHeader header;
    MpBytes payload;
    gboolean has_transport;
    guint16 transport_sequence; /* of all packets of the transport */
    MpTime arrival;
    guint32 sequence; /* continued past 16 bits; of a retransmission as in its record */
} MpReceivedPacket;

typedef struct {
    gboolean has_report;
    MpRtcpReport report;
    MpRtcpFeedback feedback;
} MpReceivedRtcp;

/* Opens the packet in place. FALSE: it is not from the far end. */
gboolean mp_media_receive_rtp(const MpMediaReceiver *receiver, guint8 *packet, gsize length,
                              MpTime arrival, gboolean is_kernel_stamped,
                              MpReceivedPacket *received);
gboolean mp_media_receive_rtcp(const MpMediaReceiver *receiver, guint8 *packet, gsize length,
                               MpTime arrival, MpReceivedRtcp *received);
