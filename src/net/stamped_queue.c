/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks at a socket's queue with MSG_PEEK. With SO_PEEK_OFF each look goes on where the one before
 * it ended, which lets one recvmmsg(2) pass over many datagrams.
 */
#include "net/stamped_queue.h"

#include <string.h>
#include <sys/socket.h>

#include "net/stamped_udp.h"

#define LARGEST_DATAGRAM 2048
#define CONTROL_SIZE 128

struct _MpStampedQueue {
    int fd;
    guint most;        /* datagrams that one look may show */
    gboolean is_ahead; /* the kernel's offset stands behind a datagram that lies there yet */
    guint looked;
    guint taken; /* of them */
    guint32 overflows;
    MpStampedDatagram datagrams[MP_STAMPED_QUEUE_LOOK];
    struct mmsghdr messages[MP_STAMPED_QUEUE_LOOK];
    struct iovec parts[MP_STAMPED_QUEUE_LOOK];
    struct sockaddr_storage from[MP_STAMPED_QUEUE_LOOK];
    _Alignas(struct cmsghdr) guint8 controls[MP_STAMPED_QUEUE_LOOK][CONTROL_SIZE];
    guint8 buffers[MP_STAMPED_QUEUE_LOOK][LARGEST_DATAGRAM];
};

static gboolean rewind_to_head(int fd)
{
    const int start = 0;
    return setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &start, sizeof start) == 0;
}

/* For the next look, those that the one before has written to. */
static void prepare(MpStampedQueue *queue, guint n)
{
    for (guint i = 0; i < n; i++) {
        queue->parts[i] = (struct iovec){queue->buffers[i], LARGEST_DATAGRAM};
        queue->messages[i].msg_hdr = (struct msghdr){.msg_name = &queue->from[i],
                                                     .msg_namelen = sizeof queue->from[i],
                                                     .msg_iov = &queue->parts[i],
                                                     .msg_iovlen = 1,
                                                     .msg_control = queue->controls[i],
                                                     .msg_controllen = CONTROL_SIZE};
    }
}

MpStampedQueue *mp_stamped_queue_new(int fd)
{
    /* Not cleared: pages that no burst ever reaches stay away. */
    MpStampedQueue *queue = g_new(MpStampedQueue, 1);
    queue->fd = fd;
    queue->most = rewind_to_head(fd) ? MP_STAMPED_QUEUE_LOOK : 1;
    queue->is_ahead = FALSE;
    queue->looked = 0;
    queue->taken = 0;
    queue->overflows = 0;
    prepare(queue, queue->most);
    return queue;
}

void mp_stamped_queue_free(MpStampedQueue *queue)
{
    g_free(queue);
}

static void read_controls(MpStampedQueue *queue, struct msghdr *message, MpTime *stamp)
{
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
        if (at->cmsg_level != SOL_SOCKET)
            continue;
        if (at->cmsg_type == SCM_TIMESTAMPING)
            *stamp = mp_stamped_udp_read(at);
        else if (at->cmsg_type == SO_RXQ_OVFL)
            memcpy(&queue->overflows, CMSG_DATA(at), sizeof queue->overflows);
    }
}

guint mp_stamped_queue_look(MpStampedQueue *queue, const MpStampedDatagram **datagrams)
{
    if (queue->is_ahead)
        (void)rewind_to_head(queue->fd);
    prepare(queue, queue->looked);
    const int got = recvmmsg(queue->fd, queue->messages, queue->most, MSG_PEEK | MSG_DONTWAIT,
                             NULL);
    queue->looked = queue->taken = 0;
    while ((int)queue->looked < got) {
        struct mmsghdr *message = &queue->messages[queue->looked];
        MpStampedDatagram *datagram = &queue->datagrams[queue->looked++];
        *datagram = (MpStampedDatagram){
            .bytes = {message->msg_hdr.msg_iov->iov_base, message->msg_len}};
        mp_address_from_sockaddr(&datagram->from, message->msg_hdr.msg_name);
        read_controls(queue, &message->msg_hdr, &datagram->stamp);
        /* The next look began in its midst. */
        if (message->msg_hdr.msg_flags & MSG_TRUNC)
            break;
    }
    queue->is_ahead = got > 0;
    *datagrams = queue->datagrams;
    return queue->looked;
}

static gboolean is_cut(const MpStampedDatagram *datagram)
{
    return datagram->bytes.length == LARGEST_DATAGRAM;
}

void mp_stamped_queue_take(MpStampedQueue *queue, guint n)
{
    struct mmsghdr discarded[MP_STAMPED_QUEUE_LOOK];
    g_assert(n <= queue->looked - queue->taken);
    if (n == 0)
        return;
    queue->taken += n;
    /* With MSG_TRUNC what is taken moves the kernel's offset back by its whole length. */
    if (n == 1) {
        (void)recv(queue->fd, NULL, 0, MSG_DONTWAIT | MSG_TRUNC);
    } else {
        memset(discarded, 0, n * sizeof *discarded);
        (void)recvmmsg(queue->fd, discarded, n, MSG_DONTWAIT | MSG_TRUNC, NULL);
    }
    if (queue->taken == queue->looked)
        queue->is_ahead = is_cut(&queue->datagrams[queue->looked - 1]);
}

guint32 mp_stamped_queue_overflows(const MpStampedQueue *queue)
{
    return queue->overflows;
}
