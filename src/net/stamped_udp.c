/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Kernel timestamps on a UDP socket, Linux' networking/timestamping.
 */
#include "net/stamped_udp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define RECEIVE_BUFFER (4 * 1024 * 1024)

gboolean mp_stamped_udp_enable(int fd)
{
    /* No send flag here: each send asks by a control message, so only those are numbered. */
    const guint32 flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
                          SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
    const int size = RECEIVE_BUFFER;
    const int on = 1;
    /* A smaller buffer or uncounted overflows are no failure: the stamps are what matters. */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    (void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) == 0;
}

gboolean mp_stamped_udp_peek(int fd, guint8 *start, gsize *length)
{
    gssize got = recv(fd, start, *length, MSG_PEEK | MSG_DONTWAIT);
    *length = got < 0 ? 0 : (gsize)got;
    return got >= 0;
}

static MpTime to_time(const struct timespec *stamp)
{
    return MP_SEC(stamp->tv_sec) + stamp->tv_nsec;
}

static MpTime read_stamp(const struct cmsghdr *control)
{
    struct scm_timestamping stamps;
    memcpy(&stamps, CMSG_DATA(control), sizeof stamps);
    return to_time(&stamps.ts[0]);
}

gboolean mp_stamped_udp_receive(int fd, guint8 *buffer, gsize capacity, MpStampedDatagram *datagram,
                                guint32 *overflows)
{
    union {
        char bytes[256];
        struct cmsghdr align;
    } control;
    struct sockaddr_storage from = {0};
    struct iovec part = {.iov_base = buffer, .iov_len = capacity};
    struct msghdr message = {.msg_name = &from,
                             .msg_namelen = sizeof from,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    gssize got = recvmsg(fd, &message, MSG_DONTWAIT);
    if (got < 0)
        return FALSE;

    *datagram = (MpStampedDatagram){.length = (gsize)got};
    mp_address_from_sockaddr(&datagram->from, (const struct sockaddr *)&from);
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        if (at->cmsg_level != SOL_SOCKET)
            continue;
        if (at->cmsg_type == SCM_TIMESTAMPING)
            datagram->stamp = read_stamp(at);
        else if (at->cmsg_type == SO_RXQ_OVFL)
            memcpy(overflows, CMSG_DATA(at), sizeof *overflows);
    }
    return TRUE;
}

gboolean mp_stamped_udp_send(int fd, const MpAddress *to, const guint8 *data, gsize length)
{
    union {
        char bytes[CMSG_SPACE(sizeof(guint32))];
        struct cmsghdr align;
    } control = {0};
    struct sockaddr_storage address;
    struct iovec part = {.iov_base = (void *)data, .iov_len = length};
    struct msghdr message = {.msg_name = &address,
                             .msg_namelen = mp_address_to_sockaddr(to, &address),
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    const guint32 request = SOF_TIMESTAMPING_TX_SOFTWARE;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SO_TIMESTAMPING;
    header->cmsg_len = CMSG_LEN(sizeof request);
    memcpy(CMSG_DATA(header), &request, sizeof request);
    return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == (gssize)length;
}

static gboolean is_error_report(const struct cmsghdr *control)
{
    return (control->cmsg_level == SOL_IP && control->cmsg_type == IP_RECVERR) ||
           (control->cmsg_level == SOL_IPV6 && control->cmsg_type == IPV6_RECVERR);
}

gboolean mp_stamped_udp_next_sent(int fd, guint32 *number, MpTime *stamp)
{
    union {
        char bytes[256];
        struct cmsghdr align;
    } control;
    for (;;) {
        struct msghdr message = {.msg_control = &control, .msg_controllen = sizeof control};
        if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return FALSE;

        gboolean has_number = FALSE;
        *stamp = 0;
        for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
            if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_TIMESTAMPING)
                *stamp = read_stamp(at);
            if (!is_error_report(at))
                continue;
            struct sock_extended_err report;
            memcpy(&report, CMSG_DATA(at), sizeof report);
            has_number = report.ee_origin == SO_EE_ORIGIN_TIMESTAMPING;
            *number = report.ee_data;
        }
        if (has_number && *stamp > 0)
            return TRUE;
    }
}
