/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DNS over UDP.
 */
#include "net/dns.h"

#include <resolv.h>

#include "base/clock.h"
#include "base/random.h"
#include "net/udp.h"

/* The question is sent again after 1 s and 2 s more: three times in all, as resolvers do. */
#define FIRST_WAIT MP_SEC(1)
#define MOST_SENDS 3

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
static gboolean await(MpNetTransport *udp, guint16 id, const char *name, MpDnsType type,
                      const MpNetLimit *limit, MpDnsAnswer *answer, MpNetStatus *status)
{
    MpBytes message;
    while (mp_net_transport_receive(udp, &message, limit, status))
        if (mp_dns_answer_parse(message, id, name, type, answer))
            return TRUE;
    return FALSE;
}

gboolean mp_net_dns_ask(const MpAddress *server, const char *name, MpDnsType type,
                        const MpNetLimit *limit, MpDnsAnswer *answer, MpTime *took,
                        MpNetStatus *status)
{
    guint8 query[MP_DNS_LONGEST_QUERY];
    guint16 id = (guint16)mp_random_u32();
    gsize length = mp_dns_query_write(query, id, name, type);
    if (length == 0)
        return mp_net_fail(status, MP_NET_REFUSED, "\"%s\" is no host name", name);
    g_autoptr(MpNetTransport) udp = mp_net_udp_open(server, status);
    if (!udp)
        return FALSE;

    MpTime wait = FIRST_WAIT;
    for (guint sends = 1;; sends++, wait *= 2) {
        MpTime began = mp_clock_now();
        MpNetLimit until = *limit;
        if (sends < MOST_SENDS)
            until.deadline = MIN(limit->deadline, began + wait);
        if (!mp_net_transport_send(udp, (MpBytes){query, length}, &until, status))
            return FALSE;
        gboolean is_answered = await(udp, id, name, type, &until, answer, status);
        *took = mp_clock_now() - began;
        if (is_answered)
            return TRUE;
        if (status->outcome != MP_NET_SILENT || until.deadline == limit->deadline)
            return FALSE;
    }
}
