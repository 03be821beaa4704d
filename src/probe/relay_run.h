/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the questions of a relay's self-loop are carried: over UDP all in one thread, over streams
 * each worker one at a time.
 */
#pragma once

#include "probe/dial.h"
#include "probe/relay_straight.h"
#include "session/relay_loop.h"

typedef struct {
    const MpDialGoal *goal;
    MpTurnCredentials *credentials; /* NULL: none */
    MpRelayLoop *loop;
    MpRelayStraight *straight;
    MpTime deadline; /* of all */
    GCancellable *cancellable;
    guint64 sent; /* datagrams and messages that left */
    guint64 sent_bytes;
} MpRelayRun;

/* The settings of a question, from what is known now. */
MpRelaySettings mp_relay_run_settings(const MpRelayRun *run, gboolean is_stream);

/* Until the loop is over, the deadline or an interruption. FALSE with a status when this machine
 * cannot. */
gboolean mp_relay_run_datagrams(MpRelayRun *run, const MpAddress *server, MpNetStatus *status);
/* Takes `first`, a connection that is open already. */
void mp_relay_run_streams(MpRelayRun *run, MpNetTransport *first, guint n_workers);
