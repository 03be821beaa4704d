/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names to addresses by the system's resolver, bounded by a deadline.
 */
#pragma once

#include "base/address.h"
#include "net/wait.h"

/* The addresses of a host in the order of RFC 6724, as an array of MpAddress with `port`; an IP
 * literal is answered at once. NULL with a status: MP_NET_REFUSED when the name does not exist,
 * MP_NET_SILENT when no name server answered. */
GArray *mp_net_resolve(const char *host, guint16 port, const MpNetLimit *limit,
                       MpNetStatus *status);
