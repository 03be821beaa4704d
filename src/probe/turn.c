/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TURN ladder: resolve, connect, tls, binding, allocate, permission, channel, data, refresh;
 * then everything is given back. It stops at the first rung that breaks.
 */
#include "wire/turn.h"
#include "base/clock.h"
#include "base/random.h"
#include "probe/dial.h"
#include "probe/net_outcome.h"
#include "probe/probe.h"
#include "probe/round_trips.h"
#include "probe/turn_leg.h"
#include "wire/stun_registry.h"

/* Kept back from the step's time to give two allocations back; a quarter of a short step. */
#define RESERVE MP_MSEC(1000)
/* Until the server's first answer. After it, what follows may take as long again and as many round
 * trips as the ladder has at most: 13 over TLS, and some that are lost. */
#define FIRST_ANSWER_LIMIT MP_SEC(4)
#define MOST_ROUND_TRIPS 20
/* What is asked for by Refresh: the default lifetime, RFC 8656 section 3.2. */
#define LIFETIME_S 600
/* A datagram through the relay may be lost: sent again after this, then twice as long is waited. */
#define DATA_WAIT MP_MSEC(1000)
#define MAX_DATA_SENDS 2
/* On a stream there is one send, with the time of both. */
#define STREAM_DATA_WAIT (3 * DATA_WAIT)
#define PAYLOAD_LENGTH 32
/* For a question whose answer is a remark only. */
#define TCP_RELAY_LIMIT MP_MSEC(2000)

typedef struct {
    const MpStep *step;
    const MpProbeContext *context;
    MpMeasurement *measurement;
    MpTurnCredentials *credentials; /* NULL: none */
    MpNetLimit limit;               /* of what is under way */
    MpTime last_deadline;           /* of the ladder */
    MpTurnLeg near;
    MpTurnLeg far;      /* the other end of the data stage, on its own 5-tuple */
    MpTurnReply no_far; /* why there is none */
    GError *error;
} Ladder;

/* TRUE when the rung held. */
static gboolean add_stage(Ladder *ladder, const char *name, const MpTurnReply *reply)
{
    if (reply->status.outcome == MP_NET_UNAVAILABLE) {
        mp_dial_add_failure(ladder->measurement, name, reply->took, &reply->status, &ladder->error);
        return FALSE;
    }
    mp_measurement_add_stage(ladder->measurement, name, reply->outcome, reply->took, reply->code,
                             reply->status.detail[0] ? reply->status.detail : NULL);
    mp_stage_set_icmp(ladder->measurement, &reply->status);
    return reply->outcome == MP_OUTCOME_ANSWERED;
}

static const MpTurnFacts *near_facts(const Ladder *ladder)
{
    return mp_turn_client_facts(ladder->near.client);
}

/* The relay address to talk to: the far leg's, or our own where there is none. */
static const MpAddress *data_peer(const Ladder *ladder)
{
    return ladder->far.transport ? &mp_turn_client_facts(ladder->far.client)->relayed
                                 : &near_facts(ladder)->relayed;
}

static gboolean run_stage(Ladder *ladder, const char *name, const MpTurnRequest *request)
{
    MpTurnReply reply = {.outcome = MP_OUTCOME_NOT_RUN};
    if (mp_clock_now() < ladder->limit.deadline)
        reply = mp_turn_leg_run(&ladder->near, request, &ladder->limit);
    else
        g_strlcpy(reply.status.detail, "no time was left", sizeof reply.status.detail);
    return add_stage(ladder, name, &reply);
}

static gboolean dial(Ladder *ladder)
{
    const MpDialGoal goal = mp_dial_goal(ladder->step, ladder->context);
    MpNetTransport *transport = mp_dial(ladder->measurement, &goal, &ladder->limit, &ladder->error);
    ladder->near = mp_turn_leg_init(transport, ladder->credentials);
    return transport != NULL;
}

/* A server that is far away needs more time than one that is not there. */
static gboolean bind_address(Ladder *ladder)
{
    const MpTime began = mp_clock_now();
    const gboolean is_bound = run_stage(ladder, "binding",
                                        &(MpTurnRequest){.operation = MP_TURN_BINDING});
    const MpTime now = mp_clock_now();
    const MpTime wanted = now + FIRST_ANSWER_LIMIT + MOST_ROUND_TRIPS * (now - began);
    ladder->limit.deadline = MIN(wanted, ladder->last_deadline);
    return is_bound;
}

/* A 401 that came because there are no credentials to send says something else than a wrong
 * password does. */
static gboolean allocate(Ladder *ladder)
{
    MpTurnRequest request = {.operation = MP_TURN_ALLOCATE};
    MpTurnReply reply = mp_turn_leg_run(&ladder->near, &request, &ladder->limit);
    if (reply.outcome == MP_OUTCOME_AUTH_FAILED && !ladder->credentials)
        g_strlcpy(reply.status.detail, "the server asks for credentials and none were given",
                  sizeof reply.status.detail);
    return add_stage(ladder, "allocate", &reply);
}

