/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a server is ready: what a client could see, or the kernel's word for it. Each looks once,
 * from the network namespace of the server, and waits for a few milliseconds at most.
 */
#pragma once

#include "lab/far_ends.h"

typedef gboolean (*MpServiceReady)(const MpFarEnds *far_ends, const MpAddress *address);

/* The TURN server: UDP, TCP and TLS. */
gboolean mp_turn_is_ready(const MpFarEnds *far_ends, const MpAddress *address);

/* The responder says so. */
gboolean mp_responder_is_ready(const MpFarEnds *far_ends, const MpAddress *address);

/* A name server answers for itself; nothing is forwarded. */
gboolean mp_name_server_is_ready(const MpFarEnds *far_ends, const MpAddress *address);

/* Something listens at the TCP port. No connection is made: a proxy would pass it on. */
gboolean mp_port_is_open(const MpFarEnds *far_ends, const MpAddress *address);

/* The translator holds its device. */
gboolean mp_nat64_is_ready(const MpFarEnds *far_ends, const MpAddress *address);
