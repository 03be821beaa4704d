/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one stream sent last, so that it can be sent again: RFC 4588. Pure.
 */
#pragma once

#include "base/time.h"

typedef struct {
    guint32 sequence; /* continued */
    guint payload_size;
    gboolean marker;
    guint32 timestamp;
    MpTime sent; /* the last time */
    gboolean was_repeated;
} MpSentPacket;

typedef struct _MpSentHistory MpSentHistory;

MpSentHistory *mp_sent_history_new(void);
void mp_sent_history_free(MpSentHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpSentHistory, mp_sent_history_free)

void mp_sent_history_add(MpSentHistory *history, const MpSentPacket *packet);
/* The packet to send again now, lent until the next call; NULL: it is gone by now, or was sent
 * again less than a round trip ago, so that this very request may not know of it. */
const MpSentPacket *mp_sent_history_take(MpSentHistory *history, guint16 sequence, MpTime now,
                                         MpTime round_trip);
