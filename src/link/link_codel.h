/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CoDel, RFC 8289: drops from a queue whose packets have all waited too long for too long.
 */
#pragma once

#include "link/link_parcel.h"

/* All zero: nothing has waited yet. Names are those of RFC 8289 section 5.2. */
typedef struct {
    MpTime first_above_time;
    MpTime drop_next;
    guint count;
    guint last_count;
    gboolean is_dropping;
} MpLinkCodel;

/* The next packet to send at `now`, NULL when the queue is empty. What is dropped on the way there
 * goes to `dropped`. */
MpLinkParcel *mp_link_codel_take(MpLinkCodel *codel, MpLinkTrain *queue, MpTime now,
                                 MpLinkTrain *dropped);
