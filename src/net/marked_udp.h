/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connected UDP socket on which each datagram says its DSCP, its ECN, and whether it may be
 * fragmented, and which tells the marks of what comes.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"
#include "net/wait.h"

typedef struct _MpMarkedUdp MpMarkedUdp;

/* NULL with a status where there is no route or no descriptor. */
MpMarkedUdp *mp_marked_udp_open(const MpAddress *peer, MpNetStatus *status);
void mp_marked_udp_free(MpMarkedUdp *udp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpMarkedUdp, mp_marked_udp_free)

/* For poll(2). */
int mp_marked_udp_fd(const MpMarkedUdp *udp);

typedef enum {
    MP_MARKED_SENT,
    MP_MARKED_TOO_LARGE, /* for the interface it would leave by */
    MP_MARKED_FAILED,    /* the status says why */
} MpMarkedSend;

/* Unless it may be fragmented, "don't fragment" is set, and what the kernel remembers of the path's
 * MTU is not asked (RFC 8899). */
MpMarkedSend mp_marked_udp_send(MpMarkedUdp *udp, MpBytes message, guint8 dscp, guint8 ecn,
                                gboolean may_fragment, MpNetStatus *status);
/* One that has come already, lent until the next call. FALSE: none has. */
gboolean mp_marked_udp_take(MpMarkedUdp *udp, MpBytes *message, guint8 *dscp, guint8 *ecn);

/* The smallest MTU that a router on the way has told by ICMP so far, and who it was; 0: none has.
 */
guint mp_marked_udp_told_mtu(const MpMarkedUdp *udp, MpAddress *from);
/* What the first ICMP error other than that said of a datagram of ours: refused, prohibited,
 * unreachable. NULL: none has come. */
const MpNetStatus *mp_marked_udp_refusal(const MpMarkedUdp *udp);
