/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One STUN request: when to send it again and when to give up, RFC 8489 section 6.2. Opens no
 * socket and reads no clock.
 */
#pragma once

#include "base/time.h"
#include "wire/stun.h"

typedef enum {
    MP_STUN_STEP_WAIT,      /* nothing to do before mp_stun_transaction_deadline() */
    MP_STUN_STEP_SEND,      /* send the request now */
    MP_STUN_STEP_TIMED_OUT, /* no answer came in time; said once */
} MpStunStep;

typedef struct {
    MpStunId id;
    gboolean is_reliable; /* TCP or TLS: sent once */
    guint sends;
    MpTime started;  /* the first send; MP_NEVER before it */
    MpTime deadline; /* when to call advance again; MP_NEVER when over */
    MpTime limit;    /* the caller's own end; MP_NEVER: none */
} MpStunTransaction;

/* Due at once; gives up at `limit` if the RFC's schedule has not ended before. */
MpStunTransaction mp_stun_transaction_init(const MpStunId *id, gboolean is_reliable, MpTime now,
                                           MpTime limit);

MpStunStep mp_stun_transaction_advance(MpStunTransaction *transaction, MpTime now);
MpTime mp_stun_transaction_deadline(const MpStunTransaction *transaction);

/* The answer came: nothing is due any more. The round trip, or MP_NEVER where a retransmission
 * leaves open which request was answered. */
MpTime mp_stun_transaction_finish(MpStunTransaction *transaction, MpTime now);
