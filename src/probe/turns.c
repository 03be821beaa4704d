/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose turn it is. Nobody is waited for here: whoever looks finds what is true at that moment, and
 * a way that goes away in its turn leaves the turn to the next.
 */
#include "probe/turns.h"

#include "base/clock.h"

#define LEAST_PATIENCE MP_SEC(1)
/* Beside its media each way takes this much longer in every round: the queue of the one before
 * drains, and both ends begin. */
#define CHANGE_TIME MP_MSEC(150)
#define NOBODY G_MAXUINT

typedef enum {
    AWAITED,
    READY,    /* has a turn or wants one */
    ASIDE,    /* restarts */
    FINISHED, /* rests until all are */
    LEFT,
} Place;

typedef struct {
    Place place;
    MpTurnsMember member;
    gboolean is_rejected;
    gboolean is_measured;
    guint rounds; /* up to the last one in which it had its turn; 0: none yet */
} Way;

struct _MpTurns {
    GMutex mutex;
    Way *ways;
    guint n_ways;
    guint n_joined;
    MpTime patience_ends;
    gboolean is_open;
    guint round;
    guint holder;     /* or NOBODY */
    guint *order;     /* of this round: ranks */
    guint order_size; /* of them that want a turn */
};

MpTurns *mp_turns_new(guint n_ways)
{
    MpTurns *turns = g_new0(MpTurns, 1);
    g_mutex_init(&turns->mutex);
    turns->ways = g_new0(Way, n_ways);
    turns->order = g_new0(guint, n_ways);
    turns->n_ways = n_ways;
    turns->holder = NOBODY;
    return turns;
}

void mp_turns_free(MpTurns *turns)
{
    if (!turns)
        return;
    g_mutex_clear(&turns->mutex);
    g_free(turns->order);
    g_free(turns->ways);
    g_free(turns);
}

static guint count(const MpTurns *turns, Place place)
{
    guint n = 0;
    for (guint i = 0; i < turns->n_ways; i++)
        n += turns->ways[i].place == place;
    return n;
}

static void wake_all(const MpTurns *turns)
{
    for (guint i = 0; i < turns->n_ways; i++)
        if (turns->ways[i].member.loop)
            g_main_context_wakeup(turns->ways[i].member.loop);
}

/* The ways in browser's order, as many as there is time for: what is short of it measures fewer of
 * them, and those as long as always. The first one has what there is. */
static void admit(MpTurns *turns, MpTime now)
{
    MpTime left = MP_NEVER;
    gboolean has_first = FALSE;
    for (guint i = 0; i < turns->n_ways; i++)
        if (turns->ways[i].place == READY)
            left = MIN(left, turns->ways[i].member.deadline - now);
    for (guint i = 0; i < turns->n_ways; i++) {
        Way *way = &turns->ways[i];
        if (way->place != READY)
            continue;
        const MpTime media = has_first ? way->member.relayed_time : way->member.full_time;
        left -= media + MP_TURNS_ROUNDS * CHANGE_TIME;
        way->is_rejected = has_first && left < 0;
        has_first = TRUE;
        if (way->is_rejected)
            way->place = FINISHED;
    }
}

/* Ways that want a turn, beginning with another one in each round. */
static void begin_round(MpTurns *turns)
{
    guint n = 0;
    for (guint i = 0; i < turns->n_ways; i++)
        if (turns->ways[i].place == READY)
            turns->order[n++] = i;
    for (guint shift = n > 0 ? turns->round % n : 0; shift > 0; shift--) {
        const guint first = turns->order[0];
        for (guint i = 1; i < n; i++)
            turns->order[i - 1] = turns->order[i];
        turns->order[n - 1] = first;
    }
    turns->order_size = n;
}

/* The first of this round that has not had its turn; NOBODY: the round is over. */
static guint next_of_round(const MpTurns *turns)
{
    for (guint i = 0; i < turns->order_size; i++) {
        const Way *way = &turns->ways[turns->order[i]];
        if (way->place == READY && way->rounds <= turns->round)
            return turns->order[i];
    }
    return NOBODY;
}

