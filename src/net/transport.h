/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way to send STUN and ChannelData messages to one server and to receive them one by one, the
 * same over UDP, TCP and TLS. Calls block, but never longer than their limit.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"
#include "net/wait.h"

typedef struct _MpNetTransport MpNetTransport;

typedef struct {
    gboolean (*send)(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                     MpNetStatus *status);
    gboolean (*receive)(MpNetTransport *transport, MpBytes *message, const MpNetLimit *limit,
                        MpNetStatus *status);
    void (*free)(MpNetTransport *transport);
} MpNetTransportMethods;

/* The first member of every transport. */
struct _MpNetTransport {
    const MpNetTransportMethods *methods;
    gboolean is_stream; /* reliable, and ChannelData is padded */
    MpAddress local;
    MpAddress peer;
    /* ChannelData above this number on a stream is garbage; the caller raises it from 0 when it
     * binds a channel. */
    guint16 last_channel;
};

/* FALSE with a status when the message did not get out. */
gboolean mp_net_transport_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                               MpNetStatus *status);

/* One whole message, lent until the next call. FALSE with MP_NET_SILENT at the deadline, when a
 * message has begun to come, too: loss does the same, and `detail` tells how many bytes came. On a
 * stream with MP_NET_MALFORMED as soon as the bytes cannot be STUN or TURN. */
gboolean mp_net_transport_receive(MpNetTransport *transport, MpBytes *message,
                                  const MpNetLimit *limit, MpNetStatus *status);

/* Closes and frees. Takes NULL. */
void mp_net_transport_free(MpNetTransport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpNetTransport, mp_net_transport_free)
