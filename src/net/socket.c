/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening sockets.
 */
#include "net/socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

/* Has the kernel pass on every ICMP error at once and keep its type and code: ip(7). */
static void enable_icmp_errors(int fd, MpFamily family)
{
    int on = 1;
    if (family == MP_FAMILY_IPV4)
        (void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    else
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
}

static int fail_with_errno(int fd, MpNetStatus *status)
{
    const int error_number = errno;
    mp_net_fail_errno(status, error_number);
    if (fd >= 0)
        close(fd);
    errno = error_number;
    return -1;
}

static int open_for(int type, MpFamily family, MpNetStatus *status)
{
    int domain = family == MP_FAMILY_IPV4 ? AF_INET : AF_INET6;
    int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail_with_errno(fd, status);
    enable_icmp_errors(fd, family);
    return fd;
}

static gboolean bind_to(int fd, const MpAddress *local)
{
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(local, &storage);
    return bind(fd, (struct sockaddr *)&storage, length) == 0;
}

int mp_net_socket_bind(int type, const MpAddress *local, MpNetStatus *status)
{
    int fd = open_for(type, local->family, status);
    return fd < 0 || bind_to(fd, local) ? fd : fail_with_errno(fd, status);
}

int mp_net_socket_connect_from(int type, const MpAddress *local, const MpAddress *peer,
                               MpNetStatus *status)
{
    int fd = open_for(type, peer->family, status);
    if (fd < 0)
        return -1;
    if (local && !bind_to(fd, local))
        return fail_with_errno(fd, status);
    struct sockaddr_storage storage;
    socklen_t length = mp_address_to_sockaddr(peer, &storage);
    if (connect(fd, (struct sockaddr *)&storage, length) != 0 && errno != EINPROGRESS)
        return fail_with_errno(fd, status);
    return fd;
}

int mp_net_socket_connect(int type, const MpAddress *peer, MpNetStatus *status)
{
    return mp_net_socket_connect_from(type, NULL, peer, status);
}

MpAddress mp_net_socket_local(int fd)
{
    MpAddress local = {0};
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(fd, (struct sockaddr *)&storage, &length) == 0)
        mp_address_from_sockaddr(&local, (struct sockaddr *)&storage);
    return local;
}
