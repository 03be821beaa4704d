/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A UDP socket that talks to several addresses, for questions about the NAT before it.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"
#include "net/wait.h"

typedef struct _MpDatagram MpDatagram;

/* Bound to the local address from which `toward` is reached, at a port that the kernel chooses.
 * NULL with a status where there is no route or no descriptor. */
MpDatagram *mp_datagram_open(const MpAddress *toward, MpNetStatus *status);
void mp_datagram_free(MpDatagram *datagram);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpDatagram, mp_datagram_free)

MpAddress mp_datagram_local(const MpDatagram *datagram);
/* For poll(2). */
int mp_datagram_fd(const MpDatagram *datagram);

/* May leave in fragments. FALSE with a status when the kernel refuses it. */
gboolean mp_datagram_send(MpDatagram *datagram, const MpAddress *to, MpBytes message,
                          MpNetStatus *status);
/* One that has come already, lent until the next call; FALSE: none has. */
gboolean mp_datagram_take(MpDatagram *datagram, MpAddress *from, MpBytes *message);
