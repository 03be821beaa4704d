/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The queue of a UDP socket that somebody else reads, too: several datagrams are looked at in one
 * system call, with the kernel's stamps of arrival, and some of them taken in another.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

#define MP_STAMPED_QUEUE_LOOK 32

typedef struct {
    MpBytes bytes; /* lent until the next look; what is longer than 2,048 is cut off */
    MpAddress from;
    MpTime stamp; /* CLOCK_REALTIME; 0: the kernel gave none */
} MpStampedDatagram;

typedef struct _MpStampedQueue MpStampedQueue;

/* `fd` is lent; mp_stamped_udp_enable() has been called for it. */
MpStampedQueue *mp_stamped_queue_new(int fd);
void mp_stamped_queue_free(MpStampedQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpStampedQueue, mp_stamped_queue_free)

/* What lies in the socket, oldest first, at most MP_STAMPED_QUEUE_LOOK; never waits. A kernel that
 * cannot look past the first (before Linux 4.7) shows one. `datagrams` is lent until the next look.
 */
guint mp_stamped_queue_look(MpStampedQueue *queue, const MpStampedDatagram **datagrams);
/* Takes the next `n` of those. Nobody else may have read the socket since the look. */
void mp_stamped_queue_take(MpStampedQueue *queue, guint n);

/* Datagrams that the socket has dropped for want of room since it was made, as far as is known. */
guint32 mp_stamped_queue_overflows(const MpStampedQueue *queue);
