/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * recvmmsg, reflect, sendmmsg. Raw sockets and UDP sockets differ in the headers that come with the
 * payload, and in who writes the checksum.
 */
#include "responder/reflect_batch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

#define MOST_MESSAGES 32
/* Jumbo frames, and a question about all ports. */
#define LARGEST 9216
#define UDP_HEADER sizeof(struct udphdr)

typedef struct {
    _Alignas(struct cmsghdr) char bytes[256];
} Control;

/* What the kernel tells about a datagram. */
typedef struct {
    struct in6_addr local6; /* IPv4 as mapped */
    struct in_addr local4;
    unsigned int interface;
    gboolean is_ours; /* sent to an address of ours, not to a group or everybody */
    gboolean is_fragmented;
    guint8 ttl;
    guint8 tos;
    gboolean has_overflows; /* else the kernel says nothing about them */
    guint32 overflows;
    MpTime time;
} Facts;

struct _MpReflectBatch {
    struct mmsghdr in[MOST_MESSAGES];
    struct mmsghdr out[MOST_MESSAGES];
    struct iovec in_parts[MOST_MESSAGES];
    struct iovec out_parts[MOST_MESSAGES];
    struct sockaddr_storage from[MOST_MESSAGES];
    Control in_control[MOST_MESSAGES];
    Control out_control[MOST_MESSAGES];
    gboolean may_fragment[MOST_MESSAGES];
    guint8 in_bytes[MOST_MESSAGES][LARGEST];
    guint8 out_bytes[MOST_MESSAGES][LARGEST];
};

MpReflectBatch *mp_reflect_batch_new(void)
{
    return g_new0(MpReflectBatch, 1);
}

static void prepare(MpReflectBatch *batch)
{
    for (guint i = 0; i < MOST_MESSAGES; i++) {
        batch->in_parts[i] = (struct iovec){batch->in_bytes[i], LARGEST};
        batch->in[i].msg_hdr = (struct msghdr){
            .msg_name = &batch->from[i],
            .msg_namelen = sizeof batch->from[i],
            .msg_iov = &batch->in_parts[i],
            .msg_iovlen = 1,
            .msg_control = &batch->in_control[i],
            .msg_controllen = sizeof batch->in_control[i],
        };
    }
}

static int read_int(const struct cmsghdr *control)
{
    int value = 0;
    memcpy(&value, CMSG_DATA(control), sizeof value);
    return value;
}

static void read_ip(const struct cmsghdr *control, Facts *facts)
{
    struct in_pktinfo info;
    if (control->cmsg_type == IP_TTL) {
        facts->ttl = (guint8)read_int(control);
    } else if (control->cmsg_type == IP_TOS) {
        facts->tos = *CMSG_DATA(control);
    } else if (control->cmsg_type == IP_RECVFRAGSIZE) {
        facts->is_fragmented = TRUE;
    } else if (control->cmsg_type == IP_PKTINFO) {
        memcpy(&info, CMSG_DATA(control), sizeof info);
        facts->local4 = info.ipi_addr;
        facts->is_ours = info.ipi_addr.s_addr == info.ipi_spec_dst.s_addr;
    }
}

static void read_ip6(const struct cmsghdr *control, Facts *facts)
{
    struct in6_pktinfo info;
    if (control->cmsg_type == IPV6_HOPLIMIT) {
        facts->ttl = (guint8)read_int(control);
    } else if (control->cmsg_type == IPV6_TCLASS) {
        facts->tos = (guint8)read_int(control);
    } else if (control->cmsg_type == IPV6_RECVFRAGSIZE) {
        facts->is_fragmented = TRUE;
    } else if (control->cmsg_type == IPV6_PKTINFO) {
        memcpy(&info, CMSG_DATA(control), sizeof info);
        facts->local6 = info.ipi6_addr;
        facts->interface = info.ipi6_ifindex;
        if (!IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr))
            facts->is_ours = !IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
    }
}

static Facts read_facts(struct msghdr *message)
{
    Facts facts = {.time = 0};
    for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
        struct timespec stamp;
        if (at->cmsg_level == SOL_IP) {
            read_ip(at, &facts);
        } else if (at->cmsg_level == SOL_IPV6) {
            read_ip6(at, &facts);
        } else if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SO_TIMESTAMPNS) {
            memcpy(&stamp, CMSG_DATA(at), sizeof stamp);
            facts.time = MP_SEC(stamp.tv_sec) + stamp.tv_nsec;
        } else if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SO_RXQ_OVFL) {
            facts.overflows = (guint32)read_int(at);
            facts.has_overflows = TRUE;
        }
    }
    if (facts.time == 0)
        facts.time = mp_clock_realtime();
    return facts;
}

