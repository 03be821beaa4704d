/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ICMP errors that the kernel keeps in a socket's error queue: ip(7), IP_RECVERR.
 */
#pragma once

#include "net/status.h"

typedef enum {
    MP_NET_ICMP_NONE,    /* the queue is empty */
    MP_NET_ICMP_IGNORED, /* something that does not end an exchange, such as a smaller MTU */
    MP_NET_ICMP_FATAL,   /* the status says what, with type, code and who sent it */
} MpNetIcmp;

struct sock_extended_err;

/* One that was taken out of a queue already. */
MpNetIcmp mp_net_icmp_classify(const struct sock_extended_err *error, MpNetStatus *status);
/* Takes the next one out of the queue. */
MpNetIcmp mp_net_icmp_read(int fd, MpNetStatus *status);
/* The same, with where the datagram went that it is about; MP_FAMILY_NONE: not told. */
MpNetIcmp mp_net_icmp_read_about(int fd, MpNetStatus *status, MpAddress *destination);
