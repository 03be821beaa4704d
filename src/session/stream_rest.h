/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call at rest: as with Opus' discontinuous transmission, but often enough that an outage shows.
 * The first packets come quickly, for one of them must tell the far end. Pure.
 */
#pragma once

#include "base/time.h"

#define MP_REST_PAYLOAD 10

typedef struct {
    gboolean is_resting;
    MpTime start;
    guint64 count; /* of packets since */
} MpStreamRest;

MpTime mp_stream_rest_due(const MpStreamRest *rest);
/* Counts the packet that is due. TRUE: it is an echo request; FALSE: audio. First echoes, then
 * audio and echoes in turn: what asks for echoes tells with them what it wants. */
gboolean mp_stream_rest_next(MpStreamRest *rest, gboolean sends_echo);
