/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Several ways ask in rounds, one after the other in each round: A B C, A B C, ... What they saw
 * can be compared round by round, for it is of the same moments of the network.
 */
#pragma once

#include <gio/gio.h>

#include "base/time.h"

typedef struct _MpRounds MpRounds;

/* One way's place. Its k-th question is due at start + k * interval. */
typedef struct {
    MpTime start;
    MpTime interval;
    guint first; /* the round that it begins with: later than 0 for one that came late */
    guint n_rounds;
    guint n_ways; /* that met */
} MpRoundsPlace;

/* `n_ways` may come. Each of them calls mp_rounds_join() or mp_rounds_leave() in its own thread. */
MpRounds *mp_rounds_new(guint n_ways);
void mp_rounds_free(MpRounds *rounds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpRounds, mp_rounds_free)

/* Waits until every way has come or left, but not long for those that are slow: four round trips,
 * at least half a second. FALSE: the rounds are over already, nobody else is there, or the way is
 * so long that it has no time for rounds. */
gboolean mp_rounds_join(MpRounds *rounds, MpTime round_trip, GCancellable *cancellable,
                        MpRoundsPlace *place);
/* Does not come, or has ended. May be called after mp_rounds_join(). */
void mp_rounds_leave(MpRounds *rounds);
