/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A looped back call on the wire: its packets under SRTP, and each of them in the record.
 */
#pragma once

#include "session/media_loopback.h"
#include "session/media_sender.h"

typedef struct _MpLoopbackCall MpLoopbackCall;

/* `record` is lent for good. */
MpLoopbackCall *mp_loopback_call_new(const MpLoopbackConfig *config, MpMediaRecord *record,
                                     MpMediaSend send, gpointer user_data);
/* Every call below but start and the two takes is one on NULL, too. */
void mp_loopback_call_free(MpLoopbackCall *call);

/* `srtp` is lent for good. */
void mp_loopback_call_start(MpLoopbackCall *call, MpSrtpSession *srtp);
/* A packet that is in the record already, freed from SRTP. */
void mp_loopback_call_take_rtp(MpLoopbackCall *call, const guint8 *packet,
                               const MpRtpHeader *header, MpBytes payload, MpTime arrival);
/* Opens the packet in place. */
void mp_loopback_call_take_rtcp(MpLoopbackCall *call, guint8 *packet, gsize length, MpTime arrival);

MpTime mp_loopback_call_deadline(const MpLoopbackCall *call);
void mp_loopback_call_advance(MpLoopbackCall *call, MpTime now);
/* While there is no way to send on. */
void mp_loopback_call_hold(MpLoopbackCall *call, gboolean is_held);
void mp_loopback_call_stop(MpLoopbackCall *call);

/* Lent; NULL for NULL. */
const MpMediaLoopback *mp_loopback_call_media(const MpLoopbackCall *call);
