/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which parts of an address range leave this network, after a TTL walk has found the edge and a
 * port that gets through: one datagram to an address of each part, with a TTL that ends behind the
 * edge. An answer of any hop there shows that a part leaves; silence counts at the first of them.
 * Opens no socket and reads no clock.
 */
#pragma once

#include "session/ttl_walk.h"

typedef struct {
    const MpAddress *addresses; /* lent for the call: one of each part, with the port to ask */
    guint n_addresses;
    MpAddress control;        /* an address and port that got through */
    guint8 hops[MP_TTL_MOST]; /* TTLs behind the edge whose hops answer, the nearest first */
    gboolean is_limited[MP_TTL_MOST]; /* that hop has few answers to give */
    guint n_hops;                     /* at least 1 */
    MpAddress inside[MP_TTL_MOST];    /* the hops before the edge: what they refuse is kept */
    guint n_inside;
    MpTime round_trip; /* of the farthest */
    MpTime until;      /* nothing is asked after it */
} MpPrefixPlan;

typedef enum {
    MP_PREFIX_UNKNOWN,
    MP_PREFIX_PASSED,  /* seen behind the edge */
    MP_PREFIX_SILENT,  /* three times nothing from the first, while a later question was answered */
    MP_PREFIX_REFUSED, /* a hop before the edge says no */
} MpPrefixVerdict;

typedef struct _MpPrefixWalk MpPrefixWalk;

MpPrefixWalk *mp_prefix_walk_new(const MpPrefixPlan *plan, MpTime now);
void mp_prefix_walk_free(MpPrefixWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpPrefixWalk, mp_prefix_walk_free)

/* TRUE: send that now and call again. FALSE: nothing before the deadline. */
gboolean mp_prefix_walk_advance(MpPrefixWalk *walk, MpTime now, MpTtlProbe *probe);
/* MP_NEVER: it is over. */
MpTime mp_prefix_walk_deadline(MpPrefixWalk *walk, MpTime now);
void mp_prefix_walk_take(MpPrefixWalk *walk, const MpTtlAnswer *answer, MpTime now);

/* Of the address of that index. */
MpPrefixVerdict mp_prefix_walk_verdict(const MpPrefixWalk *walk, guint index);
guint64 mp_prefix_walk_sent(const MpPrefixWalk *walk);
