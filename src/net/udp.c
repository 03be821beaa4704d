/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The UDP transport.
 */
#include "net/udp.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "net/icmp.h"
#include "net/packet_tap.h"
#include "net/socket.h"

#define MAX_DATAGRAM 65536

typedef struct {
    MpNetTransport transport;
    int fd;
    guint8 buffer[MAX_DATAGRAM];
} Udp;

/* FALSE when an ICMP error says that going on is of no use. The pending errno is that of an error
 * in the queue, so the queue is asked first; it knows more. */
static gboolean judge_error(Udp *udp, int error_number, MpNetStatus *status)
{
    MpNetIcmp icmp;
    gboolean was_queued = FALSE;
    while ((icmp = mp_net_icmp_read(udp->fd, status)) != MP_NET_ICMP_NONE) {
        if (icmp == MP_NET_ICMP_FATAL)
            return FALSE;
        was_queued = TRUE;
    }
    if (was_queued || error_number == 0 || error_number == EMSGSIZE)
        return TRUE;
    return mp_net_fail_errno(status, error_number);
}

static gboolean is_temporary(int error_number)
{
    return error_number == EAGAIN || error_number == EINTR;
}

static gboolean udp_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    Udp *udp = (Udp *)transport;
    for (;;) {
        if (send(udp->fd, message.data, message.length, MSG_NOSIGNAL) >= 0) {
            mp_packet_tap_sent(udp->fd, NULL, message);
            return TRUE;
        }
        int error_number = errno;
        if (!is_temporary(error_number) && !judge_error(udp, error_number, status))
            return FALSE;
        if (error_number == EMSGSIZE)
            return mp_net_fail_errno(status, error_number);
        if (!mp_net_wait(udp->fd, POLLOUT, limit, status))
            return FALSE;
    }
}

static gboolean udp_receive(MpNetTransport *transport, MpBytes *message, const MpNetLimit *limit,
                            MpNetStatus *status)
{
    Udp *udp = (Udp *)transport;
    for (;;) {
        if (!mp_net_wait(udp->fd, POLLIN, limit, status))
            return FALSE;
        gssize got = recv(udp->fd, udp->buffer, sizeof udp->buffer, 0);
        if (got >= 0) {
            *message = (MpBytes){udp->buffer, (gsize)got};
            mp_packet_tap_received(udp->fd, NULL, *message, 0);
            return TRUE;
        }
        if (!judge_error(udp, is_temporary(errno) ? 0 : errno, status))
            return FALSE;
    }
}

static void udp_free(MpNetTransport *transport)
{
    Udp *udp = (Udp *)transport;
    close(udp->fd);
    g_free(udp);
}

static const MpNetTransportMethods udp_methods = {
    .send = udp_send, .receive = udp_receive, .free = udp_free};

MpNetTransport *mp_net_udp_open(const MpAddress *peer, MpNetStatus *status)
{
    int fd = mp_net_socket_connect(SOCK_DGRAM, peer, status);
    if (fd < 0)
        return NULL;
    Udp *udp = g_new0(Udp, 1);
    udp->fd = fd;
    udp->transport = (MpNetTransport){
        .methods = &udp_methods, .local = mp_net_socket_local(fd), .peer = *peer};
    return &udp->transport;
}
