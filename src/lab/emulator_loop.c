/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread for all lanes; it sleeps in ppoll() to the next deadline.
 */
#include "lab/emulator_loop.h"

#include <poll.h>
#include <sys/socket.h>

#include "base/clock.h"

/* Sleeping for less takes longer than that. */
#define SHORTEST_SLEEP MP_USEC(5)
/* Under full load nobody waits, and the end must be heard of. */
#define TURNS_WITHOUT_POLL 64

/* FALSE: there is more to take in. */
static gboolean turn(const MpEmulatorLoop *loop)
{
    gboolean all_taken = TRUE;
    /* From the stamps' clock to ours; read anew, because the former may be set. */
    MpTime to_now = -mp_clock_difference();
    for (guint i = 0; i < loop->n_lanes; i++) {
        MpTime now = mp_clock_now();
        gboolean is_taken = mp_lane_receive(loop->lanes[i], to_now);
        /* What arrives from now on is later than `now`, unless some of the older still waits. */
        mp_lane_send(loop->lanes[i], is_taken ? now : 0);
        all_taken = all_taken && is_taken;
    }
    return all_taken;
}

static MpTime next_deadline(const MpEmulatorLoop *loop)
{
    MpTime deadline = MP_NEVER;
    for (guint i = 0; i < loop->n_lanes; i++)
        deadline = MIN(deadline, mp_lane_deadline(loop->lanes[i]));
    return deadline;
}

/* FALSE: the end was asked for. */
static gboolean wait_until(struct pollfd *fds, guint n_fds, MpTime deadline)
{
    MpTime left = deadline == MP_NEVER ? 0 : MAX(deadline - mp_clock_now(), 0);
    const struct timespec timeout = {.tv_sec = left / MP_SEC(1), .tv_nsec = left % MP_SEC(1)};
    if (ppoll(fds, n_fds, deadline == MP_NEVER ? NULL : &timeout, NULL) <= 0)
        return TRUE;
    for (guint i = 1; i < n_fds; i++) {
        int code;
        socklen_t length = sizeof code;
        /* An interface that went down; once read, it is no reason to wake up. */
        if (fds[i].revents & POLLERR)
            (void)getsockopt(fds[i].fd, SOL_SOCKET, SO_ERROR, &code, &length);
    }
    return fds[0].revents == 0;
}

void mp_emulator_loop_run(const MpEmulatorLoop *loop)
{
    guint n_fds = loop->n_lanes + 1;
    struct pollfd fds[1 + MP_MAX_LANES];
    g_assert(loop->n_lanes <= MP_MAX_LANES);
    fds[0] = (struct pollfd){.fd = loop->control, .events = POLLIN};
    for (guint i = 0; i < loop->n_lanes; i++)
        fds[i + 1] = (struct pollfd){.fd = mp_frame_socket_fd(loop->sockets[i]), .events = POLLIN};

    guint turns = 0;
    for (gboolean goes_on = TRUE; goes_on;) {
        gboolean all_taken = turn(loop);
        MpTime deadline = all_taken ? next_deadline(loop) : 0;
        gboolean is_near = deadline != MP_NEVER && deadline - mp_clock_now() < SHORTEST_SLEEP;
        if (is_near && ++turns < TURNS_WITHOUT_POLL)
            continue;
        goes_on = wait_until(fds, n_fds, is_near ? 0 : deadline);
        turns = 0;
    }
}