static guint16 read_u16(const guint8 *at)
{
    return (guint16)(at[0] << 8 | at[1]);
}

/* The payload and the ports of a datagram from a raw socket. */
static gboolean unwrap(MpReflectKind kind, MpBytes packet, MpStampArrival *arrival)
{
    gsize start = kind == MP_REFLECT_RAW4 && packet.length > 0 ? (packet.data[0] & 15u) * 4u : 0;
    if (packet.length < start + UDP_HEADER)
        return FALSE;
    const guint8 *udp = packet.data + start;
    gsize length = read_u16(udp + 4);
    if (length < UDP_HEADER || length > packet.length - start)
        return FALSE;
    arrival->source.port = read_u16(udp);
    arrival->port = read_u16(udp + 2);
    arrival->bytes = (MpBytes){udp + UDP_HEADER, length - UDP_HEADER};
    return TRUE;
}

static guint32 sum_words(guint32 sum, const guint8 *data, gsize length)
{
    for (gsize i = 0; i + 1 < length; i += 2)
        sum += read_u16(data + i);
    if (length % 2)
        sum += (guint32)data[length - 1] << 8;
    return sum;
}

/* RFC 768; in IPv6 the kernel does it (RFC 3542 section 3.1). */
static guint16 checksum4(const struct in_addr *from, const MpAddress *to, const guint8 *udp,
                         gsize length)
{
    guint32 sum = sum_words((guint32)(IPPROTO_UDP + length), (const guint8 *)from, sizeof *from);
    sum = sum_words(sum_words(sum, to->bytes, 4), udp, length);
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return sum == 0xFFFF ? 0xFFFF : (guint16)~sum;
}

static gsize wrap(MpReflectKind kind, const Facts *facts, const MpStampArrival *arrival,
                  guint8 *udp, gsize length)
{
    MpWriter writer = mp_writer_init(udp, UDP_HEADER);
    gsize whole = UDP_HEADER + length;
    mp_writer_u16(&writer, arrival->port);
    mp_writer_u16(&writer, arrival->source.port);
    mp_writer_u16(&writer, (guint16)whole);
    mp_writer_u16(&writer, 0);
    if (kind == MP_REFLECT_RAW4)
        mp_writer_patch_u16(&writer, offsetof(struct udphdr, check),
                            checksum4(&facts->local4, &arrival->source, udp, whole));
    return whole;
}

static void put_control(struct msghdr *message, int level, int type, const void *data, gsize length)
{
    struct cmsghdr *header = (struct cmsghdr *)(void *)((char *)message->msg_control +
                                                        message->msg_controllen);
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(header), data, length);
    message->msg_controllen += CMSG_SPACE(length);
}

/* From where, and with which class. */
static void put_source(struct msghdr *message, const Facts *facts, gboolean is_ipv4, guint8 tos)
{
    const int class = tos;
    if (is_ipv4) {
        const struct in_pktinfo info = {.ipi_spec_dst = facts->local4};
        put_control(message, SOL_IP, IP_PKTINFO, &info, sizeof info);
        put_control(message, SOL_IP, IP_TOS, &class, sizeof class);
        return;
    }
    const struct in6_pktinfo info = {
        .ipi6_addr = facts->local6,
        .ipi6_ifindex = IN6_IS_ADDR_LINKLOCAL(&facts->local6) ? facts->interface : 0,
    };
    put_control(message, SOL_IPV6, IPV6_PKTINFO, &info, sizeof info);
    put_control(message, SOL_IPV6, IPV6_TCLASS, &class, sizeof class);
}

/* Raw sockets of IPv6 take a port for a protocol. */
static void clear_port(struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = 0;
}

