/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SOCKS 5: the choice of a method, the login, the request.
 */
#include "net/socks_connect.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/address.h"
#include "net/packet_tap.h"
#include "net/tcp.h"

#define VERSION 5
#define LOGIN_VERSION 1 /* RFC 1929 section 2 */
#define COMMAND_CONNECT 1
#define METHOD_NONE 0x00
#define METHOD_LOGIN 0x02
#define METHOD_UNACCEPTABLE 0xff
#define LONGEST_FIELD 255

/* RFC 1928 section 5. */
enum { TYPE_IPV4 = 1, TYPE_NAME = 3, TYPE_IPV6 = 4 };

/* RFC 1928 section 6. */
static const char *const replies[] = {
    [1] = "general failure",       [2] = "not allowed by its rules",   [3] = "network unreachable",
    [4] = "host unreachable",      [5] = "connection refused",         [6] = "TTL expired",
    [7] = "command not supported", [8] = "address type not supported",
};

typedef struct {
    MpNetTransport *tcp;
    const MpNetLimit *limit;
    MpNetStatus *status;
} Talk;

static gboolean say(const Talk *talk, const guint8 *bytes, gsize length)
{
    return mp_net_transport_send(talk->tcp, (MpBytes){bytes, length}, talk->limit, talk->status);
}

/* Exactly `length` bytes: what comes after them is the server's. */
static gboolean hear(const Talk *talk, guint8 *bytes, gsize length)
{
    int fd = mp_net_tcp_fd(talk->tcp);
    for (gsize have = 0; have < length;) {
        if (!mp_net_wait(fd, POLLIN, talk->limit, talk->status))
            return FALSE;
        gssize got = recv(fd, bytes + have, length - have, 0);
        if (got == 0)
            return mp_net_fail(talk->status, MP_NET_RESET, "the proxy closed the connection");
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return mp_net_fail_errno(talk->status, errno);
        have += (gsize)MAX(got, 0);
    }
    mp_packet_tap_received(fd, NULL, (MpBytes){bytes, length}, 0);
    return TRUE;
}

static gboolean hear_versioned(const Talk *talk, guint8 *bytes, gsize length, guint8 version)
{
    if (!hear(talk, bytes, length))
        return FALSE;
    return bytes[0] == version ||
           mp_net_fail(talk->status, MP_NET_MALFORMED, "the answer is no SOCKS 5");
}

static gboolean log_in(const Talk *talk, const MpNetProxyLogin *login, MpNetProxyReport *report)
{
    const char *password = login->password ? mp_secret_peek(login->password) : "";
    gsize user_length = MIN(strlen(login->user), LONGEST_FIELD);
    gsize password_length = MIN(strlen(password), LONGEST_FIELD);
    guint8 request[3 + 2 * LONGEST_FIELD];
    MpWriter writer = mp_writer_init(request, sizeof request);
    mp_writer_u8(&writer, LOGIN_VERSION);
    mp_writer_u8(&writer, (guint8)user_length);
    mp_writer_bytes(&writer, login->user, user_length);
    mp_writer_u8(&writer, (guint8)password_length);
    mp_writer_bytes(&writer, password, password_length);
    mp_packet_tap_withhold(TRUE);
    gboolean is_sent = say(talk, request, writer.position);
    mp_packet_tap_withhold(FALSE);
    explicit_bzero(request, sizeof request);

    guint8 answer[2];
    if (!is_sent || !hear_versioned(talk, answer, sizeof answer, LOGIN_VERSION))
        return FALSE;
    report->wants_login = answer[1] != 0;
    return answer[1] == 0 || mp_net_fail(talk->status, MP_NET_REFUSED, "the login was rejected");
}

static gboolean agree_on_method(const Talk *talk, const MpNetProxyLogin *login,
                                MpNetProxyReport *report)
{
    const guint8 with_login[] = {VERSION, 2, METHOD_NONE, METHOD_LOGIN};
    const guint8 without[] = {VERSION, 1, METHOD_NONE};
    guint8 answer[2];
    if (!say(talk, login->user ? with_login : without,
             login->user ? sizeof with_login : sizeof without) ||
        !hear_versioned(talk, answer, sizeof answer, VERSION))
        return FALSE;
    report->is_answered = TRUE;
    if (answer[1] == METHOD_NONE)
        return TRUE;
    if (answer[1] == METHOD_LOGIN && login->user)
        return log_in(talk, login, report);
    report->wants_login = answer[1] == METHOD_UNACCEPTABLE;
    return mp_net_fail(talk->status, report->wants_login ? MP_NET_REFUSED : MP_NET_MALFORMED,
                       report->wants_login ? "the proxy wants a login that was not given"
                                           : "the proxy chose a method that was not offered");
}

static void put_host(MpWriter *writer, const char *host)
{
    MpAddress address;
    if (mp_address_parse(&address, host, 0)) {
        gboolean is_ipv6 = address.family == MP_FAMILY_IPV6;
        mp_writer_u8(writer, is_ipv6 ? TYPE_IPV6 : TYPE_IPV4);
        mp_writer_bytes(writer, address.bytes, is_ipv6 ? 16 : 4);
        return;
    }
    gsize length = MIN(strlen(host), LONGEST_FIELD);
    mp_writer_u8(writer, TYPE_NAME);
    mp_writer_u8(writer, (guint8)length);
    mp_writer_bytes(writer, host, length);
}

/* The bound address of the answer is of no use, but its length is: it must be read to its end. */
static gboolean skip_bound_address(const Talk *talk, guint8 type)
{
    guint8 rest[LONGEST_FIELD + 2];
    guint8 name_length = 0;
    if (type == TYPE_NAME && !hear(talk, &name_length, 1))
        return FALSE;
    gsize length = type == TYPE_IPV6 ? 16 : type == TYPE_NAME ? name_length : 4;
    return hear(talk, rest, length + 2);
}

static gboolean ask(const Talk *talk, const char *host, guint16 port, MpNetProxyReport *report)
{
    guint8 request[3 + 2 + LONGEST_FIELD + 2];
    MpWriter writer = mp_writer_init(request, sizeof request);
    mp_writer_u8(&writer, VERSION);
    mp_writer_u8(&writer, COMMAND_CONNECT);
    mp_writer_u8(&writer, 0);
    put_host(&writer, host);
    mp_writer_u16(&writer, port);

    guint8 answer[4];
    if (!say(talk, request, writer.position) ||
        !hear_versioned(talk, answer, sizeof answer, VERSION))
        return FALSE;
    report->code = answer[1];
    if (answer[1] == 0)
        return skip_bound_address(talk, answer[3]);
    return mp_net_fail(talk->status, MP_NET_REFUSED, "the proxy answered %u: %s", answer[1],
                       answer[1] < G_N_ELEMENTS(replies) ? replies[answer[1]] : "unassigned");
}

gboolean mp_net_socks_connect(MpNetTransport *tcp, const MpNetProxyLogin *login, const char *host,
                              guint16 port, const MpNetLimit *limit, MpNetProxyReport *report,
                              MpNetStatus *status)
{
    Talk talk = {.tcp = tcp, .limit = limit, .status = status};
    return agree_on_method(&talk, login, report) && ask(&talk, host, port, report);
}
