/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages in a TCP stream. IPv4's "administratively prohibited" is told as unreachable here, since
 * the kernel keeps no ICMP code for a connecting socket.
 */
#pragma once

#include "net/transport.h"

/* Connects; NULL with a status when that fails or the limit is reached. */
MpNetTransport *mp_net_tcp_open(const MpAddress *peer, const MpNetLimit *limit,
                                MpNetStatus *status);

/* For what stands on TCP and frames its messages otherwise: reads at least one byte; 0 with a
 * status when none comes any more. */
gsize mp_net_tcp_read(MpNetTransport *transport, guint8 *buffer, gsize capacity,
                      const MpNetLimit *limit, MpNetStatus *status);

/* For what stands on TCP. The descriptor stays the transport's. */
int mp_net_tcp_fd(MpNetTransport *transport);
