/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The loop between a TURN client and its transport.
 */
#include "probe/turn_leg.h"

#include <string.h>

#include "base/clock.h"
#include "probe/net_outcome.h"
#include "wire/stun_registry.h"

MpTurnLeg mp_turn_leg_init(MpNetTransport *transport, const MpTurnCredentials *credentials)
{
    if (!transport)
        return (MpTurnLeg){NULL, NULL};
    return (MpTurnLeg){transport, mp_turn_client_new(credentials, transport->is_stream)};
}

MpTurnReply mp_turn_reply_of_status(const MpNetStatus *status)
{
    return (MpTurnReply){.outcome = mp_outcome_of_net(status->outcome), .status = *status};
}

static MpTurnReply reply_of_error(const MpTurnEvent *event)
{
    MpTurnReply reply = {.outcome = mp_outcome_of_stun_error(event->code), .code = event->code};
    const char *name = mp_stun_error_name(event->code);
    const char *reason = event->reason && event->reason[0] ? event->reason : name;
    g_strlcpy(reply.status.detail, reason ? reason : "", sizeof reply.status.detail);
    return reply;
}

MpTurnReply mp_turn_reply_of_event(const MpTurnEvent *event)
{
    MpNetStatus status = {.outcome = MP_NET_DONE};
    if (event->type == MP_TURN_EVENT_ERROR)
        return reply_of_error(event);
    if (event->type == MP_TURN_EVENT_SILENT)
        mp_net_fail(&status, MP_NET_SILENT, "no answer before the deadline");
    else if (event->type == MP_TURN_EVENT_MALFORMED)
        mp_net_fail(&status, MP_NET_MALFORMED, "%s", event->reason);
    return mp_turn_reply_of_status(&status);
}

static gboolean is_final(const MpTurnEvent *event)
{
    return event->type != MP_TURN_EVENT_NONE && event->type != MP_TURN_EVENT_DATA;
}

/* One round: send what is due, then wait for one message. FALSE with a status where the network
 * ended it; silence does not, since it may be time to send again. */
static gboolean exchange(MpTurnLeg *leg, const MpNetLimit *limit, MpTurnEvent *event,
                         MpNetStatus *status)
{
    MpBytes output;
    MpBytes input;
    *event = mp_turn_client_advance(leg->client, mp_clock_now(), &output);
    if (is_final(event))
        return TRUE;
    if (output.length > 0 && !mp_net_transport_send(leg->transport, output, limit, status))
        return FALSE;

    MpNetLimit until = {.deadline = MIN(mp_turn_client_deadline(leg->client), limit->deadline),
                        .cancellable = limit->cancellable};
    if (!mp_net_transport_receive(leg->transport, &input, &until, status))
        return status->outcome == MP_NET_SILENT;
    *event = mp_turn_client_receive(leg->client, input, mp_clock_now());
    return TRUE;
}

MpTurnReply mp_turn_leg_run(MpTurnLeg *leg, const MpTurnRequest *request, const MpNetLimit *limit)
{
    MpNetStatus status = {0};
    MpTurnEvent event = {.type = MP_TURN_EVENT_NONE};
    MpTime began = mp_clock_now();
    mp_turn_client_begin(leg->client, request, began, limit->deadline);
    gboolean is_going = TRUE;
    while (is_going && !is_final(&event))
        is_going = exchange(leg, limit, &event, &status);

    MpTurnReply reply = is_going ? mp_turn_reply_of_event(&event)
                                 : mp_turn_reply_of_status(&status);
    reply.took = mp_clock_now() - began;
    return reply;
}

gboolean mp_turn_leg_await(MpTurnLeg *leg, MpBytes payload, const MpNetLimit *limit,
                           MpNetStatus *status)
{
    MpBytes input;
    while (mp_net_transport_receive(leg->transport, &input, limit, status)) {
        MpTurnEvent event = mp_turn_client_receive(leg->client, input, mp_clock_now());
        if (event.type == MP_TURN_EVENT_DATA && event.payload.length == payload.length &&
            memcmp(event.payload.data, payload.data, payload.length) == 0)
            return TRUE;
    }
    return FALSE;
}

void mp_turn_leg_clear(MpTurnLeg *leg, MpTime deadline)
{
    if (!leg->transport)
        return;
    if (mp_turn_client_facts(leg->client)->relayed.family != MP_FAMILY_NONE) {
        MpTurnRequest give_back = {.operation = MP_TURN_REFRESH, .lifetime_s = 0};
        MpNetLimit limit = {.deadline = deadline};
        mp_turn_leg_run(leg, &give_back, &limit);
    }
    mp_turn_client_free(leg->client);
    mp_net_transport_free(leg->transport);
    *leg = (MpTurnLeg){NULL, NULL};
}
