/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The threads that calls run in.
 */
#include "responder/crew.h"

#include "base/punctual.h"

/* Calls need processors that are free, not many of them. */
#define MOST_THREADS 16

typedef struct {
    MpLoop *loop; /* NULL: not begun */
    GThread *thread;
    guint calls;
} Hand;

struct _MpCrew {
    GMutex mutex; /* of the counts */
    GCond has_left;
    Hand hands[MOST_THREADS];
    guint n_hands;
};

MpCrew *mp_crew_new(void)
{
    MpCrew *crew = g_new0(MpCrew, 1);
    g_mutex_init(&crew->mutex);
    g_cond_init(&crew->has_left);
    crew->n_hands = MIN(g_get_num_processors(), MOST_THREADS);
    return crew;
}

static gpointer run(gpointer loop)
{
    mp_thread_be_punctual();
    mp_loop_run(loop);
    return NULL;
}

static gboolean begin(Hand *hand)
{
    hand->loop = mp_loop_new();
    if (hand->loop)
        hand->thread = g_thread_new("calls", run, hand->loop);
    return hand->loop != NULL;
}

static Hand *idlest_of(MpCrew *crew)
{
    Hand *idlest = &crew->hands[0];
    for (guint i = 1; i < crew->n_hands; i++)
        if (crew->hands[i].calls < idlest->calls)
            idlest = &crew->hands[i];
    return idlest;
}

MpLoop *mp_crew_join(MpCrew *crew)
{
    MpLoop *loop = NULL;
    g_mutex_lock(&crew->mutex);
    Hand *hand = idlest_of(crew);
    if (hand->loop || begin(hand)) {
        hand->calls++;
        loop = hand->loop;
    }
    g_mutex_unlock(&crew->mutex);
    return loop;
}

void mp_crew_leave(MpCrew *crew, const MpLoop *loop)
{
    g_mutex_lock(&crew->mutex);
    for (guint i = 0; i < crew->n_hands; i++)
        if (crew->hands[i].loop == loop)
            crew->hands[i].calls--;
    g_cond_signal(&crew->has_left);
    g_mutex_unlock(&crew->mutex);
}

static guint calls_of(const MpCrew *crew)
{
    guint calls = 0;
    for (guint i = 0; i < crew->n_hands; i++)
        calls += crew->hands[i].calls;
    return calls;
}

void mp_crew_free(MpCrew *crew)
{
    if (!crew)
        return;
    g_mutex_lock(&crew->mutex);
    while (calls_of(crew) > 0)
        g_cond_wait(&crew->has_left, &crew->mutex);
    g_mutex_unlock(&crew->mutex);
    for (guint i = 0; i < crew->n_hands; i++) {
        if (!crew->hands[i].loop)
            continue;
        mp_loop_quit(crew->hands[i].loop);
        g_thread_join(crew->hands[i].thread);
        mp_loop_free(crew->hands[i].loop);
    }
    g_mutex_clear(&crew->mutex);
    g_cond_clear(&crew->has_left);
    g_free(crew);
}
