/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Datagrams past a TURN server's control port.
 */
#include "probe/relay_straight.h"

#include <poll.h>

#include "base/clock.h"

/* Headers of IPv6 or IPv4, and of UDP. */
#define IPV4_HEADERS 28
#define IPV6_HEADERS 48
/* How often an interruption is looked for. */
#define LOOK_EVERY MP_MSEC(50)

gboolean mp_relay_straight_open(MpRelayStraight *straight, const MpAddress *toward,
                                MpNetStatus *status)
{
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++)
        if (!(straight->sockets[i] = mp_datagram_open(toward, status)))
            return FALSE;
    return TRUE;
}

void mp_relay_straight_clear(MpRelayStraight *straight)
{
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++)
        g_clear_pointer(&straight->sockets[i], mp_datagram_free);
}

void mp_relay_straight_add_mapped(MpRelayStraight *straight, const MpAddress *mapped)
{
    for (guint i = 0; i < straight->n_mapped; i++)
        if (mp_address_equal_ip(&straight->mapped[i], mapped))
            return;
    if (straight->n_mapped < MP_RELAY_MAX_MAPPED)
        straight->mapped[straight->n_mapped++] = *mapped;
}

/* -- the outer addresses ----------------------------------------------------------------------- */

static void take_answers(MpRelayStraight *straight, guint i, MpTurnClient *client)
{
    MpAddress from;
    MpBytes message;
    while (mp_datagram_take(straight->sockets[i], &from, &message)) {
        const MpTurnEvent event = mp_turn_client_receive(client, message, mp_clock_now());
        if (event.type != MP_TURN_EVENT_SUCCESS)
            continue;
        straight->is_told = TRUE;
        mp_relay_straight_add_mapped(straight, &mp_turn_client_facts(client)->mapped);
    }
}

static void send_due(MpRelayStraight *straight, guint i, MpTurnClient *client,
                     const MpAddress *server)
{
    MpBytes output;
    MpNetStatus status = {0};
    (void)mp_turn_client_advance(client, mp_clock_now(), &output);
    if (output.length > 0)
        (void)mp_datagram_send(straight->sockets[i], server, output, &status);
}

static void wait_for_any(const MpRelayStraight *straight, MpTime until)
{
    struct pollfd descriptors[MP_RELAY_SOCKETS];
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++)
        descriptors[i] = (struct pollfd){.fd = mp_datagram_fd(straight->sockets[i]),
                                         .events = POLLIN};
    const MpTime left = CLAMP(until - mp_clock_now(), 0, LOOK_EVERY);
    const struct timespec timeout = {.tv_sec = 0, .tv_nsec = left};
    (void)ppoll(descriptors, MP_RELAY_SOCKETS, &timeout, NULL);
}

void mp_relay_straight_learn(MpRelayStraight *straight, const MpAddress *server,
                             const MpNetLimit *limit)
{
    const MpTurnRequest binding = {.operation = MP_TURN_BINDING};
    MpTurnClient *clients[MP_RELAY_SOCKETS];
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++) {
        clients[i] = mp_turn_client_new(NULL, FALSE);
        mp_turn_client_begin(clients[i], &binding, mp_clock_now(), limit->deadline);
    }
    MpTime next;
    do {
        next = MP_NEVER;
        for (guint i = 0; i < MP_RELAY_SOCKETS; i++) {
            take_answers(straight, i, clients[i]);
            send_due(straight, i, clients[i], server);
            next = MIN(next, mp_turn_client_deadline(clients[i]));
        }
        if (next != MP_NEVER)
            wait_for_any(straight, next);
    } while (next != MP_NEVER && !g_cancellable_is_cancelled(limit->cancellable));
    for (guint i = 0; i < MP_RELAY_SOCKETS; i++)
        mp_turn_client_free(clients[i]);
}

gboolean mp_relay_straight_send(MpRelayStraight *straight, const MpRelaySend *send,
                                guint64 *sent_bytes, MpNetStatus *status)
{
    *sent_bytes += send->message.length +
                   (send->to.family == MP_FAMILY_IPV6 ? IPV6_HEADERS : IPV4_HEADERS);
    return mp_datagram_send(straight->sockets[send->socket], &send->to, send->message, status) ||
           status->outcome == MP_NET_PROHIBITED;
}
