/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Batches of datagrams on one socket.
 */
#include "net/udp_batch.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/packet_tap.h"
#include "net/socket.h"

/* The answers to a tenth of a second at 100,000 a second; more than most kernels grant. */
#define RECEIVE_BUFFER (16 * 1024 * 1024)

/* A multiple of the alignment that struct cmsghdr needs. */
#define CONTROL_SIZE (CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(guint32)))

struct _MpUdpBatch {
    int fd;
    MpAddress peer;
    MpAddress local;
    gsize receive_buffer;
    guint32 overflows;
    struct mmsghdr out[MP_UDP_BATCH];
    struct iovec out_parts[MP_UDP_BATCH];
    struct sockaddr_storage to[MP_UDP_BATCH];
    struct mmsghdr in[MP_UDP_BATCH];
    struct iovec in_parts[MP_UDP_BATCH];
    struct sockaddr_storage from[MP_UDP_BATCH];
    _Alignas(struct cmsghdr) guint8 controls[MP_UDP_BATCH][CONTROL_SIZE];
    guint8 buffers[MP_UDP_BATCH][MP_UDP_BATCH_LARGEST];
};

/* Beyond the system's limit where the process has CAP_NET_ADMIN, else up to it. */
static gsize enlarge_buffer(int fd)
{
    const int wanted = RECEIVE_BUFFER;
    int obtained = 0;
    socklen_t length = sizeof obtained;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    (void)getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &obtained, &length);
    return (gsize)obtained;
}

static void enable_account(int fd)
{
    const int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
}

/* An unconnected socket hears no ICMP error, so none ends a batch: bound to the address from which
 * the peer is reached. */
static int open_unconnected(const MpAddress *peer, MpNetStatus *status)
{
    int route = mp_net_socket_connect(SOCK_DGRAM, peer, status);
    if (route < 0)
        return -1;
    MpAddress local = mp_net_socket_local(route);
    close(route);
    local.port = 0;
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(&local, &storage);
    int fd = socket(storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&storage, length) == 0)
        return fd;
    mp_net_fail_errno(status, errno);
    if (fd >= 0)
        close(fd);
    return -1;
}

static void prepare(MpUdpBatch *batch)
{
    for (guint i = 0; i < MP_UDP_BATCH; i++) {
        socklen_t length = mp_address_to_sockaddr(&batch->peer, &batch->to[i]);
        batch->out[i].msg_hdr = (struct msghdr){.msg_name = &batch->to[i],
                                                .msg_namelen = length,
                                                .msg_iov = &batch->out_parts[i],
                                                .msg_iovlen = 1};
        batch->in_parts[i] = (struct iovec){batch->buffers[i], MP_UDP_BATCH_LARGEST};
    }
}

MpUdpBatch *mp_udp_batch_open(const MpAddress *peer, MpNetStatus *status)
{
    int fd = open_unconnected(peer, status);
    if (fd < 0)
        return NULL;
    MpUdpBatch *batch = g_new0(MpUdpBatch, 1);
    batch->fd = fd;
    batch->peer = *peer;
    batch->local = mp_net_socket_local(fd);
    batch->receive_buffer = enlarge_buffer(fd);
    enable_account(fd);
    prepare(batch);
    return batch;
}

void mp_udp_batch_free(MpUdpBatch *batch)
{
    if (!batch)
        return;
    close(batch->fd);
    g_free(batch);
}

int mp_udp_batch_fd(const MpUdpBatch *batch)
{
    return batch->fd;
}

MpAddress mp_udp_batch_local(const MpUdpBatch *batch)
{
    return batch->local;
}

gsize mp_udp_batch_receive_buffer(const MpUdpBatch *batch)
{
    return batch->receive_buffer;
}

guint32 mp_udp_batch_overflows(const MpUdpBatch *batch)
{
    return batch->overflows;
}

static in_port_t *port_of(struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET ? &((struct sockaddr_in *)address)->sin_port
                                         : &((struct sockaddr_in6 *)address)->sin6_port;
}

static MpUdpBatchEnd end_of(int error_number)
{
    gboolean is_busy = error_number == EAGAIN || error_number == ENOBUFS ||
                       error_number == ENOMEM || error_number == EINTR;
    return is_busy ? MP_UDP_BATCH_BUSY : MP_UDP_BATCH_REFUSED;
}

static void show_sent(const MpUdpBatch *batch, const MpUdpOut *out, guint n)
{
    MpAddress to = batch->peer;
    for (guint i = 0; i < n; i++) {
        to.port = out[i].port;
        mp_packet_tap_sent(batch->fd, &to, out[i].bytes);
    }
}

guint mp_udp_batch_send(MpUdpBatch *batch, const MpUdpOut *out, guint n, MpUdpBatchEnd *end)
{
    guint sent = 0;
    n = MIN(n, MP_UDP_BATCH);
    for (guint i = 0; i < n; i++) {
        batch->out_parts[i] = (struct iovec){(void *)out[i].bytes.data, out[i].bytes.length};
        *port_of(&batch->to[i]) = g_htons(out[i].port);
    }
    *end = MP_UDP_BATCH_SENT;
    while (sent < n && *end == MP_UDP_BATCH_SENT) {
        int taken = sendmmsg(batch->fd, batch->out + sent, n - sent, MSG_NOSIGNAL);
        if (taken < 0)
            *end = end_of(errno);
        else
            sent += (guint)taken;
    }
    show_sent(batch, out, sent);
    return sent;
}

static void read_controls(MpUdpBatch *batch, struct msghdr *message, MpUdpIn *in)
{
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
        if (at->cmsg_level != SOL_SOCKET)
            continue;
        if (at->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec stamp;
            memcpy(&stamp, CMSG_DATA(at), sizeof stamp);
            in->stamp = MP_SEC(stamp.tv_sec) + stamp.tv_nsec;
        } else if (at->cmsg_type == SO_RXQ_OVFL) {
            memcpy(&batch->overflows, CMSG_DATA(at), sizeof batch->overflows);
        }
    }
}

static gboolean is_from_peer(const MpUdpBatch *batch, const struct sockaddr_storage *from)
{
    MpAddress address;
    return mp_address_from_sockaddr(&address, (const struct sockaddr *)from) &&
           mp_address_equal_ip(&address, &batch->peer);
}

guint mp_udp_batch_receive(MpUdpBatch *batch, MpUdpIn *in, gboolean *more)
{
    guint n = 0;
    for (guint i = 0; i < MP_UDP_BATCH; i++)
        batch->in[i].msg_hdr = (struct msghdr){.msg_name = &batch->from[i],
                                               .msg_namelen = sizeof batch->from[i],
                                               .msg_iov = &batch->in_parts[i],
                                               .msg_iovlen = 1,
                                               .msg_control = batch->controls[i],
                                               .msg_controllen = sizeof batch->controls[i]};
    int got = recvmmsg(batch->fd, batch->in, MP_UDP_BATCH, MSG_DONTWAIT, NULL);
    *more = got == MP_UDP_BATCH;
    for (int i = 0; i < got; i++) {
        MpUdpIn datagram = {.bytes = {batch->buffers[i], batch->in[i].msg_len}};
        read_controls(batch, &batch->in[i].msg_hdr, &datagram);
        if (!is_from_peer(batch, &batch->from[i]))
            continue;
        datagram.port = g_ntohs(*port_of(&batch->from[i]));
        MpAddress from = batch->peer;
        from.port = datagram.port;
        mp_packet_tap_received(batch->fd, &from, datagram.bytes, datagram.stamp);
        in[n++] = datagram;
    }
    return n;
}
