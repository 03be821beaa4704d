/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Kernel timestamps on a UDP socket that somebody else owns: when a datagram left the stack and
 * when it came in, SO_TIMESTAMPING. All times are CLOCK_REALTIME nanoseconds.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"

/* Turns on receive stamps, send stamps on request, overflow counting and a 4 MiB receive buffer.
 * FALSE when the kernel refuses stamps. */
gboolean mp_stamped_udp_enable(int fd);

typedef struct {
    gsize length;
    MpAddress from;
    MpTime stamp; /* 0: the kernel gave none */
} MpStampedDatagram;

/* Copies the start of the next datagram without taking it; never waits. FALSE when there is none.
 * `length` becomes the number of bytes copied. */
gboolean mp_stamped_udp_peek(int fd, guint8 *start, gsize *length);

/* Takes the next datagram; never waits. FALSE when there is none. `overflows` is raised to the
 * number of datagrams that the socket has dropped for want of room since it was made. */
gboolean mp_stamped_udp_receive(int fd, guint8 *buffer, gsize capacity, MpStampedDatagram *datagram,
                                guint32 *overflows);

/* Sends and asks for the stamp of leaving. FALSE with errno when the datagram was not taken. The
 * n-th call on a socket (from 0) that succeeded or failed with EPERM is number n in
 * mp_stamped_udp_next_sent(). */
gboolean mp_stamped_udp_send(int fd, const MpAddress *to, const guint8 *data, gsize length);

/* The next send stamp that the kernel has ready; never waits. FALSE when there is none. */
gboolean mp_stamped_udp_next_sent(int fd, guint32 *number, MpTime *stamp);
