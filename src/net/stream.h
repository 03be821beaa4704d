/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Cuts a byte stream into STUN and ChannelData messages; what TCP and TLS have in common.
 */
#pragma once

#include "net/transport.h"

/* Reads at least one byte; 0 with a status when none comes any more. */
typedef gsize (*MpNetStreamRead)(MpNetTransport *transport, guint8 *buffer, gsize capacity,
                                 const MpNetLimit *limit, MpNetStatus *status);

typedef struct {
    guint8 *bytes;
    gsize length;
    gsize lent; /* of the message that was given out last, at the start */
} MpNetStream;

MpNetStream mp_net_stream_init(void);
void mp_net_stream_clear(MpNetStream *stream);

gboolean mp_net_stream_receive(MpNetStream *stream, MpNetTransport *transport, MpNetStreamRead read,
                               MpBytes *message, const MpNetLimit *limit, MpNetStatus *status);
