/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Kernel timestamps on a UDP socket that somebody else owns: when a datagram left the stack and
 * when it came in, SO_TIMESTAMPING. All times are CLOCK_REALTIME nanoseconds.
 */
#pragma once

#include <sys/socket.h>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

/* Turns on receive stamps, send stamps on request, overflow counting and a 4 MiB receive buffer.
 * FALSE when the kernel refuses stamps. */
gboolean mp_stamped_udp_enable(int fd);

#define MP_STAMPED_BATCH 64

/* Sends at most MP_STAMPED_BATCH datagrams, one behind the other in one system call, and asks for
 * the stamp of leaving of each. How many were taken; errno says why not all. One that this
 * computer's own firewall takes away (EPERM) counts as taken: it is lost like any other. Those that
 * were taken are numbered, from 0 in the order of the calls. */
guint mp_stamped_udp_send(int fd, const MpAddress *to, const MpBytes *datagrams, guint n);

/* The same without stamps and numbers, which cost a quarter of a packet. */
guint mp_stamped_udp_send_unstamped(int fd, const MpAddress *to, const MpBytes *datagrams, guint n);

/* The same on a socket that is connected to `peer`, for which the kernel looks for the route once
 * and not for every packet: another tenth of it. */
guint mp_stamped_udp_send_connected(int fd, const MpAddress *peer, const MpBytes *datagrams,
                                    guint n);

/* One datagram for every `segment` bytes, cut by the kernel or the network card: UDP segmentation
 * offload, under one number. They are dropped together where one of them is, and leave back to
 * back: for throughput alone, never where loss or spacing is measured. `data`: at most
 * MP_STAMPED_BATCH segments and 65,507 bytes. FALSE with errno when nothing was taken. */
gboolean mp_stamped_udp_send_segments(int fd, const MpAddress *to, MpBytes data, guint segment);

typedef struct {
    guint32 number;
    MpTime left;
} MpSendStamp;

#define MP_SEND_STAMPS 32

/* Send stamps that the kernel has ready, at most MP_SEND_STAMPS; never waits. `more`: whether it
 * pays to ask again. */
guint mp_stamped_udp_take_stamps(int fd, MpSendStamp *stamps, gboolean *more);

/* The stamp in a control message of type SCM_TIMESTAMPING. */
MpTime mp_stamped_udp_read(const struct cmsghdr *control);
