/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread whose timing is measured should wake up on time.
 */
#pragma once

#include <glib.h>

/* What the system allowed. */
typedef struct {
    guint timer_slack_ns;      /* the kernel calls a thread before others a slack of 0 */
    gboolean is_first;         /* runs before ordinary threads: SCHED_FIFO */
    gboolean is_memory_locked; /* of the whole process, as it was then */
} MpPunctual;

/* Asks for all of it, for the calling thread. What is refused is left: the lateness is measured and
 * reported anyway. A thread that runs for 0.3 s without a pause is an ordinary one again, so that
 * no fault of ours takes the processor from everybody (RLIMIT_RTTIME); what it gives to a pool of
 * threads is done by ordinary ones. */
MpPunctual mp_thread_be_punctual(void);
