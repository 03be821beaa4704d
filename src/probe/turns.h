/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ways take turns at media: while one sends, the others rest. A round gives every way one turn, and
 * each round begins with another way, so that all of them see the same minutes of the network.
 */
#pragma once

#include <glib.h>

#include "base/time.h"

/* Each way has a full turn in so many rounds. */
#define MP_TURNS_ROUNDS 4

typedef struct _MpTurns MpTurns;

/* What a way that is ready says of itself. */
typedef struct {
    GMainContext *loop;  /* woken when it may be the way's turn; lent until the way leaves */
    MpTime took;         /* to get ready */
    MpTime deadline;     /* of its media, on mp_clock_now() */
    MpTime full_time;    /* span of media of the first way that works */
    MpTime relayed_time; /* and of the others */
} MpTurnsMember;

/* Ways are named by their rank, 0 to `n_ways` - 1, in the order in which a browser prefers them.
 * Each calls mp_turns_join() or mp_turns_leave() in its own thread. */
MpTurns *mp_turns_new(guint n_ways);
void mp_turns_free(MpTurns *turns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTurns, mp_turns_free)

/* The way's call is set up, and it wants a turn. The rounds open when every way has come or left,
 * or when those that are slow have had as long again as the first, at least a second; one that
 * comes later takes part in the rounds that are left. */
void mp_turns_join(MpTurns *turns, guint rank, const MpTurnsMember *member);

/* TRUE: it is this way's turn, until it passes. Never waits. */
gboolean mp_turns_is_mine(MpTurns *turns, guint rank);
/* FALSE: there is no time for this way before the others' deadline. Known once the rounds are open.
 */
gboolean mp_turns_is_admitted(MpTurns *turns, guint rank);
/* The first of those that carry media, in browser's order: it is measured in full. */
gboolean mp_turns_is_first(MpTurns *turns, guint rank);
/* Another way has a turn or wants one. */
gboolean mp_turns_is_awaited(MpTurns *turns, guint rank);
/* Of the present turn, from 0. */
guint mp_turns_round(MpTurns *turns);
/* How many ways have taken part. */
guint mp_turns_n_ways(MpTurns *turns);

/* Each of these gives the turn on, if it was this way's. */
void mp_turns_pass(MpTurns *turns, guint rank);       /* wants another one */
void mp_turns_step_aside(MpTurns *turns, guint rank); /* until mp_turns_pass() */
void mp_turns_finish(MpTurns *turns, guint rank);     /* is measured; rests beside the others */
/* Has failed, or ended. Also for one that never joined; a second time it does nothing. */
void mp_turns_leave(MpTurns *turns, guint rank);
