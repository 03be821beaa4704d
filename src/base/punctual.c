/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread whose timing is measured should wake up on time.
 */
#include "base/punctual.h"

#include <sched.h>
#include <sys/prctl.h>

/* Above ordinary threads, below everything else that asks for real time. */
#define PRIORITY 1

void mp_thread_be_punctual(void)
{
    const struct sched_param priority = {.sched_priority = PRIORITY};
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
    (void)sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority);
}
