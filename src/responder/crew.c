/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The threads that calls run in.
 */
#include "responder/crew.h"

#include <pthread.h>

#include "base/punctual.h"

/* Calls need processors that are free, not many of them. */
#define MOST_THREADS 16

typedef struct {
    MpLoop *loop; /* NULL: not begun */
    GThread *thread;
    guint calls;
} Hand;

struct _MpCrew {
    /* Not GLib's, which the thread sanitizer does not know. */
    pthread_mutex_t lock; /* of the counts */
    pthread_cond_t has_left;
    Hand hands[MOST_THREADS];
    guint n_hands;
};

MpCrew *mp_crew_new(void)
{
    MpCrew *crew = g_new0(MpCrew, 1);
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->has_left, NULL);
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
    pthread_mutex_lock(&crew->lock);
    Hand *hand = idlest_of(crew);
    if (hand->loop || begin(hand)) {
        hand->calls++;
        loop = hand->loop;
    }
    pthread_mutex_unlock(&crew->lock);
    return loop;
}

void mp_crew_leave(MpCrew *crew, const MpLoop *loop)
{
    pthread_mutex_lock(&crew->lock);
    for (guint i = 0; i < crew->n_hands; i++)
        if (crew->hands[i].loop == loop)
            crew->hands[i].calls--;
    pthread_cond_signal(&crew->has_left);
    pthread_mutex_unlock(&crew->lock);
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
    pthread_mutex_lock(&crew->lock);
    while (calls_of(crew) > 0)
        pthread_cond_wait(&crew->has_left, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
    for (guint i = 0; i < crew->n_hands; i++) {
        if (!crew->hands[i].loop)
            continue;
        mp_loop_quit(crew->hands[i].loop);
        g_thread_join(crew->hands[i].thread);
        mp_loop_free(crew->hands[i].loop);
    }
    pthread_mutex_destroy(&crew->lock);
    pthread_cond_destroy(&crew->has_left);
    g_free(crew);
}
