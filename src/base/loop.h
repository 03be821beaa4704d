/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many main contexts in one thread. poll(2) in a context costs what all its descriptors cost; here
 * one epoll(7) says which of the contexts has something to do, and what happens often is handled
 * without turning a context at all.
 */
#pragma once

#include "base/time.h"

typedef struct _MpLoop MpLoop;

/* NULL when the process is out of file descriptors. */
MpLoop *mp_loop_new(void);
/* After mp_loop_run() has ended. */
void mp_loop_free(MpLoop *loop);
/* Until mp_loop_quit(), which may come from any thread; then all contexts leave. */
void mp_loop_run(MpLoop *loop);
void mp_loop_quit(MpLoop *loop);
/* Calls `function` in the loop's thread, from any thread. */
void mp_loop_invoke(MpLoop *loop, GSourceFunc function, gpointer data);

/* In the loop's thread. The context is the thread's default while its sources are dispatched; until
 * it is removed, no other thread may turn it. */
void mp_loop_add(MpLoop *loop, GMainContext *context);
/* Also from within a dispatch of that context. */
void mp_loop_remove(MpLoop *loop, GMainContext *context);

/* Handles what has happened at the descriptor. FALSE: there is more, for the context. */
typedef gboolean (*MpLoopHandler)(GSource *source);

/* In a thread that runs a loop: events of `fd`, which `source` polls in the thread's default
 * context, go to `handler` first. Elsewhere nothing happens, and the source works as any. */
void mp_loop_claim(int fd, GSource *source, MpLoopHandler handler);
/* When the source is finalized. */
void mp_loop_disclaim(int fd, GSource *source);
