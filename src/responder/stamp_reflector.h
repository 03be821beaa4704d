/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A STAMP Session-Reflector, stateful (RFC 8762 section 4.3), as a function: a datagram and the
 * time in, a datagram or silence out. It answers only what one of its keys verifies, each sequence
 * number once, and never with more bytes than it got.
 */
#pragma once

#include <pthread.h>

#include "responder/rate_limit.h"
#include "responder/stamp_keys.h"
#include "responder/stamp_sessions.h"

typedef struct {
    guint64 datagrams;
    guint64 answers;
    guint64 unverified; /* not STAMP, no such key, wrong HMAC */
    guint64 replayed;   /* verified, but seen before or too old */
    guint64 refused;    /* no room for another session */
    guint64 limited;    /* the source comes too fast */
} MpStampCounts;

/* What processes share; all zeros before mp_stamp_shared_init(). */
typedef struct {
    pthread_mutex_t lock;
    MpStampCounts counts;
    MpRateLimit limit;
    MpStampSessions sessions;
    gint overflows;                           /* atomic: datagrams that found a socket full */
    guint8 served[(G_MAXUINT16 + 1) / 8 + 1]; /* ports that a reflector has; as in a session */
} MpStampShared;

/* Datagrams of one source that its key verifies. */
#define MP_STAMP_PER_SECOND 100000
#define MP_STAMP_BURST 200000

void mp_stamp_shared_init(MpStampShared *shared, guint per_second, guint burst);

typedef struct {
    const MpStampKeys *keys;
    MpStampShared *shared;
} MpStampReflector;

/* A datagram as it came. */
typedef struct {
    MpBytes bytes;
    MpAddress source;
    guint16 port; /* that it came to */
    guint8 ttl;
    guint8 tos;
    MpTime time; /* CLOCK_REALTIME, best the kernel's stamp */
} MpStampArrival;

/* The length of the answer in `out`, which has room for as many bytes as came; 0: silence. `now` is
 * the steady clock, `realtime` goes into the answer as its time of sending. */
gsize mp_stamp_reflect(MpStampReflector *reflector, const MpStampArrival *arrival, MpTime now,
                       MpTime realtime, guint8 *out, guint8 *tos);
