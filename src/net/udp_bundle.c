/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flows that come and go by thousands: epoll(7), since poll(2) looks at each of them every time.
 */
#include "net/udp_bundle.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/random.h"
#include "net/icmp.h"
#include "net/packet_tap.h"
#include "net/socket.h"

/* A server may keep an ended flow's 5-tuple in mind for some seconds, so ports are taken in turn;
 * above what firewalls know services by. */
#define FIRST_SOURCE_PORT 10240
#define N_SOURCE_PORTS (G_MAXUINT16 + 1 - FIRST_SOURCE_PORT)
/* Ports in a row that are somebody else's. */
#define MOST_TAKEN 256
#define MAX_EVENTS 256

struct _MpUdpBundle {
    MpAddress peer;
    MpAddress local;
    int epoll;
    guint next_port; /* from 0 */
};

MpUdpBundle *mp_udp_bundle_new(const MpAddress *peer, MpNetStatus *status)
{
    int route = mp_net_socket_connect(SOCK_DGRAM, peer, status);
    if (route < 0)
        return NULL;
    MpUdpBundle *bundle = g_new0(MpUdpBundle, 1);
    bundle->peer = *peer;
    bundle->local = mp_net_socket_local(route);
    bundle->next_port = mp_random_u32() % N_SOURCE_PORTS;
    close(route);
    bundle->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (bundle->epoll >= 0)
        return bundle;
    mp_net_fail_errno(status, errno);
    g_free(bundle);
    return NULL;
}

void mp_udp_bundle_free(MpUdpBundle *bundle)
{
    if (!bundle)
        return;
    close(bundle->epoll);
    g_free(bundle);
}

guint mp_udp_bundle_room(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    return (guint)CLAMP(limit.rlim_cur / 2, 1, G_MAXUINT16);
}

static int open_next(MpUdpBundle *bundle, MpNetStatus *status)
{
    int fd = -1;
    for (guint i = 0; i < MOST_TAKEN && fd < 0; i++) {
        MpAddress local = bundle->local;
        local.port = (guint16)(FIRST_SOURCE_PORT + bundle->next_port);
        bundle->next_port = (bundle->next_port + 1) % N_SOURCE_PORTS;
        fd = mp_net_socket_connect_from(SOCK_DGRAM, &local, &bundle->peer, status);
        if (fd < 0 && errno != EADDRINUSE)
            return -1;
    }
    return fd;
}

gboolean mp_udp_bundle_watch(MpUdpBundle *bundle, int fd, gpointer owner, MpNetStatus *status)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
    return epoll_ctl(bundle->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ||
           mp_net_fail_errno(status, errno);
}

int mp_udp_bundle_open(MpUdpBundle *bundle, gpointer owner, MpNetStatus *status)
{
    int fd = open_next(bundle, status);
    if (fd >= 0 && !mp_udp_bundle_watch(bundle, fd, owner, status)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Closing takes it out of the epoll set, since nobody else has the descriptor: epoll(7). */
void mp_udp_bundle_close(MpUdpBundle *bundle, int fd)
{
    (void)bundle;
    if (fd >= 0)
        close(fd);
}

guint mp_udp_bundle_wait(MpUdpBundle *bundle, const MpNetLimit *limit, gpointer *owners,
                         guint capacity)
{
    struct epoll_event events[MAX_EVENTS];
    MpNetStatus status = {0};
    if (!mp_net_wait(bundle->epoll, POLLIN, limit, &status))
        return 0;
    const int count = epoll_wait(bundle->epoll, events, (int)MIN(capacity, MAX_EVENTS), 0);
    for (int i = 0; i < count; i++)
        owners[i] = events[i].data.ptr;
    return (guint)MAX(count, 0);
}

gboolean mp_udp_bundle_send(int fd, MpBytes message, MpNetStatus *status)
{
    if (send(fd, message.data, message.length, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
        mp_packet_tap_sent(fd, NULL, message);
        return TRUE;
    }
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
        return TRUE;
    const int error_number = errno;
    const MpNetIcmp icmp = mp_net_icmp_read(fd, status);
    if (icmp == MP_NET_ICMP_IGNORED)
        return TRUE;
    return icmp == MP_NET_ICMP_NONE && mp_net_fail_errno(status, error_number);
}

gboolean mp_udp_bundle_receive(int fd, guint8 *buffer, gsize capacity, MpBytes *message,
                               MpNetStatus *status)
{
    const gssize got = recv(fd, buffer, capacity, MSG_DONTWAIT);
    if (got >= 0) {
        *message = (MpBytes){buffer, (gsize)got};
        mp_packet_tap_received(fd, NULL, *message, 0);
        return TRUE;
    }
    if (errno == EAGAIN || errno == EINTR)
        return FALSE;
    const int error_number = errno;
    if (mp_net_icmp_read(fd, status) == MP_NET_ICMP_NONE)
        mp_net_fail_errno(status, error_number);
    return FALSE;
}
