/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * UDP sockets, a few for each TTL (hop limit), and what routers and hosts say to their datagrams:
 * the socket that hears it tells the TTL and the series, for no more than the ports of a datagram
 * is sure to come back with an error. The same for SYNs of TCP. No privilege is needed.
 */
#pragma once

#include "base/bytes.h"
#include "net/wait.h"

/* Series of datagrams of one TTL that are told from each other. */
#define MP_TTL_SERIES 4

typedef struct _MpTtlSockets MpTtlSockets;

/* For the TTLs 1 to `most`, bound to the local address from which `toward` is reached. NULL with a
 * status where there is no route or no descriptor. */
MpTtlSockets *mp_ttl_sockets_open(const MpAddress *toward, guint most, MpNetStatus *status);
void mp_ttl_sockets_free(MpTtlSockets *sockets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTtlSockets, mp_ttl_sockets_free)

/* FALSE with a status when the kernel refuses it: MP_NET_PROHIBITED is this computer's firewall. */
gboolean mp_ttl_sockets_send(MpTtlSockets *sockets, guint ttl, guint series, const MpAddress *to,
                             MpBytes payload, MpNetStatus *status);

/* Begins a connection, which is given up whatever comes. */
gboolean mp_ttl_sockets_connect(MpTtlSockets *sockets, guint ttl, guint series, const MpAddress *to,
                                MpNetStatus *status);

/* Waits until something has come or the limit is reached. */
void mp_ttl_sockets_wait(const MpTtlSockets *sockets, const MpNetLimit *limit);

/* What came to datagrams of `ttl`. */
typedef struct {
    guint ttl;
    guint series;
    MpAddress to;       /* where the datagram went */
    gboolean is_tcp;    /* it was a SYN */
    gboolean is_answer; /* a datagram came back from there, or the connection was accepted or
                         * reset; otherwise `status` has an ICMP error */
    MpNetStatus status;
} MpTtlNews;

/* What has come already; FALSE: nothing. */
gboolean mp_ttl_sockets_take(MpTtlSockets *sockets, MpTtlNews *news);
