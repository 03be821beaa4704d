/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which UDP ports leave this network, with nothing at the far end: datagrams whose TTL ends behind
 * the edge, and the ICMP errors of the routers there. Takes errors and `now`, gives datagrams and a
 * deadline; opens no socket and reads no clock.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"

#define MP_TTL_MOST 12
/* Questions to one hop are in batches, and a batch in a series, in turn: an answer that comes late
 * is not taken for one to the next batch. */
#define MP_TTL_TURNS 4

typedef struct {
    const MpAddress *targets; /* lent for the call; one family; ports do not count */
    guint n_targets;          /* at least 1 */
    guint16 first;            /* ports of interest */
    guint16 last;
    MpTime until; /* nothing is asked after it */
} MpTtlPlan;

/* What came of a datagram, as the kernel's error queue tells. */
typedef enum {
    MP_TTL_EXCEEDED,         /* ICMP time exceeded */
    MP_TTL_UNREACHABLE,      /* network, host or protocol */
    MP_TTL_PORT_UNREACHABLE, /* by the target itself: it arrived. By another: refused there */
    MP_TTL_PROHIBITED,       /* administratively; `from` MP_FAMILY_NONE: by this computer */
    MP_TTL_ANSWERED,         /* a datagram came back */
} MpTtlKind;

typedef struct {
    MpTtlKind kind;
    guint ttl;       /* of the datagram that it answers, 1..MP_TTL_MOST */
    guint series;    /* of that datagram */
    MpAddress from;  /* who says so */
    MpAddress to;    /* where the datagram went, with its port */
    gboolean is_tcp; /* to a SYN of that TTL; MP_TTL_ANSWERED: accepted or reset by the target */
} MpTtlAnswer;

typedef struct {
    guint ttl;
    guint series; /* below MP_TTL_TURNS; the answer is to tell it */
    MpAddress to;
    gboolean is_tcp; /* begin a connection, and give it up whatever comes */
} MpTtlProbe;

typedef enum {
    MP_TTL_PORT_UNKNOWN,
    MP_TTL_PORT_OPEN,    /* seen behind the floor */
    MP_TTL_PORT_SILENT,  /* nothing from there, while another port was answered */
    MP_TTL_PORT_REFUSED, /* a hop before it says no */
} MpTtlVerdict;

typedef struct {
    MpAddress address; /* MP_FAMILY_NONE: it never answered */
    MpTime round_trip; /* the least; MP_NEVER: not known */
    guint asked;
    guint answered;
    gboolean is_limited; /* it has few answers to give */
} MpTtlHop;

/* A run of blocked ports and where they end. */
typedef struct {
    guint16 first;
    guint16 last;
    MpTtlVerdict verdict; /* SILENT or REFUSED */
    guint last_passed; /* TTL of the last hop that answered for one of them; 0: none did. It or the
                        * way to the next one keeps them; where REFUSED: it does */
    gboolean is_located; /* last_passed was asked about */
} MpTtlBlock;

typedef struct {
    MpTtlHop hops[MP_TTL_MOST + 1]; /* by TTL, from 1 */
    guint deepest;                  /* TTL of the last hop that answers; 0: none does */
    guint floor;        /* an open port was seen at this hop or behind it; 0: there is no edge */
    gboolean is_public; /* the floor is beyond private addresses */
    guint16 control;    /* a port that gets through, asked along; 0: none does */
    gboolean control_is_tcp; /* it is one of TCP: no UDP port that was tried first gets through */
    MpAddress target;
    guint n_asked; /* ports of interest */
    guint
        widest_gap; /* ports between two that were asked and agree: a hole below it may be missed */
    guint64 sent;
    GArray *blocks; /* MpTtlBlock */
    gboolean is_cut_short;
} MpTtlFacts;

typedef struct _MpTtlWalk MpTtlWalk;

MpTtlWalk *mp_ttl_walk_new(const MpTtlPlan *plan, MpTime now);
void mp_ttl_walk_free(MpTtlWalk *walk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTtlWalk, mp_ttl_walk_free)

/* TRUE: send that now and call again. FALSE: nothing before the deadline. */
gboolean mp_ttl_walk_advance(MpTtlWalk *walk, MpTime now, MpTtlProbe *probe);
/* MP_NEVER: it is over. */
MpTime mp_ttl_walk_deadline(const MpTtlWalk *walk);
void mp_ttl_walk_take(MpTtlWalk *walk, const MpTtlAnswer *answer, MpTime now);

/* Complete once it is over. */
const MpTtlFacts *mp_ttl_walk_facts(MpTtlWalk *walk);
/* Of a port that was asked; UNKNOWN otherwise. */
MpTtlVerdict mp_ttl_walk_asked(const MpTtlWalk *walk, guint16 port);
/* The same, and of a port between two that agree and are not further apart than the walk meant to
 * look: what holds if the firewall has no hole below `widest_gap`. */
MpTtlVerdict mp_ttl_walk_verdict(const MpTtlWalk *walk, guint16 port);
