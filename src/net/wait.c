/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A bounded ppoll(2).
 */
#include "net/wait.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"

static int poll_until(struct pollfd *descriptors, nfds_t count, MpTime deadline)
{
    if (deadline == MP_NEVER)
        return ppoll(descriptors, count, NULL, NULL);
    MpTime left = MAX(deadline - mp_clock_now(), 0);
    struct timespec timeout = {.tv_sec = left / MP_SEC(1), .tv_nsec = left % MP_SEC(1)};
    return ppoll(descriptors, count, &timeout, NULL);
}

static gboolean wait_with(int fd, short events, int cancel_fd, const MpNetLimit *limit,
                          MpNetStatus *status)
{
    struct pollfd descriptors[] = {{.fd = fd, .events = events},
                                   {.fd = cancel_fd, .events = POLLIN}};
    for (;;) {
        if (g_cancellable_is_cancelled(limit->cancellable))
            return mp_net_fail(status, MP_NET_CANCELLED, "interrupted");
        if (limit->deadline != MP_NEVER && mp_clock_now() >= limit->deadline)
            return mp_net_fail(status, MP_NET_SILENT, "no answer before the deadline");

        int ready = poll_until(descriptors, G_N_ELEMENTS(descriptors), limit->deadline);
        if (ready < 0 && errno != EINTR)
            return mp_net_fail_errno(status, errno);
        if (ready > 0 && descriptors[0].revents != 0)
            return TRUE;
    }
}

gboolean mp_net_wait(int fd, short events, const MpNetLimit *limit, MpNetStatus *status)
{
    /* -1 where there is none, which poll(2) passes over. */
    int cancel_fd = g_cancellable_get_fd(limit->cancellable);
    gboolean is_ready = wait_with(fd, events, cancel_fd, limit, status);
    if (cancel_fd >= 0)
        g_cancellable_release_fd(limit->cancellable);
    return is_ready;
}
