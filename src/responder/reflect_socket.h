/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sockets of a reflector: one raw socket a family that sees every port, or one UDP socket a
 * port.
 */
#pragma once

#include <glib.h>

typedef enum {
    MP_REFLECT_UDP,  /* bound to its port, of all addresses of both families */
    MP_REFLECT_RAW4, /* reads from the IP header on, writes from the UDP header on */
    MP_REFLECT_RAW6, /* reads and writes from the UDP header on */
} MpReflectKind;

typedef struct {
    int fd;
    MpReflectKind kind;
    guint16 port;      /* MP_REFLECT_UDP */
    guint32 overflows; /* as the kernel told last */
} MpReflectSocket;

/* GArray of MpReflectSocket that closes them. */
GArray *mp_reflect_sockets_new(void);

/* Raw sockets that get a copy of what looks like STAMP to these ports: nothing is taken away from
 * the programs that have such a port. FALSE with MP_ERROR_UNAVAILABLE without CAP_NET_RAW. */
gboolean mp_reflect_open_raw(GArray *sockets, guint16 first_port, guint16 last_port,
                             GError **error);

/* One socket for each port whose bit is set in `wanted`, from `first_port` on; the bit is cleared
 * where another program has it. FALSE with MP_ERROR_UNAVAILABLE when there are too few descriptors
 * or no memory. */
gboolean mp_reflect_open_bound(GArray *sockets, guint8 *wanted, guint first_port, guint n_ports,
                               GError **error);