/* A socket for both versions tells IPv4 as ::ffff:0:0/96, RFC 4291 section 2.5.5.2. */
static void unmap(MpAddress *address, const struct sockaddr_storage *from)
{
    const struct sockaddr_in6 *in6 = (const void *)from;
    if (from->ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
        return;
    const guint16 port = address->port;
    *address = (MpAddress){.family = MP_FAMILY_IPV4, .port = port};
    memcpy(address->bytes, in6->sin6_addr.s6_addr + 12, 4);
}

static gboolean read_arrival(MpReflectBatch *batch, guint at, const MpReflectSocket *socket,
                             const Facts *facts, MpStampArrival *arrival)
{
    struct msghdr *message = &batch->in[at].msg_hdr;
    MpBytes packet = {batch->in_bytes[at], batch->in[at].msg_len};
    *arrival = (MpStampArrival){
        .bytes = packet,
        .port = socket->port,
        .ttl = facts->ttl,
        .tos = facts->tos,
        .time = facts->time,
    };
    if (!facts->is_ours || (message->msg_flags & MSG_TRUNC) ||
        !mp_address_from_sockaddr(&arrival->source, message->msg_name))
        return FALSE;
    unmap(&arrival->source, message->msg_name);
    return socket->kind == MP_REFLECT_UDP || unwrap(socket->kind, packet, arrival);
}

static void count_overflows(MpReflectSocket *socket, const Facts *facts, MpStampShared *shared)
{
    if (!facts->has_overflows || facts->overflows == socket->overflows)
        return;
    g_atomic_int_add(&shared->overflows, (gint)(facts->overflows - socket->overflows));
    socket->overflows = facts->overflows;
}

/* TRUE when message `at` of the incoming ones became message `to` of the outgoing ones. */
static gboolean answer(MpReflectBatch *batch, guint at, guint to, MpReflectSocket *socket,
                       MpStampReflector *reflector)
{
    MpStampArrival arrival;
    Facts facts = read_facts(&batch->in[at].msg_hdr);
    count_overflows(socket, &facts, reflector->shared);
    if (!read_arrival(batch, at, socket, &facts, &arrival))
        return FALSE;
    gboolean is_raw = socket->kind != MP_REFLECT_UDP;
    guint8 *bytes = batch->out_bytes[to];
    guint8 tos = 0;
    gsize length = mp_stamp_reflect(reflector, &arrival, mp_clock_now(), mp_clock_realtime(),
                                    bytes + (is_raw ? UDP_HEADER : 0), &tos);
    if (length == 0)
        return FALSE;
    if (is_raw)
        length = wrap(socket->kind, &facts, &arrival, bytes, length);
    if (socket->kind == MP_REFLECT_RAW6)
        clear_port(&batch->from[at]);
    batch->out_parts[to] = (struct iovec){bytes, length};
    batch->may_fragment[to] = facts.is_fragmented;
    batch->out[to].msg_hdr = (struct msghdr){
        .msg_name = &batch->from[at],
        .msg_namelen = batch->in[at].msg_hdr.msg_namelen,
        .msg_iov = &batch->out_parts[to],
        .msg_iovlen = 1,
        .msg_control = &batch->out_control[to],
    };
    gboolean is_ipv4 = batch->from[at].ss_family == AF_INET || IN6_IS_ADDR_V4MAPPED(&facts.local6);
    put_source(&batch->out[to].msg_hdr, &facts, is_ipv4, tos);
    return TRUE;
}

static void set_fragmenting(const MpReflectSocket *socket, gboolean is_wanted)
{
    const int discover4 = is_wanted ? IP_PMTUDISC_DONT : IP_PMTUDISC_PROBE;
    const int discover6 = is_wanted ? IPV6_PMTUDISC_DONT : IPV6_PMTUDISC_PROBE;
    (void)setsockopt(socket->fd, SOL_IP, IP_MTU_DISCOVER, &discover4, sizeof discover4);
    (void)setsockopt(socket->fd, SOL_IPV6, IPV6_MTU_DISCOVER, &discover6, sizeof discover6);
}

/* What came in fragments, or is larger than our own link takes, goes back in fragments. */
static void send_fragmented(const MpReflectSocket *socket, struct mmsghdr *message)
{
    set_fragmenting(socket, TRUE);
    (void)sendmsg(socket->fd, &message->msg_hdr, MSG_DONTWAIT);
    set_fragmenting(socket, FALSE);
}

static void send_all(MpReflectBatch *batch, const MpReflectSocket *socket, guint n_messages)
{
    guint sent = 0;
    while (sent < n_messages) {
        guint end = sent;
        while (end < n_messages && !batch->may_fragment[end])
            end++;
        int done = end > sent ? sendmmsg(socket->fd, batch->out + sent, end - sent, MSG_DONTWAIT)
                              : 0;
        if (done > 0)
            sent += (guint)done;
        else if (end == sent || errno == EMSGSIZE)
            send_fragmented(socket, &batch->out[sent++]);
        else
            sent++; /* no route, or no room: as if the network had lost it */
    }
}

gboolean mp_reflect_batch_run(MpReflectBatch *batch, MpReflectSocket *socket,
                              MpStampReflector *reflector)
{
    prepare(batch);
    int got = recvmmsg(socket->fd, batch->in, MOST_MESSAGES, MSG_DONTWAIT, NULL);
    guint n_answers = 0;
    for (int i = 0; i < got; i++)
        n_answers += answer(batch, (guint)i, n_answers, socket, reflector);
    send_all(batch, socket, n_answers);
    return got == MOST_MESSAGES;
}
