/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages as datagrams of a connected socket. ICMP errors end a call at once.
 */
#pragma once

#include "net/transport.h"

/* NULL with a status where there is no route or no descriptor. */
MpNetTransport *mp_net_udp_open(const MpAddress *peer, MpNetStatus *status);
