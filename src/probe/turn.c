/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The TURN ladder: resolve, connect, tls, binding, allocate, permission, send, channel, data,
 * refresh; then everything is given back. It stops at the first rung that breaks.
 */
#include "base/clock.h"
#include "probe/net_outcome.h"
#include "probe/turn_ladder.h"

/* Kept back from the step's time to give two allocations back; a quarter of a short step. */
#define RESERVE MP_MSEC(1000)
/* Until the server's first answer. After it, what follows may take as long again and as many round
 * trips as the ladder has at most: 15 over TLS, and some that are lost. */
#define FIRST_ANSWER_LIMIT MP_SEC(4)
#define MOST_ROUND_TRIPS 22
/* What is asked for by Refresh: the default lifetime, RFC 8656 section 3.2. */
#define LIFETIME_S 600
/* The first retransmission, RFC 8489 section 6.2.1: before it nobody can say that no answer came.
 */
#define LEAST_SILENCE MP_MSEC(500)

gboolean mp_turn_ladder_add_stage(MpTurnLadder *ladder, const char *name, const MpTurnReply *reply)
{
    if (reply->status.outcome == MP_NET_UNAVAILABLE) {
        mp_dial_add_failure(ladder->measurement, name, reply->took, &reply->status, &ladder->error);
        return FALSE;
    }
    const gboolean is_cut = reply->outcome == MP_OUTCOME_SILENT && reply->took < LEAST_SILENCE;
    const char *detail = is_cut                    ? "too little time was left to call it silence"
                         : reply->status.detail[0] ? reply->status.detail
                                                   : NULL;
    mp_measurement_add_stage(ladder->measurement, name,
                             is_cut ? MP_OUTCOME_NOT_RUN : reply->outcome, reply->took, reply->code,
                             detail);
    mp_stage_set_icmp(ladder->measurement, &reply->status);
    return reply->outcome == MP_OUTCOME_ANSWERED;
}

const MpTurnFacts *mp_turn_ladder_near_facts(const MpTurnLadder *ladder)
{
    return mp_turn_client_facts(ladder->near.client);
}

gboolean mp_turn_ladder_run_stage(MpTurnLadder *ladder, const char *name,
                                  const MpTurnRequest *request)
{
    MpTurnReply reply = {.outcome = MP_OUTCOME_NOT_RUN};
    if (mp_clock_now() < ladder->limit.deadline)
        reply = mp_turn_leg_run(&ladder->near, request, &ladder->limit);
    else
        g_strlcpy(reply.status.detail, "no time was left", sizeof reply.status.detail);
    return mp_turn_ladder_add_stage(ladder, name, &reply);
}

MpDialGoal mp_turn_ladder_goal(const MpTurnLadder *ladder)
{
    MpDialGoal goal = mp_dial_goal(ladder->step, ladder->context);
    if (ladder->server) {
        goal.server = ladder->server;
        goal.server_name = ladder->server_name;
    }
    return goal;
}

MpTurnLeg mp_turn_ladder_dial_again(const MpTurnLadder *ladder, const MpNetLimit *limit,
                                    MpNetStatus *status)
{
    const MpDialGoal goal = mp_turn_ladder_goal(ladder);
    return mp_turn_leg_init(mp_dial_again(ladder->near.transport, &goal, limit, status),
                            ladder->credentials);
}

static gboolean dial(MpTurnLadder *ladder)
{
    const MpDialGoal goal = mp_dial_goal(ladder->step, ladder->context);
    MpNetTransport *transport = mp_dial(ladder->measurement, &goal, &ladder->limit, &ladder->error);
    ladder->near = mp_turn_leg_init(transport, ladder->credentials);
    return transport != NULL;
}

/* A server that is far away needs more time than one that is not there. */
static gboolean bind_address(MpTurnLadder *ladder)
{
    const MpTime began = mp_clock_now();
    const gboolean is_bound = mp_turn_ladder_run_stage(
        ladder, "binding", &(MpTurnRequest){.operation = MP_TURN_BINDING});
    const MpTime now = mp_clock_now();
    const MpTime wanted = now + FIRST_ANSWER_LIMIT + MOST_ROUND_TRIPS * (now - began);
    ladder->limit.deadline = MIN(wanted, ladder->last_deadline);
    return is_bound;
}

static gboolean refresh(MpTurnLadder *ladder)
{
    return mp_turn_ladder_run_stage(
        ladder, "refresh",
        &(MpTurnRequest){.operation = MP_TURN_REFRESH, .lifetime_s = LIFETIME_S});
}

static const MpTurnRung rungs[] = {
    dial,
    bind_address,
    mp_turn_rung_take_rounds,
    mp_turn_rung_allocate,
    mp_turn_rung_open_far,
    mp_turn_rung_permit,
    mp_turn_rung_send,
    mp_turn_rung_bind_channel,
    mp_turn_rung_data,
    refresh,
    mp_turn_rung_ask_tcp_relay,
    mp_turn_rung_ask_ipv6_relay,
};

static void give_back(MpTurnLadder *ladder)
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
    MpTurnLadder ladder = {
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
        mp_turn_ladder_set_facts(&ladder);
    give_back(&ladder);
    mp_server_uri_free(ladder.server);
    g_free(ladder.server_name);
    if (ladder.error) {
        g_propagate_error(error, ladder.error);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}
