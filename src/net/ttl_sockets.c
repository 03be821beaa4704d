/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Datagrams that end on the way.
 */
#include "net/ttl_sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/icmp.h"
#include "net/packet_tap.h"
#include "net/socket.h"

#define MOST_TTL 32
/* How often an interruption is looked for. */
#define LOOK_EVERY MP_MSEC(50)
/* An error that came for an earlier datagram is told at the next send, once each. */
#define SEND_TRIES 4

/* Connections that may come to something yet; the oldest goes first. */
#define MOST_CONNECTIONS 64

typedef struct {
    int fd; /* -1: none */
    guint ttl;
    guint series;
    MpAddress to;
} Connection;

struct _MpTtlSockets {
    guint n;
    int descriptors[MOST_TTL * MP_TTL_SERIES]; /* all series of TTL 1, then those of 2 */
    Connection connections[MOST_CONNECTIONS];
    guint next;
};

static gboolean set_ttl(int fd, MpFamily family, int ttl)
{
    return family == MP_FAMILY_IPV4
               ? setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl) == 0
               : setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof ttl) == 0;
}

static int open_one(const MpAddress *local, guint ttl, int type, MpNetStatus *status)
{
    int fd = mp_net_socket_bind(type, local, status);
    if (fd >= 0 && !set_ttl(fd, local->family, (int)ttl)) {
        mp_net_fail_errno(status, errno);
        close(fd);
        fd = -1;
    }
    return fd;
}

MpTtlSockets *mp_ttl_sockets_open(const MpAddress *toward, guint most, MpNetStatus *status)
{
    g_return_val_if_fail(most <= MOST_TTL, NULL);
    int route = mp_net_socket_connect(SOCK_DGRAM, toward, status);
    if (route < 0)
        return NULL;
    MpAddress local = mp_net_socket_local(route);
    close(route);
    local.port = 0;
    MpTtlSockets *sockets = g_new0(MpTtlSockets, 1);
    for (guint i = 0; i < MOST_CONNECTIONS; i++)
        sockets->connections[i].fd = -1;
    for (; sockets->n < most * MP_TTL_SERIES; sockets->n++) {
        const guint ttl = sockets->n / MP_TTL_SERIES + 1;
        sockets->descriptors[sockets->n] = open_one(&local, ttl, SOCK_DGRAM, status);
        if (sockets->descriptors[sockets->n] < 0) {
            mp_ttl_sockets_free(sockets);
            return NULL;
        }
    }
    return sockets;
}

static void end_connection(Connection *connection)
{
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
}

void mp_ttl_sockets_free(MpTtlSockets *sockets)
{
    if (!sockets)
        return;
    for (guint i = 0; i < sockets->n; i++)
        close(sockets->descriptors[i]);
    for (guint i = 0; i < MOST_CONNECTIONS; i++)
        end_connection(&sockets->connections[i]);
    g_free(sockets);
}

gboolean mp_ttl_sockets_send(MpTtlSockets *sockets, guint ttl, guint series, const MpAddress *to,
                             MpBytes payload, MpNetStatus *status)
{
    const guint index = (ttl - 1) * MP_TTL_SERIES + series;
    g_return_val_if_fail(ttl >= 1 && series < MP_TTL_SERIES && index < sockets->n, FALSE);
    struct sockaddr_storage storage;
    const socklen_t length = mp_address_to_sockaddr(to, &storage);
    const int fd = sockets->descriptors[index];
    int error_number = 0;
    for (guint i = 0; i < SEND_TRIES; i++) {
        if (sendto(fd, payload.data, payload.length, MSG_NOSIGNAL, (struct sockaddr *)&storage,
                   length) >= 0) {
            mp_packet_tap_sent(fd, to, payload);
            return TRUE;
        }
        error_number = errno;
        int pending;
        socklen_t size = sizeof pending;
        (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &size);
    }
    return mp_net_fail_errno(status, error_number);
}

