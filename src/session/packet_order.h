/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One stream's packets put back in order: waits a while for what is missing, says what to ask for
 * again, and goes on without it when the time is over. Pure: whoever calls names the moment.
 */
#pragma once

#include "base/time.h"
#include "wire/rtp.h"

typedef struct _MpPacketOrder MpPacketOrder;

typedef struct {
    MpRtpHeader header;
    MpBytes payload;        /* lent until the next call */
    gboolean is_after_loss; /* what was before it has been given up */
} MpOrderedPacket;

/* Waits `patience` for a packet that is missing. */
MpPacketOrder *mp_packet_order_new(MpTime patience);
void mp_packet_order_free(MpPacketOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPacketOrder, mp_packet_order_free)

/* Keeps a copy. FALSE: it came before, or was given up. */
gboolean mp_packet_order_put(MpPacketOrder *order, const MpRtpHeader *header, MpBytes payload,
                             MpTime now);
/* The next one in order. FALSE: there is none, or what is before it is still waited for. */
gboolean mp_packet_order_next(MpPacketOrder *order, MpTime now, MpOrderedPacket *packet);

/* Those missing that are due to be asked for (again), oldest first; they count as asked for. */
guint mp_packet_order_wanted(MpPacketOrder *order, MpTime now, guint16 *lost, guint most);
/* When next() or wanted() has news without a put(); MP_NEVER: nothing is missing. */
MpTime mp_packet_order_deadline(const MpPacketOrder *order);
/* Packets that were given up. */
guint mp_packet_order_given_up(const MpPacketOrder *order);
