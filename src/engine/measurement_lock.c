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

typedef enum { LOCK_OURS, LOCK_TAKEN, LOCK_IMPOSSIBLE } Look;

/* Some network file systems have no locks: a wait for one would not end. */
static Look look_at(int lock)
{
    if (flock(lock, LOCK_EX | LOCK_NB) == 0)
        return LOCK_OURS;
    if (errno == EWOULDBLOCK || errno == EINTR)
        return LOCK_TAKEN;
    g_warning(MP_MEASUREMENT_LOCK_VARIABLE " %s: %s", g_getenv(MP_MEASUREMENT_LOCK_VARIABLE),
              g_strerror(errno));
    return LOCK_IMPOSSIBLE;
}

/* LOCK_TAKEN: cancelled first. */
static Look wait_for(int lock, GCancellable *cancellable)
{
    struct flock mark = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int waiting = open_named(MP_MEASUREMENT_WAIT_VARIABLE);
    Look look = LOCK_TAKEN;
    while (look == LOCK_TAKEN && !g_cancellable_is_cancelled(cancellable)) {
        if (waiting >= 0)
            (void)fcntl(waiting, F_OFD_SETLK, &mark);
        pause_until_next_look(cancellable);
        look = look_at(lock);
    }
    if (waiting >= 0)
        close(waiting);
    return look;
}

int mp_measurement_lock_take(GCancellable *cancellable, MpTime *waited)
{
    int lock = open_named(MP_MEASUREMENT_LOCK_VARIABLE);
    if (lock < 0)
        return -1;
    MpTime began = mp_clock_now();
    Look look = look_at(lock);
    if (look == LOCK_TAKEN) {
        look = wait_for(lock, cancellable);
        *waited += mp_clock_now() - began;
    }
    if (look == LOCK_OURS)
        return lock;
    close(lock);
    return -1;
}

void mp_measurement_lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}
