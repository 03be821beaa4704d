/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction of a link at work: packets in, packets out later, or never. Opens no socket and
 * reads no clock: the emulator drives it with the kernel's time, tests and simulations with theirs.
 *
 * A packet meets, in this order: outage and random loss, duplication and corruption (all drawn by
 * its number, so that one seed is one pattern however the packets are timed), the queue before the
 * bottleneck, the bottleneck, delay and jitter.
 */
#pragma once

#include "model/link.h"

typedef enum {
    MP_FATE_DELIVERED,
    MP_FATE_LOST,          /* random loss */
    MP_FATE_OUTAGE,        /* the link was away */
    MP_FATE_QUEUE_FULL,    /* tail drop, also of CoDel's own limit */
    MP_FATE_QUEUE_MANAGED, /* CoDel */
} MpFate;

#define MP_N_FATES (MP_FATE_QUEUE_MANAGED + 1)

/* "delivered", "lost", "outage", "queue-full", "queue-managed". */
const char *mp_fate_name(MpFate fate);

/* What became of a packet, or of its second copy. */
typedef struct {
    gpointer packet; /* as offered; it is the receiver's to free. A copy has the same */
    guint64 number;  /* of the packet in this direction, from 0 */
    guint size;
    MpFate fate;
    gboolean is_copy;  /* the second one: comes after the first, unless that was dropped */
    gboolean is_last;  /* no other copy of `packet` will follow: it may be freed */
    int corrupted_bit; /* to flip, counted from the start of the packet; -1: none */
    MpTime offered;
    MpTime due;    /* delivered: when it should arrive; dropped: when that was decided */
    MpTime queued; /* of due - offered, the time until it had passed the bottleneck */
} MpLinkOutcome;

typedef struct _MpLinkLine MpLinkLine;

/* `start` is the moment that changes, outages and the trace count from. Of `direction` it takes a
 * copy. Streams of random numbers are drawn from `seed` and `stream` (give each direction another).
 */
MpLinkLine *mp_link_line_new(const MpLinkDirection *direction, guint64 seed, guint64 stream,
                             MpTime start);
/* Packets still inside are given to `free_packet` (NULL: forgotten). */
void mp_link_line_free(MpLinkLine *line, GDestroyNotify free_packet);

/* Time may not go back between calls, here and below. `size` is that of the IP packet. */
void mp_link_line_offer(MpLinkLine *line, MpTime now, guint size, gpointer packet);

/* When mp_link_line_take() should be called next; MP_NEVER when nothing is inside. */
MpTime mp_link_line_deadline(const MpLinkLine *line);

/* The next outcome that is due by `now`; FALSE: none. Drops come as soon as they are decided. */
gboolean mp_link_line_take(MpLinkLine *line, MpTime now, MpLinkOutcome *outcome);

/* What is inside now, and the most there ever was. A copy counts; so does a drop until taken. */
gsize mp_link_line_packets(const MpLinkLine *line);
gsize mp_link_line_bytes(const MpLinkLine *line);
gsize mp_link_line_most_packets(const MpLinkLine *line);
gsize mp_link_line_most_bytes(const MpLinkLine *line);
