/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TCP transport.
 */
#include "net/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "net/packet_tap.h"
#include "net/socket.h"
#include "net/stream.h"

typedef struct {
    MpNetTransport transport;
    int fd;
    MpNetStream stream;
} Tcp;

static gboolean is_temporary(int error_number)
{
    return error_number == EAGAIN || error_number == EINTR;
}

static gboolean tcp_send(MpNetTransport *transport, MpBytes message, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    Tcp *tcp = (Tcp *)transport;
    gsize sent = 0;
    while (sent < message.length) {
        gssize now_sent = send(tcp->fd, message.data + sent, message.length - sent, MSG_NOSIGNAL);
        if (now_sent >= 0)
            sent += (gsize)now_sent;
        else if (!is_temporary(errno))
            return mp_net_fail_errno(status, errno);
        else if (!mp_net_wait(tcp->fd, POLLOUT, limit, status))
            return FALSE;
    }
    mp_packet_tap_sent(tcp->fd, NULL, message);
    return TRUE;
}

gsize mp_net_tcp_read(MpNetTransport *transport, guint8 *buffer, gsize capacity,
                      const MpNetLimit *limit, MpNetStatus *status)
{
    Tcp *tcp = (Tcp *)transport;
    while (mp_net_wait(tcp->fd, POLLIN, limit, status)) {
        gssize got = recv(tcp->fd, buffer, capacity, 0);
        if (got > 0) {
            mp_packet_tap_received(tcp->fd, NULL, (MpBytes){buffer, (gsize)got}, 0);
            return (gsize)got;
        }
        if (got == 0)
            return (gsize)mp_net_fail(status, MP_NET_RESET, "the server closed the connection");
        if (!is_temporary(errno))
            return (gsize)mp_net_fail_errno(status, errno);
    }
    return 0;
}

static gboolean tcp_receive(MpNetTransport *transport, MpBytes *message, const MpNetLimit *limit,
                            MpNetStatus *status)
{
    Tcp *tcp = (Tcp *)transport;
    return mp_net_stream_receive(&tcp->stream, transport, mp_net_tcp_read, message, limit, status);
}

static void tcp_free(MpNetTransport *transport)
{
    Tcp *tcp = (Tcp *)transport;
    close(tcp->fd);
    mp_net_stream_clear(&tcp->stream);
    g_free(tcp);
}

static const MpNetTransportMethods tcp_methods = {
    .send = tcp_send, .receive = tcp_receive, .free = tcp_free};

static gboolean finish_connecting(int fd, const MpNetLimit *limit, MpNetStatus *status)
{
    if (!mp_net_wait(fd, POLLOUT, limit, status))
        return FALSE;
    int error_number = 0;
    socklen_t length = sizeof error_number;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &length) != 0)
        error_number = errno;
    return error_number == 0 || mp_net_fail_errno(status, error_number);
}

MpNetTransport *mp_net_tcp_open(const MpAddress *peer, const MpNetLimit *limit, MpNetStatus *status)
{
    int fd = mp_net_socket_connect(SOCK_STREAM, peer, status);
    if (fd < 0)
        return NULL;
    if (!finish_connecting(fd, limit, status)) {
        close(fd);
        return NULL;
    }
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    Tcp *tcp = g_new0(Tcp, 1);
    tcp->fd = fd;
    tcp->stream = mp_net_stream_init();
    tcp->transport = (MpNetTransport){.methods = &tcp_methods,
                                      .is_stream = TRUE,
                                      .local = mp_net_socket_local(fd),
                                      .peer = *peer};
    return &tcp->transport;
}

int mp_net_tcp_fd(MpNetTransport *transport)
{
    g_assert(transport->methods == &tcp_methods);
    return ((Tcp *)transport)->fd;
}
