/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end of a call is made of: for the files of the session alone.
 */
#pragma once

#include "session/call_guard.h"
#include "session/capacity_link.h"
#include "session/dtls_session.h"
#include "session/host_canary.h"
#include "session/ice_succession.h"
#include "session/loopback_call.h"
#include "session/media_feedback.h"
#include "session/media_sender.h"
#include "session/media_session.h"
#include "session/media_streams.h"
#include "session/srtp_session.h"

struct _MpMediaSession {
    MpMediaSessionConfig config;
    MpMediaInstants instants;
    MpIceSuccession *ice;
    MpDtlsIdentity *identity;
    MpDtlsSession *dtls;
    MpSrtpSession *srtp;
    MpMediaSender *sender;
    MpMediaFeedback *feedback;
    GArray *asked; /* MpStreamSpec; NULL: an answerer */
    MpMediaStreams *streams;
    MpMediaRecord *record;
    MpHostCanary *canary;
    MpCapacityLink *capacity;
    MpCallGuard *guard;       /* NULL: an answerer */
    MpLoopbackCall *loopback; /* NULL: the far end is a mediapath */
    guint32 peer_echo_ssrc;
    guint32 overflows;       /* of our sockets, when a packet came last */
    guint32 train_overflows; /* of them, what belonged to trains that measure capacity */
    MpTime last_arrival;     /* CLOCK_REALTIME */
    guint tier_kbps;         /* the last rate above 0 */
    MpTime set_changed;      /* by the far end's wish; 0: never */
    GSource *timer;
};

/* What the keys of media are sent through. */
void mp_media_session_send_handshake(const guint8 *data, gsize length, gpointer user_data);

/* Sends what a capacity measurement has due, and tells when it is done. */
void mp_media_capacity_advance(MpMediaSession *session, MpTime now);
/* MpMediaBatchSend and MpMediaSend, over the present pair. */
guint mp_media_session_send_batch(const MpBytes *packets, guint n, guint32 first_tag,
                                  gpointer user_data);
gboolean mp_media_session_send_media(const guint8 *data, gsize length, guint32 tag,
                                     gpointer user_data);

/* Arms the timer for what is due next. */
void mp_media_session_rearm(MpMediaSession *session);
/* Notes the instant, if it is the first time, and tells. */
void mp_media_session_happened(MpMediaSession *session, MpTime *instant);
/* Video and audio rest, both ways. */
void mp_media_session_rest(MpMediaSession *session);
/* Sends the streams of another set. */
void mp_media_session_turn_to(MpMediaSession *session, guint set);
/* What the ICE session has received, as its callback says. */
void mp_media_session_take_packet(const guint8 *data, gsize length, MpTime arrival,
                                  gboolean is_kernel_stamped, gpointer user_data);