static void choose_holder(MpTurns *turns)
{
    if (!turns->is_open || turns->holder != NOBODY || count(turns, READY) == 0)
        return;
    guint next = next_of_round(turns);
    if (next == NOBODY) {
        if (turns->order_size > 0)
            turns->round++;
        begin_round(turns);
        next = next_of_round(turns);
    }
    turns->holder = next;
    turns->ways[next].rounds = turns->round + 1;
}

/* Whoever comes or looks: the rounds may open now. */
static void look(MpTurns *turns)
{
    const MpTime now = mp_clock_now();
    if (!turns->is_open && turns->n_joined > 0 &&
        (count(turns, AWAITED) == 0 || now >= turns->patience_ends)) {
        turns->is_open = TRUE;
        admit(turns, now);
    }
    const guint before = turns->holder;
    choose_holder(turns);
    if (turns->holder != before)
        wake_all(turns);
}

void mp_turns_join(MpTurns *turns, guint rank, const MpTurnsMember *member)
{
    g_mutex_lock(&turns->mutex);
    Way *way = &turns->ways[rank];
    way->member = *member;
    way->place = READY;
    if (turns->n_joined++ == 0)
        turns->patience_ends = mp_clock_now() + MAX(LEAST_PATIENCE, member->took);
    look(turns);
    g_mutex_unlock(&turns->mutex);
}

static void move(MpTurns *turns, guint rank, Place place)
{
    g_mutex_lock(&turns->mutex);
    turns->ways[rank].place = turns->ways[rank].is_rejected && place != LEFT ? FINISHED : place;
    if (place == LEFT)
        turns->ways[rank].member.loop = NULL;
    if (turns->holder == rank)
        turns->holder = NOBODY;
    look(turns);
    wake_all(turns);
    g_mutex_unlock(&turns->mutex);
}

void mp_turns_pass(MpTurns *turns, guint rank)
{
    move(turns, rank, READY);
}

void mp_turns_step_aside(MpTurns *turns, guint rank)
{
    move(turns, rank, ASIDE);
}

void mp_turns_finish(MpTurns *turns, guint rank)
{
    g_mutex_lock(&turns->mutex);
    turns->ways[rank].is_measured = TRUE;
    g_mutex_unlock(&turns->mutex);
    move(turns, rank, FINISHED);
}

void mp_turns_leave(MpTurns *turns, guint rank)
{
    move(turns, rank, LEFT);
}

gboolean mp_turns_is_mine(MpTurns *turns, guint rank)
{
    g_mutex_lock(&turns->mutex);
    look(turns);
    const gboolean is_mine = turns->holder == rank;
    g_mutex_unlock(&turns->mutex);
    return is_mine;
}

gboolean mp_turns_is_admitted(MpTurns *turns, guint rank)
{
    g_mutex_lock(&turns->mutex);
    const gboolean is_admitted = !turns->ways[rank].is_rejected;
    g_mutex_unlock(&turns->mutex);
    return is_admitted;
}

static gboolean carries_media(const Way *way)
{
    return way->is_measured || (way->place != AWAITED && way->place != LEFT);
}

gboolean mp_turns_is_first(MpTurns *turns, guint rank)
{
    g_mutex_lock(&turns->mutex);
    guint first = 0;
    while (first < turns->n_ways && !carries_media(&turns->ways[first]))
        first++;
    g_mutex_unlock(&turns->mutex);
    return first == rank;
}

static gboolean others_are_ready(const MpTurns *turns, guint rank)
{
    return count(turns, READY) > (turns->ways[rank].place == READY ? 1 : 0);
}

gboolean mp_turns_is_awaited(MpTurns *turns, guint rank)
{
    g_mutex_lock(&turns->mutex);
    const gboolean is_awaited = others_are_ready(turns, rank);
    g_mutex_unlock(&turns->mutex);
    return is_awaited;
}

guint mp_turns_round(MpTurns *turns)
{
    g_mutex_lock(&turns->mutex);
    const guint round = turns->round;
    g_mutex_unlock(&turns->mutex);
    return round;
}

guint mp_turns_n_ways(MpTurns *turns)
{
    g_mutex_lock(&turns->mutex);
    guint n = 0;
    for (guint i = 0; i < turns->n_ways; i++)
        n += turns->ways[i].rounds > 0;
    g_mutex_unlock(&turns->mutex);
    return n;
}
