/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sockets that talk straight to relay ports, and the outer addresses that a TURN server sees
 * them come from.
 */
#pragma once

#include "net/datagram.h"
#include "session/relay_trip.h"

typedef struct {
    MpDatagram *sockets[MP_RELAY_SOCKETS];
    MpAddress mapped[MP_RELAY_MAX_MAPPED];
    guint n_mapped;
    gboolean is_told; /* a STUN server answered them; otherwise their outer address is a guess */
} MpRelayStraight;

/* FALSE with a status where there is no route or no descriptor. */
gboolean mp_relay_straight_open(MpRelayStraight *straight, const MpAddress *toward,
                                MpNetStatus *status);
void mp_relay_straight_clear(MpRelayStraight *straight);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MpRelayStraight, mp_relay_straight_clear)

/* Asks a STUN server on UDP, until every socket was answered or the limit is reached. */
void mp_relay_straight_learn(MpRelayStraight *straight, const MpAddress *server,
                             const MpNetLimit *limit);
/* Once each IP address. */
void mp_relay_straight_add_mapped(MpRelayStraight *straight, const MpAddress *mapped);

/* Sends what a question says; `sent_bytes` grows by the IP packet. A refusal of this machine's own
 * firewall is as good as a loss on the way; FALSE with a status where there is no way at all. */
gboolean mp_relay_straight_send(MpRelayStraight *straight, const MpRelaySend *send,
                                guint64 *sent_bytes, MpNetStatus *status);
