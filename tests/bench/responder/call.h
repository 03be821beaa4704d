/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call with a responder, as cheap as a load generator needs it: WHIP, ICE with one candidate
 * (controlling), DTLS, SRTP, audio, video and echo requests. All calls share one socket.
 */
#pragma once

#include "session/dtls_session.h"
#include "session/srtp_session.h"
#include "session/whip_client.h"
#include "wire/media_record.h"
#include "wire/rtp.h"
#include "wire/stun.h"

#define CALL_PACKET 1500

typedef void (*CallSend)(const MpAddress *to, const guint8 *data, gsize length);

typedef enum { CALL_AUDIO, CALL_VIDEO, CALL_ECHO, CALL_STREAMS } CallStream;

typedef struct {
    const char *url;
    MpAddress local;
    const MpDtlsIdentity *identity;
    guint video_kbps;
    CallSend send;
} CallConfig;

typedef struct {
    CallConfig config;
    MpWhipClient *whip;
    char *ufrag;
    char *pwd;
    char *their_pwd;
    char *user; /* of our checks */
    MpAddress remote;
    MpStunId check;
    gboolean is_nominated;
    MpDtlsSession *dtls;
    MpSrtpSession *srtp;
    gboolean is_sending;
    double scale; /* of the video, both ways: the responder follows */
    MpTime due;   /* of whatever comes next */
    MpTime check_due;
    struct {
        guint32 ssrc;
        guint16 sequence;
        MpTime due;
        guint64 sent;
    } streams[CALL_STREAMS];
    guint32 echo_ssrc; /* of the replies */
    guint64 received;
    guint64 refused; /* by SRTP */
} Call;

/* Offers and takes the answer. FALSE with a message on standard error. */
gboolean call_begin(Call *call, const CallConfig *config);
void call_clear(Call *call);
/* A call begins with little video, so that many can be begun one after the other. */
void call_go_full(Call *call, MpTime now);
/* Sends what is due. */
void call_advance(Call *call, MpTime now);
/* A datagram from the call's remote address; changed in place. */
void call_take(Call *call, guint8 *data, gsize length, const MpAddress *from, MpTime now);
/* Stops sending and asks for the responder's record; NULL with a message on standard error. */
MpMediaRecord *call_end(Call *call);
