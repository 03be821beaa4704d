/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Taking turns by flock(2), which the kernel undoes when its holder dies.
 */
#include "engine/measurement_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"

/* Between two looks at the lock: no signal says that it is free. */
#define LOOK_MS 20

/* -1: the variable is not set, or its file cannot be had. */
static int open_named(const char *variable)
{
    const char *path = g_getenv(variable);
    if (!path || !*path)
        return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        g_warning("%s %s: %s", variable, path, g_strerror(errno));
    return fd;
}

static void pause_until_next_look(GCancellable *cancellable)
{
    GPollFD cancelled = {.fd = -1};
    gboolean can_poll = cancellable && g_cancellable_make_pollfd(cancellable, &cancelled);
    (void)g_poll(&cancelled, can_poll ? 1 : 0, LOOK_MS);
    if (can_poll)
        g_cancellable_release_fd(cancellable);
}

/* FALSE: cancelled first. */
static gboolean wait_for(int lock, GCancellable *cancellable)
{
    struct flock mark = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int waiting = open_named(MP_MEASUREMENT_WAIT_VARIABLE);
    gboolean is_ours = FALSE;
    while (!is_ours && !g_cancellable_is_cancelled(cancellable)) {
        if (waiting >= 0)
            (void)fcntl(waiting, F_OFD_SETLK, &mark);
        pause_until_next_look(cancellable);
        is_ours = flock(lock, LOCK_EX | LOCK_NB) == 0;
    }
    if (waiting >= 0)
        close(waiting);
    return is_ours;
}

int mp_measurement_lock_take(GCancellable *cancellable, MpTime *waited)
{
    int lock = open_named(MP_MEASUREMENT_LOCK_VARIABLE);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    MpTime began = mp_clock_now();
    gboolean is_ours = wait_for(lock, cancellable);
    *waited += mp_clock_now() - began;
    if (is_ours)
        return lock;
    close(lock);
    return -1;
}

void mp_measurement_lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}
