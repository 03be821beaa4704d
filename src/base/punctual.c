/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread whose timing is measured should wake up on time.
 */
#include "base/punctual.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Above ordinary threads, below everything else that asks for real time. */
#define PRIORITY 1
#define LONGEST_RUN_US 300000

/* setrlimit(2): SIGXCPU goes to the thread that has run for too long. */
static void give_way(int signal_number)
{
    const struct sched_param ordinary = {0};
    (void)signal_number;
    /* Only a privileged thread may take that flag away again, sched(7). */
    (void)sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &ordinary);
}

/* FALSE: whoever has runs before others for ever, unless somebody else watches over it. */
static gboolean limit_runs(void)
{
    const struct sigaction action = {.sa_handler = give_way, .sa_flags = SA_RESTART};
    struct sigaction before;
    struct rlimit limit;
    if (getrlimit(RLIMIT_RTTIME, &limit) != 0 || sigaction(SIGXCPU, NULL, &before) != 0)
        return FALSE;
    if (before.sa_handler == SIG_DFL && sigaction(SIGXCPU, &action, NULL) != 0)
        return FALSE;
    limit.rlim_cur = MIN(limit.rlim_max, LONGEST_RUN_US);
    return setrlimit(RLIMIT_RTTIME, &limit) == 0;
}

static void do_nothing(gpointer data, gpointer user_data)
{
    (void)data;
    (void)user_data;
}

/* GLib's shared pools, GTask's among them, run for ever as the thread that made the first one did:
 * that must be one which does not run before others. */
static void keep_pools_ordinary(void)
{
    g_thread_pool_free(g_thread_pool_new(do_nothing, NULL, 1, FALSE, NULL), TRUE, FALSE);
}

/* Only what is there, and not before it is used: what is mapped later must not fail for it, and the
 * memory of the process must not grow by it. */
static gboolean lock_memory(void)
{
    return mlockall(MCL_CURRENT | MCL_ONFAULT) == 0;
}

MpPunctual mp_thread_be_punctual(void)
{
    static gsize is_prepared;
    static gboolean is_limited;
    static gboolean is_locked;
    const struct sched_param priority = {.sched_priority = PRIORITY};
    if (g_once_init_enter(&is_prepared)) {
        keep_pools_ordinary();
        is_limited = limit_runs();
        is_locked = lock_memory();
        g_once_init_leave(&is_prepared, 1);
    }
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
    MpPunctual obtained = {.is_memory_locked = is_locked};
    obtained.is_first = is_limited &&
                        sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) == 0;
    obtained.timer_slack_ns = (guint)prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    return obtained;
}
