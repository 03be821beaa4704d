/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What leaves one end of a call: the streams' packets under SRTP, the RTCP reports, and the record
 * of what was sent. Reads no clock for its schedule; whoever calls names the moment.
 */
#pragma once

#include "session/media_batch.h"
#include "session/media_source.h"
#include "session/media_streams.h"
#include "session/srtp_session.h"
#include "wire/media_record.h"
#include "wire/rtcp_feedback.h"

/* Packets that the kernel need not stamp: DTLS, RTCP, BYE and checks. */
#define MP_UNRECORDED G_MAXUINT32

/* FALSE when the way did not take the packet. */
typedef gboolean (*MpMediaSend)(const guint8 *data, gsize length, guint32 tag, gpointer user_data);

typedef struct _MpMediaSender MpMediaSender;

/* `record` and `streams`, which the reports speak of, are lent for good. Tags are the packets'
 * places in the record, or MP_UNRECORDED. */
MpMediaSender *mp_media_sender_new(MpMediaRecord *record, MpMediaStreams *streams,
                                   MpMediaBatchSend send, gpointer user_data);
void mp_media_sender_free(MpMediaSender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaSender, mp_media_sender_free)

/* What will be sent: MpStreamSpec, at most MP_MOST_SPECS; before the start. */
void mp_media_sender_describe(MpMediaSender *sender, const GArray *specs);
guint32 mp_media_sender_ssrc(const MpMediaSender *sender, guint stream);
/* Of the first described stream of that kind; 0: there is none. */
guint32 mp_media_sender_first_ssrc(const MpMediaSender *sender, MpSpecKind kind);

/* 0: no stream of ours. */
guint8 mp_media_sender_payload_type(const MpMediaSender *sender, guint32 ssrc);

/* Starts with set 0. `srtp` is lent for good. */
void mp_media_sender_start(MpMediaSender *sender, MpSrtpSession *srtp, MpTime start,
                           gboolean sends_echo);
gboolean mp_media_sender_is_sending(const MpMediaSender *sender);
/* When to call advance again; MP_NEVER while nothing is to be sent. */
MpTime mp_media_sender_deadline(const MpMediaSender *sender);
void mp_media_sender_advance(MpMediaSender *sender, MpTime now);

/* While there is no way to send on: what is due is left out, as an encoder drops frames. */
void mp_media_sender_hold(MpMediaSender *sender, gboolean is_held);
/* Ends the streams. What the way did not take until now has never left. */
void mp_media_sender_end(MpMediaSender *sender);
void mp_media_sender_report(MpMediaSender *sender, gboolean is_bye);
/* The answer to an echo request, under its number. */
void mp_media_sender_echo(MpMediaSender *sender, guint32 sequence);
/* Of the described rates of video, 0..1; 0: at rest. The far end is asked to do the same. Another
 * scale than the last one above 0 begins the reported loss anew. */
void mp_media_sender_set_scale(MpMediaSender *sender, double scale, MpTime now);
/* 0: at rest. */
double mp_media_sender_scale(const MpMediaSender *sender);
/* The streams of that set take the place of the present ones; the far end is asked for its own. */
void mp_media_sender_change_set(MpMediaSender *sender, guint set, MpTime now);
guint mp_media_sender_set(const MpMediaSender *sender);

/* The kernel's time of leaving for the packet with that tag. */
void mp_media_sender_stamp(MpMediaSender *sender, guint32 tag, MpTime left);
/* The far end's reports of our streams; `arrival` is CLOCK_REALTIME. */
void mp_media_sender_take_report(MpMediaSender *sender, const MpRtcpReport *report, MpTime arrival);

/* Sends again what the far end misses. */
void mp_media_sender_take_nacks(MpMediaSender *sender, const MpRtcpFeedback *feedback, MpTime now);
/* By the far end's last report. */
MpTime mp_media_sender_round_trip(const MpMediaSender *sender);

/* Percent, by the far end's reports, of what was sent since the rate was set; -1: unknown. */
double mp_media_sender_reported_loss(const MpMediaSender *sender);
/* Round-trip times by RTCP (RFC 3550 section 6.4.1), MpTime; lent. */
const GArray *mp_media_sender_round_trips(const MpMediaSender *sender);
/* How late each packet left, double, ms; lent. */
const GArray *mp_media_sender_lateness(const MpMediaSender *sender);
