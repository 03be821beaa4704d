/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sessions of a STAMP reflector: what it has seen of each, so that nothing is answered twice
 * and a sender can ask what arrived. A table of a fixed size without pointers: processes share it.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "wire/stamp.h"

#define MP_STAMP_MOST_SESSIONS 128
#define MP_STAMP_SESSIONS_OF_A_SOURCE 32
/* A session that was silent so long gives way to a new one; to one of its own source sooner, so
 * that whoever runs one check after the other can go on. */
#define MP_STAMP_SESSION_IDLE MP_SEC(60)
#define MP_STAMP_SESSION_IDLE_OF_A_SOURCE MP_SEC(3)
/* How far behind the newest a sequence number may come: paths and processes reorder. */
#define MP_STAMP_WINDOW 65536

typedef struct {
    guint32 next_reply; /* the reflector's own sequence number: RFC 8762 section 4.3, stateful */
    guint32 newest;
    guint32 received;
    guint32 unanswered;
    guint16 largest;
    guint overflows_before;                  /* of the reflector, when the session began */
    guint8 window[MP_STAMP_WINDOW / 8];      /* sequence numbers seen */
    guint8 ports[(G_MAXUINT16 + 1) / 8 + 1]; /* most significant bit first; one byte to spare */
} MpStampState;

/* What a session is found by, side by side: the rest of one is far from the rest of the next. */
typedef struct {
    MpStampSession name;
    MpTime last_seen;
    MpAddress source; /* that it began from */
} MpStampHandle;

typedef struct {
    guint n_sessions;
    MpStampHandle handles[MP_STAMP_MOST_SESSIONS];
    MpStampState states[MP_STAMP_MOST_SESSIONS];
} MpStampSessions;

/* The session, a new one where there is none; NULL where the table is full of active ones, or the
 * source has too many. All zeros are an empty table. */
MpStampState *mp_stamp_sessions_get(MpStampSessions *sessions, const MpStampSession *name,
                                    const MpAddress *source, MpTime now);

/* TRUE for a sequence number that was not seen before and is not too old; it is seen then. */
gboolean mp_stamp_state_accept(MpStampState *state, guint32 sequence);
void mp_stamp_state_see_port(MpStampState *state, guint16 port);

/* `n_bits` of `bits` from `first` on to `out`; what is left of its last byte is 0. `bits` has a
 * byte to spare. */
void mp_stamp_copy_bits(guint8 *out, const guint8 *bits, guint first, guint n_bits);
