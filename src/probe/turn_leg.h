/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A TURN client on an open transport: runs one operation after the other and blocks until its
 * answer.
 */
#pragma once

#include "model/outcome.h"
#include "net/transport.h"
#include "session/turn_client.h"

typedef struct {
    MpNetTransport *transport; /* NULL: closed */
    MpTurnClient *client;
} MpTurnLeg;

/* How an operation ended. */
typedef struct {
    MpOutcome outcome;
    guint code;         /* STUN error code; 0: none */
    MpNetStatus status; /* MP_NET_UNAVAILABLE: an error of ours; detail: a short text */
    MpTime took;
} MpTurnReply;

/* Of an event that ends an operation, and of a call into net/ that failed; `took` is left 0. */
MpTurnReply mp_turn_reply_of_event(const MpTurnEvent *event);
MpTurnReply mp_turn_reply_of_status(const MpNetStatus *status);

/* Takes the transport; NULL leaves the leg closed. */
MpTurnLeg mp_turn_leg_init(MpNetTransport *transport, const MpTurnCredentials *credentials);

MpTurnReply mp_turn_leg_run(MpTurnLeg *leg, const MpTurnRequest *request, const MpNetLimit *limit);

/* Waits for a datagram with just this payload through the relay. */
gboolean mp_turn_leg_await(MpTurnLeg *leg, MpBytes payload, const MpNetLimit *limit,
                           MpNetStatus *status);

/* Gives the allocation back if there is one, waiting no longer than `deadline`, and closes. */
void mp_turn_leg_clear(MpTurnLeg *leg, MpTime deadline);
