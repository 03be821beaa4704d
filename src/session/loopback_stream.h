/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One medium of a far end, sent back to it as a stream of our own: in order, under our SSRC and
 * sequence numbers, so that losses of the two directions are never mixed up. What was lost on the
 * way here is asked for again, and where it does not come, video goes on with the next key frame.
 */
#pragma once

#include "session/loopback_intake.h"
#include "wire/rtcp_feedback.h"

#define MP_LOOPBACK_ENCODING 16

/* What offer and answer agree on. */
typedef struct {
    gboolean is_video;
    gboolean sends_back; /* the far end wants to receive */
    char encoding[MP_LOOPBACK_ENCODING];
    guint8 payload_type;
    guint8 rtx_type; /* RFC 4588; 0: none */
    guint clock_rate;
    gboolean has_nack;
    gboolean has_pli;
    guint transport_id; /* header extension of the transport-wide sequence number; 0: none */
    guint32 ssrc;       /* ours */
    guint32 rtx_ssrc;   /* ours */
} MpLoopbackFormat;

/* What went out. */
typedef struct {
    guint32 packets;
    guint64 payload_bytes;
    guint32 retransmitted;
    guint32 unanswered; /* asked for again and not kept any more */
    guint32 questions;  /* packets that the far end asked for again */
    guint32 pictures;   /* key frames that it asked for */
    gboolean has_report;
    MpRtcpBlock report; /* the far end's last on this stream */
    MpTime round_trip;  /* of the last report; -1: none */
    MpTime round_trip_least;
    MpTime round_trip_sum;
    guint round_trips;
} MpLoopbackOutput;

/* What we asked the far end for. */
typedef struct {
    guint32 questions; /* packets, each time counted */
    guint32 repaired;  /* lost packets that came after all, by RTX */
    guint32 given_up;  /* lost packets that did not */
    guint32 pictures;
    guint32 left_out; /* packets not sent back because no decoder could have used them */
} MpLoopbackRepair;

typedef struct _MpLoopbackStream MpLoopbackStream;

/* An RTP packet of ours, not yet protected. */
typedef void (*MpLoopbackSend)(const MpRtpHeader *header, const guint8 *prefix, gsize prefix_length,
                               MpBytes payload, gpointer user_data);

MpLoopbackStream *mp_loopback_stream_new(const MpLoopbackFormat *format, MpLoopbackSend send,
                                         gpointer user_data);
void mp_loopback_stream_free(MpLoopbackStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpLoopbackStream, mp_loopback_stream_free)

/* A packet with the stream's payload type or its RTX type; `arrival` is CLOCK_REALTIME. */
void mp_loopback_stream_take(MpLoopbackStream *stream, const MpRtpHeader *header, MpBytes payload,
                             MpTime arrival, MpTime now);
void mp_loopback_stream_take_report(MpLoopbackStream *stream, const MpRtcpReport *report,
                                    MpTime arrival);
void mp_loopback_stream_take_feedback(MpLoopbackStream *stream, const MpRtcpFeedback *feedback,
                                      MpTime now);

MpTime mp_loopback_stream_deadline(const MpLoopbackStream *stream);
/* Sends what is due. */
void mp_loopback_stream_advance(MpLoopbackStream *stream, MpTime now);
/* Appends the feedback that is due. FALSE: none is. */
gboolean mp_loopback_stream_ask(MpLoopbackStream *stream, MpWriter *writer, MpTime now);
/* A sender report on what went out with blocks on what came, or a receiver report. */
void mp_loopback_stream_report(MpLoopbackStream *stream, MpTime realtime, MpRtcpReport *report);

/* All lent. */
const MpLoopbackFormat *mp_loopback_stream_format(const MpLoopbackStream *stream);
const MpLoopbackIntake *mp_loopback_stream_intake(const MpLoopbackStream *stream, gboolean is_rtx);
const MpLoopbackOutput *mp_loopback_stream_output(const MpLoopbackStream *stream);
MpLoopbackRepair mp_loopback_stream_repair(const MpLoopbackStream *stream);
