/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The packets that have left the bottleneck and will arrive, by the time when they are due. Those
 * that keep their order cost nothing to sort; those that overtake wait in a heap.
 */
#pragma once

#include "link/link_parcel.h"

typedef struct {
    MpLinkTrain in_order;  /* due never falls */
    GPtrArray *overtaking; /* MpLinkParcel*, a binary heap: the earliest first */
} MpLinkFlight;

void mp_link_flight_init(MpLinkFlight *flight);
void mp_link_flight_clear(MpLinkFlight *flight);

void mp_link_flight_push(MpLinkFlight *flight, MpLinkParcel *parcel);
/* The earliest due; among equals the one offered first. NULL when there is none. */
MpLinkParcel *mp_link_flight_peek(const MpLinkFlight *flight);
MpLinkParcel *mp_link_flight_pop(MpLinkFlight *flight);
