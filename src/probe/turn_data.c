/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Datagrams through the relay, once in STUN indications and once in ChannelData: something on the
 * way may know the one and keep the other.
 */
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "probe/net_outcome.h"
#include "probe/turn_ladder.h"
#include "wire/turn.h"

/* A datagram goes four times over the line before it is back, and each time it may be lost: sent
 * again after the first wait, then more often. With 5 % of loss 1 in 5,000 tries ends in silence.
 */
#define FIRST_WAIT MP_MSEC(1000)
#define FURTHER_WAIT MP_MSEC(500)
#define MAX_DATA_SENDS 5
/* On a stream there is one send, with the time of all. */
#define STREAM_DATA_WAIT (FIRST_WAIT + (MAX_DATA_SENDS - 1) * FURTHER_WAIT)
#define PAYLOAD_LENGTH 32

/* One leg's datagram to the other: its message in `buffer`, its length. */
typedef gsize (*WriteDatagram)(const MpTurnLeg *from, const MpAddress *peer, MpBytes payload,
                               guint8 *buffer, gsize capacity);

typedef struct {
    const char *stage;
    const char *round_trip; /* the fact */
    WriteDatagram write;
} Passage;

static MpTurnLeg *far_leg(MpTurnLadder *ladder)
{
    return ladder->far.transport ? &ladder->far : &ladder->near;
}

/* The relay address to talk to: the far leg's, or our own where there is none. */
static const MpAddress *data_peer(MpTurnLadder *ladder)
{
    return &mp_turn_client_facts(far_leg(ladder)->client)->relayed;
}

/* A second allocation to talk to, which lets the first one's relay address in. Without one, because
 * of a quota for instance, the relay is tested against itself. */
gboolean mp_turn_rung_open_far(MpTurnLadder *ladder)
{
    MpNetStatus status = {0};
    /* It may use a part of what is left: the first allocation's own rungs must have their turn. */
    const MpTime now = mp_clock_now();
    const MpNetLimit limit = {.deadline = now + (ladder->limit.deadline - now) / 3,
                              .cancellable = ladder->limit.cancellable};
    ladder->far = mp_turn_ladder_dial_again(ladder, &limit, &status);
    if (!ladder->far.transport) {
        ladder->no_far = mp_turn_reply_of_status(&status);
        return TRUE;
    }

    MpTurnRequest requests[] = {
        {.operation = MP_TURN_ALLOCATE},
        {.operation = MP_TURN_CREATE_PERMISSION,
         .peer = mp_turn_ladder_near_facts(ladder)->relayed},
    };
    ladder->no_far.outcome = MP_OUTCOME_ANSWERED;
    for (gsize i = 0; i < G_N_ELEMENTS(requests) && ladder->no_far.outcome == MP_OUTCOME_ANSWERED;
         i++)
        ladder->no_far = mp_turn_leg_run(&ladder->far, &requests[i], &limit);
    if (ladder->no_far.outcome != MP_OUTCOME_ANSWERED)
        mp_turn_leg_clear(&ladder->far, limit.deadline);
    return TRUE;
}

gboolean mp_turn_rung_permit(MpTurnLadder *ladder)
{
    return mp_turn_ladder_run_stage(
        ladder, "permission",
        &(MpTurnRequest){.operation = MP_TURN_CREATE_PERMISSION, .peer = *data_peer(ladder)});
}

static gsize write_send(const MpTurnLeg *from, const MpAddress *peer, MpBytes payload,
                        guint8 *buffer, gsize capacity)
{
    (void)from;
    return mp_turn_client_write_send(peer, payload, buffer, capacity);
}

static gsize write_channel(const MpTurnLeg *from, const MpAddress *peer, MpBytes payload,
                           guint8 *buffer, gsize capacity)
{
    (void)peer;
    return mp_turn_client_write_channel(from->client, MP_TURN_FIRST_CHANNEL, payload, buffer,
                                        capacity);
}

static gboolean carry(MpTurnLeg *from, MpTurnLeg *to, MpBytes payload, const Passage *passage,
                      const MpNetLimit *limit, MpNetStatus *status)
{
    guint8 buffer[128];
    const MpAddress *peer = &mp_turn_client_facts(to->client)->relayed;
    gsize length = passage->write(from, peer, payload, buffer, sizeof buffer);
    return mp_net_transport_send(from->transport, (MpBytes){buffer, length}, limit, status) &&
           mp_turn_leg_await(to, payload, limit, status);
}

/* There and back again. FALSE with a status. */
static gboolean go_round(MpTurnLadder *ladder, const Passage *passage, const guint8 *random,
                         const MpNetLimit *limit, MpNetStatus *status)
{
    MpBytes there = {random, PAYLOAD_LENGTH};
    MpBytes back = {random + PAYLOAD_LENGTH, PAYLOAD_LENGTH};
    MpTurnLeg *near = &ladder->near;
    MpTurnLeg *far = far_leg(ladder);
    return carry(near, far, there, passage, limit, status) &&
           carry(far, near, back, passage, limit, status);
}