/* A second allocation to talk to, which lets the first one's relay address in. Without one, because
 * of a quota for instance, the relay is tested against itself. */
static gboolean open_far(Ladder *ladder)
{
    MpNetStatus status = {0};
    /* It may use a part of what is left: the first allocation's own rungs must have their turn. */
    const MpTime now = mp_clock_now();
    const MpNetLimit limit = {.deadline = now + (ladder->limit.deadline - now) / 3,
                              .cancellable = ladder->limit.cancellable};
    const MpDialGoal goal = mp_dial_goal(ladder->step, ladder->context);
    MpNetTransport *transport = mp_dial_again(ladder->near.transport, &goal, &limit, &status);
    ladder->far = mp_turn_leg_init(transport, ladder->credentials);
    ladder->no_far.status = status;
    if (!transport)
        return TRUE;

    MpTurnRequest requests[] = {
        {.operation = MP_TURN_ALLOCATE},
        {.operation = MP_TURN_CREATE_PERMISSION, .peer = near_facts(ladder)->relayed},
    };
    ladder->no_far.outcome = MP_OUTCOME_ANSWERED;
    for (gsize i = 0; i < G_N_ELEMENTS(requests) && ladder->no_far.outcome == MP_OUTCOME_ANSWERED;
         i++)
        ladder->no_far = mp_turn_leg_run(&ladder->far, &requests[i], &limit);
    if (ladder->no_far.outcome != MP_OUTCOME_ANSWERED)
        mp_turn_leg_clear(&ladder->far, limit.deadline);
    return TRUE;
}

static gboolean permit(Ladder *ladder)
{
    return run_stage(
        ladder, "permission",
        &(MpTurnRequest){.operation = MP_TURN_CREATE_PERMISSION, .peer = *data_peer(ladder)});
}

static gboolean bind_channel(Ladder *ladder)
{
    ladder->near.transport->last_channel = MP_TURN_FIRST_CHANNEL;
    return run_stage(ladder, "channel",
                     &(MpTurnRequest){.operation = MP_TURN_CHANNEL_BIND,
                                      .channel = MP_TURN_FIRST_CHANNEL,
                                      .peer = *data_peer(ladder)});
}

/* There as ChannelData, back by Send indication. FALSE with a status. */
static gboolean go_round(Ladder *ladder, MpBytes there, MpBytes back, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    guint8 buffer[128];
    MpTurnLeg *near = &ladder->near;
    MpTurnLeg *far = ladder->far.transport ? &ladder->far : near;
    gsize length = mp_turn_client_write_channel(near->client, MP_TURN_FIRST_CHANNEL, there, buffer,
                                                sizeof buffer);
    if (!mp_net_transport_send(near->transport, (MpBytes){buffer, length}, limit, status) ||
        !mp_turn_leg_await(far, there, limit, status))
        return FALSE;

    length = mp_turn_client_write_send(&near_facts(ladder)->relayed, back, buffer, sizeof buffer);
    return mp_net_transport_send(far->transport, (MpBytes){buffer, length}, limit, status) &&
           mp_turn_leg_await(near, back, limit, status);
}

static void explain_data(const Ladder *ladder, MpTurnReply *reply)
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

static gboolean exchange_data(Ladder *ladder)
{
    guint8 random[2 * PAYLOAD_LENGTH];
    mp_random_bytes(random, sizeof random);
    MpBytes there = {random, PAYLOAD_LENGTH};
    MpBytes back = {random + PAYLOAD_LENGTH, PAYLOAD_LENGTH};

    MpTurnReply reply = {.status = {.outcome = MP_NET_SILENT}};
    MpTime began = mp_clock_now();
    guint sends = 0;
    gboolean is_stream = ladder->near.transport->is_stream;
    guint max_sends = is_stream ? 1 : MAX_DATA_SENDS;
    while (sends < max_sends && reply.status.outcome == MP_NET_SILENT &&
           mp_clock_now() < ladder->limit.deadline) {
        MpTime wait = is_stream ? STREAM_DATA_WAIT : DATA_WAIT << sends;
        MpTime until = mp_clock_now() + wait;
        sends++;
        MpNetLimit limit = {.deadline = MIN(until, ladder->limit.deadline),
                            .cancellable = ladder->limit.cancellable};
        if (go_round(ladder, there, back, &limit, &reply.status))
            reply.status = (MpNetStatus){.outcome = MP_NET_DONE};
    }
    reply.took = mp_clock_now() - began;
    reply.outcome = mp_outcome_of_net(reply.status.outcome);
    if (reply.outcome == MP_OUTCOME_SILENT && reply.took < DATA_WAIT)
        reply.outcome = MP_OUTCOME_NOT_RUN; /* too little time was left to call it silence */
    explain_data(ladder, &reply);
    /* After a second send nobody knows which of them came back. */
    if (reply.outcome == MP_OUTCOME_ANSWERED && sends == 1)
        json_object_set_double_member(ladder->measurement->facts, "data_rtt_ms",
                                      mp_time_to_ms(reply.took));
    return add_stage(ladder, "data", &reply);
}

