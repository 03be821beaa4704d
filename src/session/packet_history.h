/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was sent a moment ago, for a far end that asks for it again (RFC 4588).
 */
#pragma once

#include "base/time.h"
#include "wire/rtp.h"

typedef struct _MpPacketHistory MpPacketHistory;

MpPacketHistory *mp_packet_history_new(void);
void mp_packet_history_free(MpPacketHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPacketHistory, mp_packet_history_free)

/* Keeps a copy, in place of the one 1,024 before it. */
void mp_packet_history_add(MpPacketHistory *history, const MpRtpHeader *header, MpBytes payload,
                           MpTime now);
/* Lent until the next add. FALSE: it is not kept, or was sent so shortly before that the question
 * and the packet have crossed. Taking it counts as sending it. */
gboolean mp_packet_history_take(MpPacketHistory *history, guint16 sequence, MpTime now,
                                MpRtpHeader *header, MpBytes *payload);
