/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A packet on its way through the link, and a first-in, first-out train of them.
 */
#pragma once

#include "link/link_line.h"

typedef struct _MpLinkParcel MpLinkParcel;

struct _MpLinkParcel {
    MpLinkParcel *next; /* in its train */
    MpLinkParcel *twin; /* the other copy of the packet while both are inside */
    MpLinkOutcome outcome;
};

/* All zero: empty. */
typedef struct {
    MpLinkParcel *first;
    MpLinkParcel *last;
    guint n_parcels;
    guint64 bytes;
} MpLinkTrain;

void mp_link_train_push(MpLinkTrain *train, MpLinkParcel *parcel);
/* NULL when it is empty. */
MpLinkParcel *mp_link_train_pop(MpLinkTrain *train);
