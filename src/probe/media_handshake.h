/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's DTLS handshake as facts: what was agreed on, the flights, and what became of their
 * datagrams.
 */
#pragma once

#include "model/measurement.h"
#include "probe/media_join.h"
#include "session/dtls_session.h"

/* "dtls": as far as the handshake went. */
void mp_media_handshake_facts(JsonObject *facts, const MpDtlsSession *dtls);

/* "dtls.up" and "dtls.down": datagrams sent, received, and missing by size. */
void mp_media_handshake_joined(JsonObject *facts, const MpMediaJoin *join,
                               const MpMediaRecord *ours, const MpMediaRecord *theirs);
