/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets by the time when they are due.
 */
#include "link/link_flight.h"

void mp_link_flight_init(MpLinkFlight *flight)
{
    *flight = (MpLinkFlight){.overtaking = g_ptr_array_new()};
}

void mp_link_flight_clear(MpLinkFlight *flight)
{
    g_ptr_array_unref(flight->overtaking);
}

static gboolean is_before(const MpLinkParcel *a, const MpLinkParcel *b)
{
    if (a->outcome.due != b->outcome.due)
        return a->outcome.due < b->outcome.due;
    if (a->outcome.number != b->outcome.number)
        return a->outcome.number < b->outcome.number;
    return a->outcome.is_copy < b->outcome.is_copy;
}

static void swap(gpointer *parcels, guint a, guint b)
{
    gpointer parcel = parcels[a];
    parcels[a] = parcels[b];
    parcels[b] = parcel;
}

static void heap_push(GPtrArray *heap, MpLinkParcel *parcel)
{
    g_ptr_array_add(heap, parcel);
    guint child = heap->len - 1;
    while (child > 0 && is_before(heap->pdata[child], heap->pdata[(child - 1) / 2])) {
        swap(heap->pdata, child, (child - 1) / 2);
        child = (child - 1) / 2;
    }
}

static MpLinkParcel *heap_pop(GPtrArray *heap)
{
    MpLinkParcel *earliest = g_ptr_array_remove_index_fast(heap, 0);
    guint parent = 0;
    for (;;) {
        guint child = 2 * parent + 1;
        if (child + 1 < heap->len && is_before(heap->pdata[child + 1], heap->pdata[child]))
            child++;
        if (child >= heap->len || !is_before(heap->pdata[child], heap->pdata[parent]))
            return earliest;
        swap(heap->pdata, child, parent);
        parent = child;
    }
}

void mp_link_flight_push(MpLinkFlight *flight, MpLinkParcel *parcel)
{
    const MpLinkParcel *last = flight->in_order.last;
    if (last && is_before(parcel, last))
        heap_push(flight->overtaking, parcel);
    else
        mp_link_train_push(&flight->in_order, parcel);
}

static gboolean overtaker_is_next(const MpLinkFlight *flight)
{
    const GPtrArray *heap = flight->overtaking;
    return heap->len > 0 &&
           (!flight->in_order.first || is_before(heap->pdata[0], flight->in_order.first));
}

MpLinkParcel *mp_link_flight_peek(const MpLinkFlight *flight)
{
    return overtaker_is_next(flight) ? flight->overtaking->pdata[0] : flight->in_order.first;
}

MpLinkParcel *mp_link_flight_pop(MpLinkFlight *flight)
{
    return overtaker_is_next(flight) ? heap_pop(flight->overtaking)
                                     : mp_link_train_pop(&flight->in_order);
}
