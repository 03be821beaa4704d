/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One stream's packets put back in order.
 */
#include "session/packet_order.h"

#include <string.h>

/* At 10 Mbps of full packets, a second. */
#define WINDOW 1024
/* What is only out of order comes by itself; browsers wait no longer either. */
#define REORDER_WAIT MP_MSEC(10)
#define ASK_INTERVAL MP_MSEC(60)
#define MOST_ASKS 8

typedef struct {
    gboolean is_here;
    gboolean is_expected; /* missing, and waited for */
    MpRtpHeader header;
    guint8 *payload;
    gsize length;
    MpTime missed; /* since when it is missing */
    MpTime due;    /* to be asked for */
    guint asks;
} Slot;

struct _MpPacketOrder {
    MpTime patience;
    gboolean has_begun;
    gboolean is_after_loss; /* the next one */
    guint32 next;           /* continued sequence number that is handed out next */
    guint32 highest;
    guint given_up;
    guint8 *lent;
    Slot slots[WINDOW];
};

MpPacketOrder *mp_packet_order_new(MpTime patience)
{
    MpPacketOrder *order = g_new0(MpPacketOrder, 1);
    order->patience = patience;
    return order;
}

static Slot *slot_of(MpPacketOrder *order, guint32 sequence)
{
    return &order->slots[sequence % WINDOW];
}

static void clear_slot(Slot *slot)
{
    g_free(slot->payload);
    *slot = (Slot){0};
}

void mp_packet_order_free(MpPacketOrder *order)
{
    if (!order)
        return;
    for (guint i = 0; i < WINDOW; i++)
        clear_slot(&order->slots[i]);
    g_free(order->lent);
    g_free(order);
}

/* Begins anew: at the first packet, and after a hole that no window holds. */
static void begin(MpPacketOrder *order, guint32 sequence)
{
    for (guint i = 0; i < WINDOW; i++)
        clear_slot(&order->slots[i]);
    order->is_after_loss = order->has_begun;
    order->has_begun = TRUE;
    order->next = sequence;
    order->highest = sequence;
}

static void expect_up_to(MpPacketOrder *order, guint32 sequence, MpTime now)
{
    for (guint32 missing = order->highest + 1; missing < sequence; missing++)
        *slot_of(order,
                 missing) = (Slot){.is_expected = TRUE, .missed = now, .due = now + REORDER_WAIT};
    order->highest = MAX(order->highest, sequence);
}

gboolean mp_packet_order_put(MpPacketOrder *order, const MpRtpHeader *header, MpBytes payload,
                             MpTime now)
{
    /* A turn ahead, so that what comes before the first one has a number, too. */
    guint32 sequence = order->has_begun ? mp_rtp_unwrap(order->highest, header->sequence)
                                        : header->sequence + 0x10000u;
    /* Before the continued numbers end, all begins anew. */
    if (!order->has_begun || sequence >= order->next + WINDOW || sequence > G_MAXUINT32 / 2) {
        sequence = sequence > G_MAXUINT32 / 2 ? header->sequence + 0x10000u : sequence;
        order->given_up += order->has_begun ? sequence - order->next : 0;
        begin(order, sequence);
    }
    Slot *slot = slot_of(order, sequence);
    if (sequence < order->next || slot->is_here)
        return FALSE;
    expect_up_to(order, sequence, now);
    clear_slot(slot);
    slot->is_here = TRUE;
    slot->header = *header;
    slot->payload = g_memdup2(payload.data, payload.length);
    slot->length = payload.length;
    return TRUE;
}

static gboolean is_waited_for(const Slot *slot, MpTime patience, MpTime now)
{
    return slot->is_expected && now - slot->missed < patience;
}

static void give_up(MpPacketOrder *order, MpTime now)
{
    while (order->next <= order->highest) {
        Slot *slot = slot_of(order, order->next);
        if (slot->is_here || is_waited_for(slot, order->patience, now))
            return;
        clear_slot(slot);
        order->next++;
        order->given_up++;
        order->is_after_loss = TRUE;
    }
}

gboolean mp_packet_order_next(MpPacketOrder *order, MpTime now, MpOrderedPacket *packet)
{
    if (!order->has_begun)
        return FALSE;
    give_up(order, now);
    Slot *slot = slot_of(order, order->next);
    if (order->next > order->highest || !slot->is_here)
        return FALSE;
    g_free(order->lent);
    order->lent = g_steal_pointer(&slot->payload);
    *packet = (MpOrderedPacket){.header = slot->header,
                                .payload = {order->lent, slot->length},
                                .is_after_loss = order->is_after_loss};
    clear_slot(slot);
    order->is_after_loss = FALSE;
    order->next++;
    return TRUE;
}

guint mp_packet_order_wanted(MpPacketOrder *order, MpTime now, guint16 *lost, guint most)
{
    guint n = 0;
    for (guint32 sequence = order->next; sequence < order->highest && n < most; sequence++) {
        Slot *slot = slot_of(order, sequence);
        if (!slot->is_expected || slot->due > now || slot->asks == MOST_ASKS)
            continue;
        slot->asks++;
        slot->due = now + ASK_INTERVAL;
        lost[n++] = (guint16)sequence;
    }
    return n;
}

MpTime mp_packet_order_deadline(const MpPacketOrder *order)
{
    MpTime deadline = MP_NEVER;
    for (guint32 sequence = order->next; sequence < order->highest; sequence++) {
        const Slot *slot = &order->slots[sequence % WINDOW];
        if (!slot->is_expected)
            continue;
        deadline = MIN(deadline, slot->missed + order->patience);
        if (slot->asks < MOST_ASKS)
            deadline = MIN(deadline, slot->due);
    }
    return deadline;
}

guint mp_packet_order_given_up(const MpPacketOrder *order)
{
    return order->given_up;
}