static gboolean refresh(Ladder *ladder)
{
    return run_stage(ladder, "refresh",
                     &(MpTurnRequest){.operation = MP_TURN_REFRESH, .lifetime_s = LIFETIME_S});
}

/* Whether the server relays TCP as well, RFC 6062: media does not need it, so that nothing breaks
 * where it is refused. Such an allocation takes TCP or TLS to the server. */
static gboolean ask_tcp_relay(Ladder *ladder)
{
    if (!ladder->near.transport->is_stream || ladder->far.transport == NULL)
        return TRUE;
    const MpNetLimit limit = {
        .deadline = MIN(ladder->limit.deadline, mp_clock_now() + TCP_RELAY_LIMIT),
        .cancellable = ladder->limit.cancellable};
    const MpDialGoal goal = mp_dial_goal(ladder->step, ladder->context);
    const MpTurnRequest request = {.operation = MP_TURN_ALLOCATE, .wants_tcp = TRUE};
    MpNetStatus status = {0};
    /* The far end's allocation has served, and its place is needed where there is a quota. */
    mp_turn_leg_clear(&ladder->far, limit.deadline);
    MpTurnLeg leg = mp_turn_leg_init(mp_dial_again(ladder->near.transport, &goal, &limit, &status),
                                     ladder->credentials);
    if (!leg.transport)
        return TRUE;
    MpTurnReply reply = mp_turn_leg_run(&leg, &request, &limit);
    json_object_set_string_member(ladder->measurement->facts, "tcp_allocation",
                                  reply.outcome == MP_OUTCOME_ANSWERED ? "yes"
                                  : reply.code == MP_STUN_ERROR_UNSUPPORTED_TRANSPORT_PROTOCOL
                                      ? "no"
                                      : "unknown");
    mp_turn_leg_clear(&leg, limit.deadline);
    return TRUE;
}

static gboolean (*const rungs[])(Ladder *ladder) = {
    dial,         bind_address,  allocate, open_far,      permit,
    bind_channel, exchange_data, refresh,  ask_tcp_relay,
};

static void set_address(JsonObject *facts, const char *name, const MpAddress *address)
{
    if (address->family == MP_FAMILY_NONE)
        return;
    g_autofree char *text = mp_address_to_string(address);
    json_object_set_string_member(facts, name, text);
}

static void set_text(JsonObject *facts, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(facts, name, text);
}

static const char *auth_name(const Ladder *ladder)
{
    const MpTurnFacts *told = near_facts(ladder);
    if (told->was_challenged && ladder->credentials)
        return ladder->context->targets->turn_secret ? "rest" : "long-term";
    return told->relayed.family != MP_FAMILY_NONE ? "none" : NULL;
}

static void set_facts(const Ladder *ladder)
{
    JsonObject *facts = ladder->measurement->facts;
    const MpTurnFacts *told = near_facts(ladder);
    set_address(facts, "mapped_address", &told->mapped);
    set_address(facts, "relayed_address", &told->relayed);
    set_address(facts, "alternate_server", &told->alternate);
    if (told->relayed.family != MP_FAMILY_NONE)
        json_object_set_int_member(facts, "lifetime_s", told->lifetime_s);
    set_text(facts, "realm", told->realm);
    set_text(facts, "software", told->software);
    set_text(facts, "auth", auth_name(ladder));
    json_object_set_int_member(facts, "requests_sent", told->requests_sent);
    mp_facts_set_round_trips(facts, told->round_trips);
}

static void give_back(Ladder *ladder)
{
    MpTime now = mp_clock_now();
    MpTime left = ladder->context->deadline - now;
    mp_turn_leg_clear(&ladder->far, now + MIN(left / 2, RESERVE / 2));
    mp_turn_leg_clear(&ladder->near, MIN(ladder->context->deadline, mp_clock_now() + RESERVE / 2));
}

static MpTime last_deadline(const MpProbeContext *context)
{
    MpTime span = MAX(context->deadline - mp_clock_now(), 0);
    return context->deadline - MIN(RESERVE, span / 4);
}

MpMeasurement *mp_probe_turn(const MpStep *step, const MpProbeContext *context, GError **error)
{
    g_autofree char *target = mp_server_uri_to_string(step->server);
    const MpTargets *targets = context->targets;
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, target, step->server->transport);
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_for(
        targets->turn_user, targets->turn_password, targets->turn_secret, mp_clock_realtime());
    Ladder ladder = {
        .step = step,
        .context = context,
        .measurement = measurement,
        .credentials = credentials,
        .last_deadline = last_deadline(context),
    };
    ladder.limit = (MpNetLimit){
        .deadline = MIN(ladder.last_deadline, mp_clock_now() + FIRST_ANSWER_LIMIT),
        .cancellable = context->cancellable};

    for (gsize i = 0; i < G_N_ELEMENTS(rungs); i++)
        if (!rungs[i](&ladder))
            break;
    if (ladder.near.client)
        set_facts(&ladder);
    give_back(&ladder);
    if (ladder.error) {
        g_propagate_error(error, ladder.error);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}
