/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The retransmission schedule of a STUN request.
 */
#include "session/stun_transaction.h"

/* RFC 8489 section 6.2.1: RTO 500 ms, doubled after each send; Rc = 7 sends; Rm = 16. */
#define RTO MP_MSEC(500)
#define MAX_SENDS 7
#define LAST_WAIT (16 * RTO)
/* RFC 8489 section 6.2.2: Ti, the whole time over TCP and TLS. */
#define RELIABLE_WAIT MP_MSEC(39500)

MpStunTransaction mp_stun_transaction_init(const MpStunId *id, gboolean is_reliable, MpTime now,
                                           MpTime limit)
{
    return (MpStunTransaction){
        .id = *id,
        .is_reliable = is_reliable,
        .started = MP_NEVER,
        .deadline = now,
        .limit = limit,
    };
}

static MpTime wait_after_send(const MpStunTransaction *transaction)
{
    if (transaction->is_reliable)
        return RELIABLE_WAIT;
    return transaction->sends == MAX_SENDS ? LAST_WAIT : RTO << (transaction->sends - 1);
}

MpStunStep mp_stun_transaction_advance(MpStunTransaction *transaction, MpTime now)
{
    if (transaction->deadline == MP_NEVER || now < mp_stun_transaction_deadline(transaction))
        return MP_STUN_STEP_WAIT;

    guint max_sends = transaction->is_reliable ? 1 : MAX_SENDS;
    if (now >= transaction->limit || transaction->sends == max_sends) {
        transaction->deadline = MP_NEVER;
        return MP_STUN_STEP_TIMED_OUT;
    }

    if (transaction->sends++ == 0)
        transaction->started = now;
    transaction->deadline = now + wait_after_send(transaction);
    return MP_STUN_STEP_SEND;
}

MpTime mp_stun_transaction_deadline(const MpStunTransaction *transaction)
{
    if (transaction->deadline == MP_NEVER)
        return MP_NEVER;
    return MIN(transaction->deadline, transaction->limit);
}

MpTime mp_stun_transaction_finish(MpStunTransaction *transaction, MpTime now)
{
    transaction->deadline = MP_NEVER;
    return transaction->sends == 1 ? now - transaction->started : MP_NEVER;
}
