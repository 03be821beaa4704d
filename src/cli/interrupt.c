/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that waits for the signals which every other thread blocks: what it does then need not
 * be async-signal-safe.
 */
#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

/* What a shell reports for a process that a signal ended. */
#define SIGNAL_EXIT 128

static gpointer wait_for_signals(gpointer data)
{
    g_autoptr(GCancellable) cancellable = data;
    sigset_t signals;
    int number = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigwait(&signals, &number);
    g_cancellable_cancel(cancellable);
    sigwait(&signals, &number);
    _exit(SIGNAL_EXIT + number);
}

void mp_interrupt_watch(GCancellable *cancellable)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    g_thread_unref(g_thread_new("interrupt", wait_for_signals, g_object_ref(cancellable)));
}
