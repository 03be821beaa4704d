/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A first-in, first-out train of packets.
 */
#include "link/link_parcel.h"

void mp_link_train_push(MpLinkTrain *train, MpLinkParcel *parcel)
{
    parcel->next = NULL;
    if (train->last)
        train->last->next = parcel;
    else
        train->first = parcel;
    train->last = parcel;
    train->n_parcels++;
    train->bytes += parcel->outcome.size;
}

MpLinkParcel *mp_link_train_pop(MpLinkTrain *train)
{
    MpLinkParcel *parcel = train->first;
    if (!parcel)
        return NULL;
    train->first = parcel->next;
    if (!train->first)
        train->last = NULL;
    train->n_parcels--;
    train->bytes -= parcel->outcome.size;
    parcel->next = NULL;
    return parcel;
}
