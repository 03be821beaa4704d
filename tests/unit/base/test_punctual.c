/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a thread obtains is what it is told, and none runs for ever before the others.
 */
#include <sched.h>
#include <time.h>

#include "base/punctual.h"

static double processor_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static int policy(void)
{
    return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
}

/* Without leave to run first it is an ordinary thread all along. */
static gpointer run_without_a_pause(gpointer data)
{
    MpPunctual *obtained = data;
    *obtained = mp_thread_be_punctual();
    g_assert_cmpint(policy(), ==, obtained->is_first ? SCHED_FIFO : SCHED_OTHER);
    while (processor_seconds() < 0.5)
        continue;
    g_assert_cmpint(policy(), ==, SCHED_OTHER);
    return NULL;
}

static void test_who_never_pauses_gives_way(void)
{
    MpPunctual obtained;
    g_thread_join(g_thread_new("busy", run_without_a_pause, &obtained));
    g_assert_cmpuint(obtained.timer_slack_ns, <=, 1);
}

static gpointer pause_often(gpointer data)
{
    (void)data;
    const MpPunctual obtained = mp_thread_be_punctual();
    for (guint i = 0; i < 100; i++) {
        const double until = processor_seconds() + 0.004;
        while (processor_seconds() < until)
            continue;
        g_usleep(100);
    }
    g_assert_cmpint(policy(), ==, obtained.is_first ? SCHED_FIFO : SCHED_OTHER);
    return NULL;
}

static void test_who_pauses_keeps_its_place(void)
{
    g_thread_join(g_thread_new("calm", pause_often, NULL));
}

static void note_policy(gpointer data, gpointer user_data)
{
    (void)user_data;
    *(int *)data = policy();
}

static gpointer use_a_pool(gpointer data)
{
    mp_thread_be_punctual();
    GThreadPool *pool = g_thread_pool_new(note_policy, NULL, 1, FALSE, NULL);
    g_thread_pool_push(pool, data, NULL);
    g_thread_pool_free(pool, FALSE, TRUE);
    return NULL;
}

/* Simulated calls of a forecast once ran before everything else, and delayed what was measured. */
static void test_its_pools_are_ordinary(void)
{
    int found = -1;
    g_thread_join(g_thread_new("pool", use_a_pool, &found));
    g_assert_cmpint(found, ==, SCHED_OTHER);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/punctual/who-never-pauses-gives-way", test_who_never_pauses_gives_way);
    g_test_add_func("/punctual/who-pauses-keeps-its-place", test_who_pauses_keeps_its_place);
    g_test_add_func("/punctual/its-pools-are-ordinary", test_its_pools_are_ordinary);
    return g_test_run();
}
