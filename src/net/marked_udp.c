/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connected UDP socket with marks on each datagram.
 */
#include "net/marked_udp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/icmp.h"
#include "net/packet_tap.h"
#include "net/socket.h"

#define MAX_DATAGRAM 65536
#define ECN_BITS 2

struct _MpMarkedUdp {
    int fd;
    gboolean is_ipv6;
    guint told_mtu;
    MpAddress told_by;
    MpNetStatus refusal; /* MP_NET_DONE: none has come */
    guint8 buffer[MAX_DATAGRAM];
};

/* Room for what the kernel says beside a datagram. */
typedef union {
    char bytes[512];
    struct cmsghdr aligned;
} Control;

static gboolean set(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

MpMarkedUdp *mp_marked_udp_open(const MpAddress *peer, MpNetStatus *status)
{
    const int fd = mp_net_socket_connect(SOCK_DGRAM, peer, status);
    if (fd < 0)
        return NULL;
    const gboolean is_ipv6 = peer->family == MP_FAMILY_IPV6;
    const gboolean is_ready = is_ipv6 ? set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1) &&
                                            set(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1)
                                      : set(fd, IPPROTO_IP, IP_RECVERR, 1) &&
                                            set(fd, IPPROTO_IP, IP_RECVTOS, 1);
    if (!is_ready) {
        mp_net_fail_errno(status, errno);
        close(fd);
        return NULL;
    }
    MpMarkedUdp *udp = g_new0(MpMarkedUdp, 1);
    udp->fd = fd;
    udp->is_ipv6 = is_ipv6;
    return udp;
}

void mp_marked_udp_free(MpMarkedUdp *udp)
{
    if (!udp)
        return;
    close(udp->fd);
    g_free(udp);
}

int mp_marked_udp_fd(const MpMarkedUdp *udp)
{
    return udp->fd;
}

static gboolean is_too_big(const struct sock_extended_err *error)
{
    return (error->ee_origin == SO_EE_ORIGIN_ICMP && error->ee_type == ICMP_DEST_UNREACH &&
            error->ee_code == ICMP_FRAG_NEEDED) ||
           (error->ee_origin == SO_EE_ORIGIN_ICMP6 && error->ee_type == ICMP6_PACKET_TOO_BIG);
}

static void note_mtu(MpMarkedUdp *udp, const struct sock_extended_err *error)
{
    if (!is_too_big(error) || error->ee_info == 0 ||
        (udp->told_mtu && udp->told_mtu <= error->ee_info))
        return;
    udp->told_mtu = error->ee_info;
    if (!mp_address_from_sockaddr(&udp->told_by, SO_EE_OFFENDER(error)))
        udp->told_by = (MpAddress){.family = MP_FAMILY_NONE};
}

/* The first one is about the first datagram, which is small and has no marks. */
static void note_refusal(MpMarkedUdp *udp, const struct sock_extended_err *error)
{
    MpNetStatus status = {0};
    if (udp->refusal.outcome == MP_NET_DONE &&
        mp_net_icmp_classify(error, &status) == MP_NET_ICMP_FATAL)
        udp->refusal = status;
}

static void note_error(MpMarkedUdp *udp, const struct sock_extended_err *error)
{
    note_mtu(udp, error);
    note_refusal(udp, error);
}

/* Empties the queue of errors, which would fail the next call. */
static void read_errors(MpMarkedUdp *udp)
{
    char returned[64];
    Control control;
    struct iovec vector = {.iov_base = returned, .iov_len = sizeof returned};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes};
    while (message.msg_controllen = sizeof control.bytes,
           recvmsg(udp->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
        for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part;
             part = CMSG_NXTHDR(&message, part))
            if ((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
                (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR))
                note_error(udp, (const struct sock_extended_err *)CMSG_DATA(part));
}

static void set_fragments(const MpMarkedUdp *udp, gboolean may_fragment)
{
    const int level = udp->is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const int name = udp->is_ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER;
    /* The numbers are the same for both families. */
    (void)set(udp->fd, level, name, may_fragment ? IP_PMTUDISC_DONT : IP_PMTUDISC_PROBE);
}

static gssize send_marked(const MpMarkedUdp *udp, MpBytes message, int traffic_class)
{
    Control control = {.bytes = {0}};
    struct iovec vector = {.iov_base = (void *)message.data, .iov_len = message.length};
    struct msghdr header = {.msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = CMSG_SPACE(sizeof traffic_class)};
    struct cmsghdr *part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = udp->is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    part->cmsg_type = udp->is_ipv6 ? IPV6_TCLASS : IP_TOS;
    part->cmsg_len = CMSG_LEN(sizeof traffic_class);
    memcpy(CMSG_DATA(part), &traffic_class, sizeof traffic_class);
    const gssize sent = sendmsg(udp->fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0)
        mp_packet_tap_sent(udp->fd, NULL, message);
    return sent;
}

MpMarkedSend mp_marked_udp_send(MpMarkedUdp *udp, MpBytes message, guint8 dscp, guint8 ecn,
                                gboolean may_fragment, MpNetStatus *status)
{
    set_fragments(udp, may_fragment);
    read_errors(udp);
    if (send_marked(udp, message, dscp << ECN_BITS | ecn) >= 0)
        return MP_MARKED_SENT;
    /* The error may have been that of the datagram before, from a router. */
    read_errors(udp);
    if (send_marked(udp, message, dscp << ECN_BITS | ecn) >= 0)
        return MP_MARKED_SENT;
    const int error_number = errno;
    read_errors(udp);
    if (error_number == EMSGSIZE)
        return MP_MARKED_TOO_LARGE;
    mp_net_fail_errno(status, error_number);
    return MP_MARKED_FAILED;
}

/* IPv4 says it in a byte, IPv6 in an int. */
static gboolean read_class(const struct cmsghdr *part, guint8 *dscp, guint8 *ecn)
{
    int traffic_class = 0;
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_TOS)
        traffic_class = *CMSG_DATA(part);
    else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_TCLASS)
        memcpy(&traffic_class, CMSG_DATA(part), sizeof traffic_class);
    else
        return FALSE;
    *dscp = (guint8)(traffic_class >> ECN_BITS);
    *ecn = (guint8)(traffic_class & ((1 << ECN_BITS) - 1));
    return TRUE;
}

gboolean mp_marked_udp_take(MpMarkedUdp *udp, MpBytes *message, guint8 *dscp, guint8 *ecn)
{
    Control control;
    struct iovec vector = {.iov_base = udp->buffer, .iov_len = sizeof udp->buffer};
    struct msghdr header = {.msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    read_errors(udp);
    const gssize got = recvmsg(udp->fd, &header, MSG_DONTWAIT);
    if (got < 0)
        return FALSE;
    *message = (MpBytes){udp->buffer, (gsize)got};
    mp_packet_tap_received(udp->fd, NULL, *message, 0);
    *dscp = *ecn = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part))
        if (read_class(part, dscp, ecn))
            break;
    return TRUE;
}

guint mp_marked_udp_told_mtu(const MpMarkedUdp *udp, MpAddress *from)
{
    if (udp->told_mtu && from)
        *from = udp->told_by;
    return udp->told_mtu;
}

const MpNetStatus *mp_marked_udp_refusal(const MpMarkedUdp *udp)
{
    return udp->refusal.outcome == MP_NET_DONE ? NULL : &udp->refusal;
}
