/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Kernel timestamps on a UDP socket, Linux' networking/timestamping.
 */
#include "net/stamped_udp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "net/packet_tap.h"

#define RECEIVE_BUFFER (4 * 1024 * 1024)
/* A stamp, and the error report that carries its number with an address. */
#define CONTROL_SIZE 256

MpTime mp_stamped_udp_read(const struct cmsghdr *control)
{
    struct scm_timestamping stamps;
    memcpy(&stamps, CMSG_DATA(control), sizeof stamps);
    return MP_SEC(stamps.ts[0].tv_sec) + stamps.ts[0].tv_nsec;
}

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

/* The control message by which a send asks for its stamp. */
typedef union {
    char bytes[CMSG_SPACE(sizeof(guint32)) + CMSG_SPACE(sizeof(guint16))];
    struct cmsghdr align;
} SendControl;

static void ask_for_stamp(struct msghdr *message)
{
    const guint32 request = SOF_TIMESTAMPING_TX_SOFTWARE;
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SO_TIMESTAMPING;
    header->cmsg_len = CMSG_LEN(sizeof request);
    memcpy(CMSG_DATA(header), &request, sizeof request);
}

/* To whom, and with what. */
typedef struct {
    const MpAddress *to;
    gboolean is_connected; /* the socket is, to the same address */
    gboolean is_stamped;
} Manner;

/* sendmmsg() tells why it stopped only where nothing was sent. With room in the socket, and for a
 * packet that no line finds too large, it was this machine's own firewall, which must not be asked
 * again: a packet that it meant to drop would have a second chance. */
#define NEVER_TOO_LARGE (1280 - 40 - 8) /* RFC 8200 section 5, with both headers */

static gboolean has_room(int fd)
{
    struct pollfd ask = {.fd = fd, .events = POLLOUT};
    return poll(&ask, 1, 0) == 1 && ask.revents & POLLOUT;
}

static guint send_batch(int fd, Manner manner, const MpBytes *datagrams, guint n)
{
    SendControl control = {0};
    struct sockaddr_storage address;
    const socklen_t address_length = mp_address_to_sockaddr(manner.to, &address);
    struct iovec parts[MP_STAMPED_BATCH];
    struct mmsghdr messages[MP_STAMPED_BATCH];
    n = MIN(n, MP_STAMPED_BATCH);
    for (guint i = 0; i < n; i++) {
        parts[i] = (struct iovec){(void *)datagrams[i].data, datagrams[i].length};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
        if (!manner.is_connected) {
            messages[i].msg_hdr.msg_name = &address;
            messages[i].msg_hdr.msg_namelen = address_length;
        }
        /* All share the one control message. */
        if (manner.is_stamped) {
            messages[i].msg_hdr.msg_control = &control;
            messages[i].msg_hdr.msg_controllen = CMSG_SPACE(sizeof(guint32));
        }
    }
    if (manner.is_stamped && n > 0)
        ask_for_stamp(&messages[0].msg_hdr);
    guint taken = 0;
    while (taken < n) {
        int sent = sendmmsg(fd, messages + taken, n - taken, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EPERM)
            break;
        taken += sent > 0 ? (guint)sent : 1;
        if (sent > 0 && taken < n && datagrams[taken].length <= NEVER_TOO_LARGE && has_room(fd))
            taken++;
    }
    for (guint i = 0; i < taken; i++)
        mp_packet_tap_sent(fd, manner.to, datagrams[i]);
    return taken;
}

guint mp_stamped_udp_send(int fd, const MpAddress *to, const MpBytes *datagrams, guint n)
{
    return send_batch(fd, (Manner){.to = to, .is_stamped = TRUE}, datagrams, n);
}

guint mp_stamped_udp_send_unstamped(int fd, const MpAddress *to, const MpBytes *datagrams, guint n)
{
    return send_batch(fd, (Manner){.to = to}, datagrams, n);
}

guint mp_stamped_udp_send_connected(int fd, const MpAddress *peer, const MpBytes *datagrams,
                                    guint n)
{
    return send_batch(fd, (Manner){.to = peer, .is_connected = TRUE}, datagrams, n);
}

gboolean mp_stamped_udp_send_segments(int fd, const MpAddress *to, MpBytes data, guint segment)
{
    SendControl control = {0};
    struct sockaddr_storage address;
    struct iovec part = {(void *)data.data, data.length};
    struct msghdr message = {.msg_name = &address,
                             .msg_namelen = mp_address_to_sockaddr(to, &address),
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    const guint16 size = (guint16)segment;
    ask_for_stamp(&message);
    struct cmsghdr *header = CMSG_NXTHDR(&message, CMSG_FIRSTHDR(&message));
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof size);
    memcpy(CMSG_DATA(header), &size, sizeof size);
    if (sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) != (gssize)data.length && errno != EPERM)
        return FALSE;
    for (gsize at = 0; at < data.length; at += segment)
        mp_packet_tap_sent(fd, to, (MpBytes){data.data + at, MIN(segment, data.length - at)});
    return TRUE;
}

static gboolean is_error_report(const struct cmsghdr *control)
{
    return (control->cmsg_level == SOL_IP && control->cmsg_type == IP_RECVERR) ||
           (control->cmsg_level == SOL_IPV6 && control->cmsg_type == IPV6_RECVERR);
}

/* FALSE when the message is another error. */
static gboolean read_send_stamp(struct msghdr *message, MpSendStamp *stamp)
{
    gboolean has_number = FALSE;
    *stamp = (MpSendStamp){0};
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
        if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_TIMESTAMPING)
            stamp->left = mp_stamped_udp_read(at);
        if (!is_error_report(at))
            continue;
        struct sock_extended_err report;
        memcpy(&report, CMSG_DATA(at), sizeof report);
        has_number = report.ee_origin == SO_EE_ORIGIN_TIMESTAMPING;
        stamp->number = report.ee_data;
    }
    return has_number && stamp->left > 0;
}

guint mp_stamped_udp_take_stamps(int fd, MpSendStamp *stamps, gboolean *more)
{
    static const struct msghdr none;
    _Alignas(struct cmsghdr) guint8 controls[MP_SEND_STAMPS][CONTROL_SIZE];
    struct mmsghdr messages[MP_SEND_STAMPS];
    for (guint i = 0; i < MP_SEND_STAMPS; i++) {
        messages[i].msg_hdr = none;
        messages[i].msg_hdr.msg_control = controls[i];
        messages[i].msg_hdr.msg_controllen = CONTROL_SIZE;
    }
    int got = recvmmsg(fd, messages, MP_SEND_STAMPS, MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
    guint n = 0;
    *more = got == MP_SEND_STAMPS;
    for (int i = 0; i < got; i++)
        if (read_send_stamp(&messages[i].msg_hdr, &stamps[n]))
            n++;
    return n;
}