static void explain_data(const MpTurnLadder *ladder, MpTurnReply *reply)
{
    char *detail = reply->status.detail;
    gsize size = sizeof reply->status.detail;
    if (reply->outcome == MP_OUTCOME_SILENT)
        g_strlcpy(detail, "no datagram came back through the relay", size);
    if (ladder->far.transport)
        return;
    if (detail[0])
        g_strlcat(detail, "; ", size);
    g_strlcat(detail, "from the relay address to itself, there was no second allocation: ", size);
    g_strlcat(detail, ladder->no_far.status.detail, size);
}

/* Sends until one came round, the same each time, so that a late one counts. How often it was sent.
 */
static guint try_passage(MpTurnLadder *ladder, const Passage *passage, MpNetStatus *status)
{
    guint sends = 0;
    guint8 random[2 * PAYLOAD_LENGTH];
    mp_random_bytes(random, sizeof random);
    gboolean is_stream = ladder->near.transport->is_stream;
    guint max_sends = is_stream ? 1 : MAX_DATA_SENDS;
    mp_net_fail(status, MP_NET_SILENT, "%s", "");
    while (sends < max_sends && status->outcome == MP_NET_SILENT &&
           mp_clock_now() < ladder->limit.deadline) {
        MpTime wait = is_stream ? STREAM_DATA_WAIT : sends == 0 ? FIRST_WAIT : FURTHER_WAIT;
        sends++;
        MpNetLimit limit = {.deadline = MIN(mp_clock_now() + wait, ladder->limit.deadline),
                            .cancellable = ladder->limit.cancellable};
        if (go_round(ladder, passage, random, &limit, status))
            *status = (MpNetStatus){.outcome = MP_NET_DONE};
    }
    return sends;
}

static MpOutcome exchange(MpTurnLadder *ladder, const Passage *passage)
{
    MpTurnReply reply = {.outcome = MP_OUTCOME_NOT_RUN};
    const MpTime began = mp_clock_now();
    const guint sends = try_passage(ladder, passage, &reply.status);
    reply.took = mp_clock_now() - began;
    reply.outcome = mp_outcome_of_net(reply.status.outcome);
    if (reply.outcome == MP_OUTCOME_SILENT && reply.took < FIRST_WAIT)
        reply.outcome = MP_OUTCOME_NOT_RUN; /* too little time was left to call it silence */
    explain_data(ladder, &reply);
    /* After a second send nobody knows which of them came back. */
    if (reply.outcome == MP_OUTCOME_ANSWERED && sends == 1)
        json_object_set_double_member(ladder->measurement->facts, passage->round_trip,
                                      mp_time_to_ms(reply.took));
    mp_turn_ladder_add_stage(ladder, passage->stage, &reply);
    return reply.outcome;
}

/* Where only indications are kept, ChannelData shows it. */
gboolean mp_turn_rung_send(MpTurnLadder *ladder)
{
    static const Passage passage = {"send", "send_rtt_ms", write_send};
    const MpOutcome outcome = exchange(ladder, &passage);
    return !ladder->error && (outcome == MP_OUTCOME_ANSWERED || outcome == MP_OUTCOME_SILENT);
}

/* Of both ends; the near one is the stage. */
gboolean mp_turn_rung_bind_channel(MpTurnLadder *ladder)
{
    MpTurnRequest request = {.operation = MP_TURN_CHANNEL_BIND,
                             .channel = MP_TURN_FIRST_CHANNEL,
                             .peer = *data_peer(ladder)};
    ladder->near.transport->last_channel = MP_TURN_FIRST_CHANNEL;
    if (!mp_turn_ladder_run_stage(ladder, "channel", &request))
        return FALSE;
    if (!ladder->far.transport)
        return TRUE;
    request.peer = mp_turn_ladder_near_facts(ladder)->relayed;
    ladder->far.transport->last_channel = MP_TURN_FIRST_CHANNEL;
    MpTurnReply reply = {.outcome = MP_OUTCOME_NOT_RUN};
    if (mp_clock_now() < ladder->limit.deadline)
        reply = mp_turn_leg_run(&ladder->far, &request, &ladder->limit);
    return reply.outcome == MP_OUTCOME_ANSWERED ||
           mp_turn_ladder_add_stage(ladder, "channel", &reply);
}

gboolean mp_turn_rung_data(MpTurnLadder *ladder)
{
    static const Passage passage = {"data", "data_rtt_ms", write_channel};
    return exchange(ladder, &passage) == MP_OUTCOME_ANSWERED;
}
