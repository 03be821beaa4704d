/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One epoll for all sockets of the process: a main loop's poll() would look at each of them for
 * every datagram.
 */
#include "responder/reflect_worker.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "responder/reflect_batch.h"

#define MOST_EVENTS 64
#define MOST_BATCHES 16
#define CONTROL G_MAXUINT32

struct _MpReflectWorker {
    const GArray *sockets; /* MpReflectSocket */
    MpStampReflector *reflector;
    MpReflectBatch *batch;
    int epoll;
};

static gboolean watch(int epoll, int fd, guint32 number)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int watch_all(const GArray *sockets, int control)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    gboolean is_good = epoll >= 0 && watch(epoll, control, CONTROL);
    for (guint i = 0; i < sockets->len && is_good; i++)
        is_good = watch(epoll, g_array_index(sockets, MpReflectSocket, i).fd, i);
    if (is_good)
        return epoll;
    if (epoll >= 0)
        close(epoll);
    return -1;
}

MpReflectWorker *mp_reflect_worker_new(const GArray *sockets, int control,
                                       MpStampReflector *reflector)
{
    int epoll = watch_all(sockets, control);
    if (epoll < 0)
        return NULL;
    MpReflectWorker *worker = g_new0(MpReflectWorker, 1);
    *worker = (MpReflectWorker){sockets, reflector, mp_reflect_batch_new(), epoll};
    return worker;
}

/* A flood at one socket must not keep the others, or the end, from their turn. */
static void serve(MpReflectWorker *worker, MpReflectSocket *socket)
{
    for (guint i = 0; i < MOST_BATCHES; i++)
        if (!mp_reflect_batch_run(worker->batch, socket, worker->reflector))
            return;
}

void mp_reflect_worker_run(MpReflectWorker *worker)
{
    for (;;) {
        struct epoll_event events[MOST_EVENTS];
        int got = epoll_wait(worker->epoll, events, MOST_EVENTS, -1);
        if (got < 0 && errno != EINTR)
            return;
        for (int i = 0; i < got; i++) {
            guint32 number = events[i].data.u32;
            if (number == CONTROL)
                return;
            serve(worker, &g_array_index(worker->sockets, MpReflectSocket, number));
        }
    }
}