/* The TTL is set before the SYN leaves. */
gboolean mp_ttl_sockets_connect(MpTtlSockets *sockets, guint ttl, guint series, const MpAddress *to,
                                MpNetStatus *status)
{
    Connection *connection = &sockets->connections[sockets->next++ % MOST_CONNECTIONS];
    end_connection(connection);
    MpAddress any = {.family = to->family};
    const int fd = open_one(&any, ttl, SOCK_STREAM, status);
    if (fd < 0)
        return FALSE;
    struct sockaddr_storage storage;
    const socklen_t length = mp_address_to_sockaddr(to, &storage);
    *connection = (Connection){.fd = fd, .ttl = ttl, .series = series, .to = *to};
    return connect(fd, (struct sockaddr *)&storage, length) == 0 || errno == EINPROGRESS ||
           mp_net_fail_errno(status, errno);
}

/* poll(2) passes over descriptors of -1. */
void mp_ttl_sockets_wait(const MpTtlSockets *sockets, const MpNetLimit *limit)
{
    struct pollfd descriptors[MOST_TTL * MP_TTL_SERIES + MOST_CONNECTIONS];
    for (guint i = 0; i < sockets->n; i++)
        descriptors[i] = (struct pollfd){.fd = sockets->descriptors[i], .events = POLLIN};
    for (guint i = 0; i < MOST_CONNECTIONS; i++)
        descriptors[sockets->n + i] = (struct pollfd){.fd = sockets->connections[i].fd,
                                                      .events = POLLOUT};
    if (g_cancellable_is_cancelled(limit->cancellable))
        return;
    const MpTime left = CLAMP(limit->deadline - mp_clock_now(), 0, LOOK_EVERY);
    const struct timespec timeout = {.tv_sec = 0, .tv_nsec = left};
    (void)ppoll(descriptors, sockets->n + MOST_CONNECTIONS, &timeout, NULL);
}

static gboolean take_answer(int fd, MpTtlNews *news)
{
    guint8 byte;
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    news->is_answer = recvfrom(fd, &byte, sizeof byte, MSG_DONTWAIT, (struct sockaddr *)&storage,
                               &length) >= 0 &&
                      mp_address_from_sockaddr(&news->to, (struct sockaddr *)&storage);
    return news->is_answer;
}

static gboolean take_error(int fd, MpTtlNews *news)
{
    MpNetIcmp icmp;
    while ((icmp = mp_net_icmp_read_about(fd, &news->status, &news->to)) != MP_NET_ICMP_NONE)
        if (icmp == MP_NET_ICMP_FATAL && (news->is_tcp || news->to.family != MP_FAMILY_NONE))
            return TRUE;
    return FALSE;
}

/* An ICMP error ends the attempt, and so does an answer of the target. */
static gboolean take_connection(Connection *connection, MpTtlNews *news)
{
    struct pollfd descriptor = {.fd = connection->fd, .events = POLLOUT};
    if (connection->fd < 0 || poll(&descriptor, 1, 0) <= 0)
        return FALSE;
    *news = (MpTtlNews){.ttl = connection->ttl, .series = connection->series, .is_tcp = TRUE};
    const gboolean is_error = take_error(connection->fd, news);
    int pending = 0;
    socklen_t size = sizeof pending;
    (void)getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &pending, &size);
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    const gboolean is_connected = pending == 0 &&
                                  getpeername(connection->fd, (struct sockaddr *)&peer, &length) ==
                                      0;
    news->is_answer = !is_error && (is_connected || pending == ECONNREFUSED);
    news->to = connection->to;
    end_connection(connection);
    return is_error || news->is_answer;
}

gboolean mp_ttl_sockets_take(MpTtlSockets *sockets, MpTtlNews *news)
{
    for (guint i = 0; i < sockets->n; i++) {
        *news = (MpTtlNews){.ttl = i / MP_TTL_SERIES + 1, .series = i % MP_TTL_SERIES};
        if (take_error(sockets->descriptors[i], news) || take_answer(sockets->descriptors[i], news))
            return TRUE;
    }
    for (guint i = 0; i < MOST_CONNECTIONS; i++)
        if (take_connection(&sockets->connections[i], news))
            return TRUE;
    return FALSE;
}
