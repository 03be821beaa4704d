/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DNS over UDP, and over TCP what is cut there.
 */
#include "net/dns.h"

#include <resolv.h>

#include "base/clock.h"
#include "base/random.h"
#include "net/tcp.h"
#include "net/udp.h"

/* The question is sent again after 1 s and 2 s more: three times in all, as resolvers do. */
#define FIRST_WAIT MP_SEC(1)
#define MOST_SENDS 3
/* RFC 1035 section 4.2.2: over TCP a message follows its length. */
#define LENGTH_FIELD 2

/* One question, as it is written and as it is known. */
typedef struct {
    guint8 bytes[LENGTH_FIELD + MP_DNS_LONGEST_QUERY];
    gsize length; /* without the field */
    guint16 id;
    const char *name;
    MpDnsType type;
} Query;

/* glibc keeps IPv6 servers apart from the others. */
static const struct sockaddr *server_at(const struct __res_state *state, int index)
{
    const struct sockaddr_in6 *ipv6 = state->_u._ext.nsaddrs[index];
    gboolean is_ipv4 = state->nsaddr_list[index].sin_family == AF_INET;
    return is_ipv4 ? (const struct sockaddr *)&state->nsaddr_list[index]
                   : (const struct sockaddr *)ipv6;
}

GArray *mp_net_dns_servers(void)
{
    GArray *servers = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    struct __res_state state = {0};
    if (res_ninit(&state) != 0)
        return servers;
    for (int i = 0; i < state.nscount; i++) {
        const struct sockaddr *server = server_at(&state, i);
        MpAddress address;
        if (server && mp_address_from_sockaddr(&address, server))
            g_array_append_val(servers, address);
    }
    res_nclose(&state);
    return servers;
}

/* Waits for the answer to this question, past what is none. */
static gboolean await(MpNetTransport *udp, const Query *query, const MpNetLimit *limit,
                      MpDnsAnswer *answer, MpNetStatus *status)
{
    MpBytes message;
    while (mp_net_transport_receive(udp, &message, limit, status))
        if (mp_dns_answer_parse(message, query->id, query->name, query->type, answer))
            return TRUE;
    return FALSE;
}

static gboolean ask_by_udp(const MpAddress *server, const Query *query, const MpNetLimit *limit,
                           MpDnsAnswer *answer, MpTime *took, MpNetStatus *status)
{
    g_autoptr(MpNetTransport) udp = mp_net_udp_open(server, status);
    if (!udp)
        return FALSE;

    const MpTime began = mp_clock_now();
    MpTime wait = FIRST_WAIT;
    for (guint sends = 1;; sends++, wait *= 2) {
        MpNetLimit until = *limit;
        if (sends < MOST_SENDS)
            until.deadline = MIN(limit->deadline, mp_clock_now() + wait);
        if (!mp_net_transport_send(udp, (MpBytes){query->bytes + LENGTH_FIELD, query->length},
                                   &until, status))
            return FALSE;
        if (await(udp, query, &until, answer, status)) {
            *took = mp_clock_now() - began;
            *status = (MpNetStatus){0};
            return TRUE;
        }
        if (status->outcome != MP_NET_SILENT || until.deadline == limit->deadline)
            return FALSE;
    }
}

static gboolean read_exactly(MpNetTransport *tcp, guint8 *buffer, gsize length,
                             const MpNetLimit *limit, MpNetStatus *status)
{
    gsize got = 0;
    while (got < length) {
        const gsize now_got = mp_net_tcp_read(tcp, buffer + got, length - got, limit, status);
        if (now_got == 0)
            return FALSE;
        got += now_got;
    }
    return TRUE;
}

static gboolean ask_by_tcp(const MpAddress *server, const Query *query, const MpNetLimit *limit,
                           MpDnsAnswer *answer)
{
    MpNetStatus status = {0};
    guint8 field[LENGTH_FIELD];
    const gsize sent = LENGTH_FIELD + query->length;
    g_autoptr(MpNetTransport) tcp = mp_net_tcp_open(server, limit, &status);
    if (!tcp || !mp_net_transport_send(tcp, (MpBytes){query->bytes, sent}, limit, &status) ||
        !read_exactly(tcp, field, sizeof field, limit, &status))
        return FALSE;
    const gsize length = (gsize)field[0] << 8 | field[1];
    g_autofree guint8 *message = g_malloc(length);
    return length > 0 && read_exactly(tcp, message, length, limit, &status) &&
           mp_dns_answer_parse((MpBytes){message, length}, query->id, query->name, query->type,
                               answer);
}

/* RFC 7766 section 5: what is cut is asked again over TCP; where that fails, the part counts. */
static void complete(const MpAddress *server, const Query *query, const MpNetLimit *limit,
                     MpDnsAnswer *answer)
{
    MpDnsAnswer whole = {0};
    if (!ask_by_tcp(server, query, limit, &whole))
        return;
    mp_dns_answer_clear(answer);
    *answer = whole;
}

gboolean mp_net_dns_ask(const MpAddress *server, const char *name, MpDnsType type,
                        const MpNetLimit *limit, MpDnsAnswer *answer, MpTime *took,
                        MpNetStatus *status)
{
    Query query = {.id = (guint16)mp_random_u32(), .name = name, .type = type};
    query.length = mp_dns_query_write(query.bytes + LENGTH_FIELD, query.id, name, type);
    if (query.length == 0)
        return mp_net_fail(status, MP_NET_REFUSED, "\"%s\" is no host name", name);
    query.bytes[0] = (guint8)(query.length >> 8);
    query.bytes[1] = (guint8)query.length;
    if (!ask_by_udp(server, &query, limit, answer, took, status))
        return FALSE;
    if (answer->is_truncated)
        complete(server, &query, limit, answer);
    return TRUE;
}
