/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many ports of a TURN server's relay, one allocation each: how many questions are asked at once,
 * how fast, how patiently, and when enough is known. Opens no socket and reads no clock.
 */
#pragma once

#include "session/relay_trip.h"

typedef struct {
    guint16 first; /* ports that are of interest */
    guint16 last;
    guint rate;         /* allocations per second; 0: gentle, and a sample is enough */
    guint sample;       /* ports that are enough for a gentle run, or under a quota */
    guint most_at_once; /* that this machine has room for */
    MpTime until;       /* no question begins after it */
} MpRelayPlan;

typedef enum {
    MP_RELAY_GOING,
    MP_RELAY_ALL_ASKED,    /* every port of interest, or every one that the server hands out */
    MP_RELAY_SAMPLE_ASKED, /* as many as a gentle run, or a quota, allows */
    MP_RELAY_OUT_OF_TIME,
    MP_RELAY_REFUSED, /* the server says no, or nothing any more: see the last failure */
} MpRelayEnd;

typedef struct {
    guint8 ports[G_MAXUINT16 + 1]; /* MpRelayVerdict by number, also beyond the ports of interest */
    guint n_asked;                 /* different ports of interest with a verdict */
    guint n_blocked;               /* of them, either way */
    guint n_open;
    guint n_unfinished; /* questions under way, about ports that are blocked more often than not */
    guint n_allocations;
    guint n_quota;             /* 486 and 508 */
    guint n_mismatch;          /* 437: the server had not forgotten that 5-tuple yet */
    guint n_silent;            /* questions that the server did not answer */
    guint most_held;           /* allocations at once, where a quota showed itself; 0: it did not */
    guint64 tries;             /* datagrams straight to ports */
    guint64 tries_lost;        /* of those to open ports, what did not come back */
    guint64 tries_open;        /* those to open ports */
    MpAddress relayed;         /* the first; MP_FAMILY_NONE: there was none */
    MpRelayTripAnswer failure; /* the last that broke; broke_at MP_RELAY_OVER: none */
    double wrong_bound;        /* probability that any verdict is wrong; NAN: not known */
    MpRelayEnd end;
} MpRelayFacts;

typedef struct _MpRelayLoop MpRelayLoop;

MpRelayLoop *mp_relay_loop_new(const MpRelayPlan *plan, MpTime now);
void mp_relay_loop_free(MpRelayLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpRelayLoop, mp_relay_loop_free)

/* TRUE: a question begins now, patient as `settings` say (tries, wait and patience are set). */
gboolean mp_relay_loop_begin(MpRelayLoop *loop, MpTime now, MpRelaySettings *settings);
/* When to ask again; MP_NEVER: after the next answer, or not at all. */
MpTime mp_relay_loop_deadline(const MpRelayLoop *loop);
/* A question that began is over. */
void mp_relay_loop_take(MpRelayLoop *loop, const MpRelayTripAnswer *answer, MpTime now);

/* No question is under way and none will begin. */
gboolean mp_relay_loop_is_over(const MpRelayLoop *loop);
/* Whole at any time. */
const MpRelayFacts *mp_relay_loop_facts(MpRelayLoop *loop);
