/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread whose timing is measured should wake up on time.
 */
#pragma once

/* The calling thread's timers get a slack of 1 ns and, where the system allows it, the thread runs
 * before ordinary ones (SCHED_FIFO). What is refused is left: the lateness is measured and reported
 * anyway. */
void mp_thread_be_punctual(void);
