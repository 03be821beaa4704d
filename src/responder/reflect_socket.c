/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sockets that tell where a datagram was sent to, when it came, and with which TTL and class.
 */
#include "responder/reflect_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/error.h"
#include "responder/port_bits.h"
#include "wire/stamp.h"

/* Bursts wait here while the processor is elsewhere; the kernel doubles it. */
#define RAW_BUFFER (4 * 1024 * 1024)
/* RFC 8762 has the TTL of 255 in mind: what is left tells the number of hops. */
#define REPLY_TTL 255

typedef struct {
    int level;
    int name;
    int value;
} Option;

static const Option common_options[] = {
    {SOL_SOCKET, SO_TIMESTAMPNS, 1},
    {SOL_SOCKET, SO_RXQ_OVFL, 1},
};

static const Option options4[] = {
    {SOL_IP, IP_PKTINFO, 1},
    {SOL_IP, IP_RECVTTL, 1},
    {SOL_IP, IP_RECVTOS, 1},
    {SOL_IP, IP_RECVFRAGSIZE, 1},
    {SOL_IP, IP_TTL, REPLY_TTL},
    /* Answers are as large as their requests: one that meets a smaller MTU shall not arrive. */
    {SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE},
};

static const Option options6[] = {
    {SOL_IPV6, IPV6_RECVPKTINFO, 1},          {SOL_IPV6, IPV6_RECVHOPLIMIT, 1},
    {SOL_IPV6, IPV6_RECVTCLASS, 1},           {SOL_IPV6, IPV6_RECVFRAGSIZE, 1},
    {SOL_IPV6, IPV6_UNICAST_HOPS, REPLY_TTL}, {SOL_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE},
};

static void close_socket(gpointer element)
{
    close(((MpReflectSocket *)element)->fd);
}

GArray *mp_reflect_sockets_new(void)
{
    GArray *sockets = g_array_new(FALSE, FALSE, sizeof(MpReflectSocket));
    g_array_set_clear_func(sockets, close_socket);
    return sockets;
}

/* An option that an old kernel does not know costs a detail of the answer, no more. */
static void set_options(int fd, const Option *options, gsize n_options)
{
    for (gsize i = 0; i < n_options; i++)
        (void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                         sizeof options[i].value);
}

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", what, g_strerror(errno));
    return FALSE;
}

#define LOAD16(offset) BPF_STMT(BPF_LD | BPF_H | BPF_IND, offset)
#define LOAD32(offset) BPF_STMT(BPF_LD | BPF_W | BPF_IND, offset)
#define IF(condition, value, if_true, if_false)                                                    \
    BPF_JUMP(BPF_JMP | (condition) | BPF_K, value, if_true, if_false)
#define UDP (guint32)sizeof(struct udphdr)
/* The U flag of a sender and the type. */
#define KEY_TLV (MP_STAMP_FLAG_UNRECOGNIZED << 8 | MP_STAMP_TLV_KEY)

/* Takes what goes to the ports and begins like a request; the rest costs no wake-up. */
static gboolean attach_filter(int fd, gboolean has_ip_header, guint16 first_port, guint16 last_port)
{
    struct sock_filter code[] = {
        has_ip_header ? (struct sock_filter)BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0)
                      : (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, 0),
        LOAD16(2),
        IF(BPF_JGE, first_port, 0, 15),
        IF(BPF_JGT, last_port, 14, 0),
        LOAD16(4),
        IF(BPF_JGE, UDP + MP_STAMP_PROBE_SIZE, 0, 12),
        LOAD16(UDP + MP_STAMP_BASE_SIZE),
        IF(BPF_JEQ, KEY_TLV, 9, 0),
        /* The authenticated mode's zeros behind the sequence number: RFC 8762 section 4.2.2. */
        LOAD16(4),
        IF(BPF_JGE, UDP + MP_STAMP_AUTH_SIZE, 0, 8),
        LOAD32(UDP + 4),
        IF(BPF_JEQ, 0, 0, 6),
        LOAD32(UDP + 8),
        IF(BPF_JEQ, 0, 0, 4),
        LOAD32(UDP + 12),
        IF(BPF_JEQ, 0, 0, 2),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT16),
        BPF_STMT(BPF_RET | BPF_K, G_MAXUINT16),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog program = {G_N_ELEMENTS(code), code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

static int open_raw(int family, guint16 first_port, guint16 last_port)
{
    const int buffer = RAW_BUFFER;
    const int checksum_offset = offsetof(struct udphdr, check);
    int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
    if (fd < 0)
        return -1;
    set_options(fd, common_options, G_N_ELEMENTS(common_options));
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    if (family == AF_INET) {
        set_options(fd, options4, G_N_ELEMENTS(options4));
    } else {
        set_options(fd, options6, G_N_ELEMENTS(options6));
        (void)setsockopt(fd, SOL_IPV6, IPV6_CHECKSUM, &checksum_offset, sizeof checksum_offset);
    }
    if (attach_filter(fd, family == AF_INET, first_port, last_port))
        return fd;
    close(fd);
    return -1;
}

gboolean mp_reflect_open_raw(GArray *sockets, guint16 first_port, guint16 last_port, GError **error)
{
    MpReflectSocket raw4 = {open_raw(AF_INET, first_port, last_port), MP_REFLECT_RAW4, 0, 0};
    if (raw4.fd < 0)
        return fail(error, "a raw socket (CAP_NET_RAW)");
    g_array_append_val(sockets, raw4);
    /* A machine without IPv6 has none. */
    MpReflectSocket raw6 = {open_raw(AF_INET6, first_port, last_port), MP_REFLECT_RAW6, 0, 0};
    if (raw6.fd >= 0)
        g_array_append_val(sockets, raw6);
    return TRUE;
}

static int bind_port(int family, guint16 port)
{
    const int off = 0;
    const struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    const struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    set_options(fd, common_options, G_N_ELEMENTS(common_options));
    set_options(fd, options4, G_N_ELEMENTS(options4));
    if (family == AF_INET6) {
        set_options(fd, options6, G_N_ELEMENTS(options6));
        (void)setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    const struct sockaddr *address = family == AF_INET6 ? (const struct sockaddr *)&any6
                                                        : (const struct sockaddr *)&any4;
    if (bind(fd, address, family == AF_INET6 ? sizeof any6 : sizeof any4) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

gboolean mp_reflect_open_bound(GArray *sockets, guint8 *wanted, guint first_port, guint n_ports,
                               GError **error)
{
    int family = AF_INET6;
    for (guint port = first_port; port < first_port + n_ports; port++) {
        if (!mp_bit_is_set(wanted, port))
            continue;
        MpReflectSocket bound = {bind_port(family, (guint16)port), MP_REFLECT_UDP, (guint16)port,
                                 0};
        /* A machine without IPv6 has none. */
        if (bound.fd < 0 && family == AF_INET6 &&
            (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
            family = AF_INET;
            bound.fd = bind_port(family, (guint16)port);
        }
        if (bound.fd >= 0)
            g_array_append_val(sockets, bound);
        else if (errno == EADDRINUSE || errno == EACCES)
            mp_bit_put(wanted, port, FALSE);
        else
            return fail(error, "a socket for each port");
    }
    return TRUE;
}
