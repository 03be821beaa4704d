/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A thread that waits for the signals which every other thread blocks: what it does then need not
 * be async-signal-safe.
 */
#include "cli/interrupt.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a shell reports for a process that a signal ended. */
#define SIGNAL_EXIT 128

/* A process that gives up its capabilities gives up those of the thread that does so. This one has
 * no use for any; but where root becomes another user, glibc changes the user of each thread, and
 * ends the process where one may not. */
static void drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, held) != 0)
        return;
    const guint32 users = geteuid() == 0 ? 1u << CAP_SETUID | 1u << CAP_SETGID : 0;
    const guint32 kept = held[0].permitted & users;
    held[0] = (struct __user_cap_data_struct){.effective = kept, .permitted = kept};
    held[1] = (struct __user_cap_data_struct){0};
    (void)syscall(SYS_capset, &header, held);
}

static gpointer wait_for_signals(gpointer data)
{
    g_autoptr(GCancellable) cancellable = data;
    sigset_t signals;
    int number = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    drop_capabilities();
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
