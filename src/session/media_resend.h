/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one end sends again because the other asks for it: each stream's last packets, and no more
 * of them than the streams themselves may take. Pure.
 */
#pragma once

#include "session/sent_history.h"

typedef struct _MpMediaResend MpMediaResend;

/* For streams with numbers below `n_streams`. */
MpMediaResend *mp_media_resend_new(guint n_streams);
void mp_media_resend_free(MpMediaResend *resend);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMediaResend, mp_media_resend_free)

/* What was sent until now is not sent again: it was of another rate. */
void mp_media_resend_forget(MpMediaResend *resend);
void mp_media_resend_add(MpMediaResend *resend, guint stream, const MpSentPacket *packet);
/* The packet that is to be sent again, lent until the next call, and the number of this
 * retransmission in its own stream; NULL: none. `target_kbps` is what the streams are meant to
 * take together. */
const MpSentPacket *mp_media_resend_take(MpMediaResend *resend, guint stream, guint16 sequence,
                                         MpTime now, MpTime round_trip, double target_kbps,
                                         guint16 *number);
