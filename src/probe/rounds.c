/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where ways meet, and when each of them asks.
 */
#include "probe/rounds.h"

#include "base/clock.h"

#define LEAST_PATIENCE MP_MSEC(500)
#define PATIENCE_ROUND_TRIPS 4
/* Ten rounds of half a second in all; on a long way fewer, so that they take no longer than this.
 */
#define MOST_ROUNDS 10
#define LONGEST_SPAN MP_MSEC(2000)
#define LEAST_INTERVAL MP_MSEC(50)
/* Beyond it, as over a satellite, the ladder itself has no time to spare. */
#define LONGEST_ROUND_TRIP MP_MSEC(400)

struct _MpRounds {
    GMutex mutex;
    GCond changed;
    guint n_awaited;
    guint n_joined;
    guint n_left; /* of those that had joined, too: by then it no longer matters */
    MpTime patience_ends;
    MpTime longest; /* round trip of those that joined */
    gboolean is_open;
    MpTime start;
    MpTime interval;
    guint n_rounds;
    guint n_ways;
};

MpRounds *mp_rounds_new(guint n_ways)
{
    MpRounds *rounds = g_new0(MpRounds, 1);
    g_mutex_init(&rounds->mutex);
    g_cond_init(&rounds->changed);
    rounds->n_awaited = n_ways;
    return rounds;
}

void mp_rounds_free(MpRounds *rounds)
{
    if (!rounds)
        return;
    g_mutex_clear(&rounds->mutex);
    g_cond_clear(&rounds->changed);
    g_free(rounds);
}

static void come(MpRounds *rounds, MpTime round_trip)
{
    rounds->n_joined++;
    rounds->longest = MAX(rounds->longest, round_trip);
    const MpTime patience = MAX(LEAST_PATIENCE, PATIENCE_ROUND_TRIPS * round_trip);
    if (rounds->n_joined == 1)
        rounds->patience_ends = mp_clock_now() + patience;
    g_cond_broadcast(&rounds->changed);
}

static gboolean all_are_there(const MpRounds *rounds)
{
    return rounds->n_joined + rounds->n_left >= rounds->n_awaited;
}

/* Whoever finds that all are there, or that it was long enough. */
static void open_rounds(MpRounds *rounds)
{
    rounds->is_open = TRUE;
    rounds->n_ways = rounds->n_joined;
    rounds->start = mp_clock_now();
    /* Half as long again as the longest round trip: what comes later belongs to no round. */
    rounds->interval = MAX(LEAST_INTERVAL, rounds->longest * 3 / 2);
    rounds->n_rounds = (guint)MIN(LONGEST_SPAN / rounds->interval, MOST_ROUNDS);
    g_cond_broadcast(&rounds->changed);
}

/* In small parts, for nobody tells of a cancellation. GLib's clock is ours in microseconds. */
static void wait_a_little(MpRounds *rounds)
{
    const MpTime until = MIN(mp_clock_now() + LEAST_INTERVAL, rounds->patience_ends);
    g_cond_wait_until(&rounds->changed, &rounds->mutex, until / MP_USEC(1) + 1);
}

static void wait_for_others(MpRounds *rounds, GCancellable *cancellable)
{
    while (!rounds->is_open && !g_cancellable_is_cancelled(cancellable)) {
        if (all_are_there(rounds) || mp_clock_now() >= rounds->patience_ends)
            open_rounds(rounds);
        else
            wait_a_little(rounds);
    }
}

static gboolean take_place(const MpRounds *rounds, guint index, MpRoundsPlace *place)
{
    const MpTime span = rounds->n_rounds * rounds->interval;
    const MpTime passed = mp_clock_now() - rounds->start;
    if (!rounds->is_open || rounds->n_ways < 2 || passed >= span)
        return FALSE;
    /* In turn within a round; one that came late shares a turn. */
    const MpTime turn = rounds->interval * (index % rounds->n_ways) / rounds->n_ways;
    *place = (MpRoundsPlace){.start = rounds->start + turn,
                             .interval = rounds->interval,
                             .n_rounds = rounds->n_rounds,
                             .n_ways = rounds->n_ways};
    if (index >= rounds->n_ways)
        place->first = (guint)(passed / rounds->interval) + 1;
    return place->first < place->n_rounds;
}

gboolean mp_rounds_join(MpRounds *rounds, MpTime round_trip, GCancellable *cancellable,
                        MpRoundsPlace *place)
{
    if (round_trip > LONGEST_ROUND_TRIP) {
        mp_rounds_leave(rounds);
        return FALSE;
    }
    g_mutex_lock(&rounds->mutex);
    const guint index = rounds->n_joined;
    come(rounds, round_trip);
    wait_for_others(rounds, cancellable);
    const gboolean has_place = take_place(rounds, index, place);
    g_mutex_unlock(&rounds->mutex);
    return has_place;
}

void mp_rounds_leave(MpRounds *rounds)
{
    g_mutex_lock(&rounds->mutex);
    rounds->n_left++;
    g_cond_broadcast(&rounds->changed);
    g_mutex_unlock(&rounds->mutex);
}
