/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One UDP socket that exchanges many datagrams with one host at a time: sendmmsg(2), recvmmsg(2),
 * the kernel's stamps of arrival, and an account of what this computer itself dropped.
 */
#pragma once

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "net/status.h"

#define MP_UDP_BATCH 64
#define MP_UDP_BATCH_LARGEST 2048 /* bytes; what is longer is cut off */

typedef struct _MpUdpBatch MpUdpBatch;

/* Bound to one local port for its life; datagrams go to and come from any port of `peer`. NULL with
 * a status where there is no route or no descriptor. */
MpUdpBatch *mp_udp_batch_open(const MpAddress *peer, MpNetStatus *status);
void mp_udp_batch_free(MpUdpBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpUdpBatch, mp_udp_batch_free)

/* For poll(2). */
int mp_udp_batch_fd(const MpUdpBatch *batch);
MpAddress mp_udp_batch_local(const MpUdpBatch *batch);
/* Bytes that the kernel granted, of the many that were asked for. It counts its own overhead: a
 * datagram of 100 bytes takes several hundred. */
gsize mp_udp_batch_receive_buffer(const MpUdpBatch *batch);

typedef struct {
    guint16 port; /* of the peer */
    MpBytes bytes;
} MpUdpOut;

typedef enum {
    MP_UDP_BATCH_SENT,    /* all of them */
    MP_UDP_BATCH_BUSY,    /* no room now: try the rest later */
    MP_UDP_BATCH_REFUSED, /* this computer's firewall or routes do not let the next one out */
} MpUdpBatchEnd;

/* At most MP_UDP_BATCH; how many were taken. `end` tells why it stopped. */
guint mp_udp_batch_send(MpUdpBatch *batch, const MpUdpOut *out, guint n, MpUdpBatchEnd *end);

typedef struct {
    guint16 port;  /* of the peer that it came from */
    MpBytes bytes; /* lent until the next call */
    MpTime stamp;  /* CLOCK_REALTIME when it reached this computer; 0: the kernel gave none */
} MpUdpIn;

/* What has come already, at most MP_UDP_BATCH; never waits. Of other hosts nothing is shown.
 * `more`: whether it pays to call again at once. */
guint mp_udp_batch_receive(MpUdpBatch *batch, MpUdpIn *in, gboolean *more);

/* Datagrams that had come and were dropped because the receive buffer was full, since the open;
 * known with the next datagram that is received. */
guint32 mp_udp_batch_overflows(const MpUdpBatch *batch);
