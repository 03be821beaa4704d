/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A non-blocking socket that is connected to one address.
 */
#pragma once

#include "base/address.h"
#include "net/status.h"

/* `type` is SOCK_DGRAM or SOCK_STREAM. A stream socket may still be connecting. -1 with a status
 * where the kernel refuses at once. */
int mp_net_socket_connect(int type, const MpAddress *peer, MpNetStatus *status);
/* From that address and port, where it is not NULL; errno is set on failure. */
int mp_net_socket_connect_from(int type, const MpAddress *local, const MpAddress *peer,
                               MpNetStatus *status);

/* Unconnected, for many peers, and told of ICMP errors, too. */
int mp_net_socket_bind(int type, const MpAddress *local, MpNetStatus *status);

MpAddress mp_net_socket_local(int fd);
