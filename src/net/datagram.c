/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The unconnected UDP socket.
 */
#include "net/datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "net/packet_tap.h"
#include "net/socket.h"

#define MAX_DATAGRAM 65536

struct _MpDatagram {
    int fd;
    MpAddress local;
    guint8 buffer[MAX_DATAGRAM];
};

/* RFC 8899 apart, an application's large datagram may be fragmented: the kernel must not refuse it
 * for what it remembers of the path. */
static void allow_fragments(int fd, MpFamily family)
{
    int never = IP_PMTUDISC_DONT;
    if (family == MP_FAMILY_IPV4)
        (void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &never, sizeof never);
}

static int bind_to(const MpAddress *local)
{
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(local, &storage);
    int family = local->family == MP_FAMILY_IPV4 ? AF_INET : AF_INET6;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&storage, length) == 0)
        return fd;
    int error_number = errno;
    close(fd);
    errno = error_number;
    return -1;
}

MpDatagram *mp_datagram_open(const MpAddress *toward, MpNetStatus *status)
{
    int route = mp_net_socket_connect(SOCK_DGRAM, toward, status);
    if (route < 0)
        return NULL;
    MpAddress local = mp_net_socket_local(route);
    close(route);
    local.port = 0;
    int fd = bind_to(&local);
    if (fd < 0) {
        mp_net_fail_errno(status, errno);
        return NULL;
    }
    allow_fragments(fd, local.family);
    MpDatagram *datagram = g_new0(MpDatagram, 1);
    datagram->fd = fd;
    datagram->local = mp_net_socket_local(fd);
    return datagram;
}

void mp_datagram_free(MpDatagram *datagram)
{
    if (!datagram)
        return;
    close(datagram->fd);
    g_free(datagram);
}

MpAddress mp_datagram_local(const MpDatagram *datagram)
{
    return datagram->local;
}

int mp_datagram_fd(const MpDatagram *datagram)
{
    return datagram->fd;
}

gboolean mp_datagram_send(MpDatagram *datagram, const MpAddress *to, MpBytes message,
                          MpNetStatus *status)
{
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(to, &storage);
    if (sendto(datagram->fd, message.data, message.length, MSG_NOSIGNAL,
               (struct sockaddr *)&storage, length) < 0)
        return mp_net_fail_errno(status, errno);
    mp_packet_tap_sent(datagram->fd, to, message);
    return TRUE;
}

gboolean mp_datagram_take(MpDatagram *datagram, MpAddress *from, MpBytes *message)
{
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    gssize got = recvfrom(datagram->fd, datagram->buffer, sizeof datagram->buffer, 0,
                          (struct sockaddr *)&storage, &length);
    if (got < 0 || !mp_address_from_sockaddr(from, (struct sockaddr *)&storage))
        return FALSE;
    *message = (MpBytes){datagram->buffer, (gsize)got};
    mp_packet_tap_received(datagram->fd, from, *message, 0);
    return TRUE;
}
