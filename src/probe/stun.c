/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Some Binding transactions on one socket: is the server there, which address does it see, how long
 * does the round trip take, and how many of them get lost.
 */
#include "base/clock.h"
#include "probe/dial.h"
#include "probe/net_outcome.h"
#include "probe/probe.h"
#include "probe/round_trips.h"
#include "probe/turn_leg.h"
#include "stats/proportion.h"

#define TRANSACTIONS 20
#define INTERVAL MP_MSEC(20)
/* RFC 8489 section 6.2.1: a request whose answer takes no longer is not sent again. */
#define RTO MP_MSEC(500)
/* Once one is answered the others get so much longer, whatever the step's deadline is. */
#define GRACE MP_SEC(2)
/* The probe returns before its deadline, so it stops waiting a little earlier. */
#define MARGIN MP_MSEC(20)

/* A client for each transaction: they share the socket and know their answers by their ids. */
typedef struct {
    MpNetTransport *transport;
    MpTurnClient *clients[TRANSACTIONS];
    guint n_over;
    MpTime began;
    MpTime first_answer;     /* MP_NEVER: none yet */
    const MpTurnFacts *told; /* of the first one that was answered; NULL: none */
    MpTurnReply failure;     /* what was seen instead; silent until something was */
} Burst;

static void take_event(Burst *burst, const MpTurnClient *client, const MpTurnEvent *event)
{
    if (event->type == MP_TURN_EVENT_NONE || event->type == MP_TURN_EVENT_DATA)
        return;
    burst->n_over++;
    if (event->type != MP_TURN_EVENT_SUCCESS) {
        /* Something that was said outweighs silence. */
        if (event->type != MP_TURN_EVENT_SILENT)
            burst->failure = mp_turn_reply_of_event(event);
    } else if (!burst->told) {
        burst->told = mp_turn_client_facts(client);
        burst->first_answer = mp_clock_now();
    }
}

static gboolean send_due(Burst *burst, const MpNetLimit *limit, MpNetStatus *status)
{
    for (guint i = 0; i < TRANSACTIONS; i++) {
        MpBytes output;
        MpTurnEvent event = mp_turn_client_advance(burst->clients[i], mp_clock_now(), &output);
        take_event(burst, burst->clients[i], &event);
        if (output.length > 0 && !mp_net_transport_send(burst->transport, output, limit, status))
            return FALSE;
    }
    return TRUE;
}

static gboolean receive_one(Burst *burst, const MpNetLimit *limit, MpNetStatus *status)
{
    MpNetLimit until = *limit;
    for (guint i = 0; i < TRANSACTIONS; i++)
        until.deadline = MIN(until.deadline, mp_turn_client_deadline(burst->clients[i]));
    if (burst->told)
        until.deadline = MIN(until.deadline, burst->first_answer + GRACE);
    MpBytes input;
    if (!mp_net_transport_receive(burst->transport, &input, &until, status))
        return status->outcome == MP_NET_SILENT;

    MpTime now = mp_clock_now();
    for (guint i = 0; i < TRANSACTIONS; i++) {
        MpTurnEvent event = mp_turn_client_receive(burst->clients[i], input, now);
        take_event(burst, burst->clients[i], &event);
    }
    return TRUE;
}

static gboolean is_over(const Burst *burst)
{
    return burst->n_over == TRANSACTIONS ||
           (burst->told && mp_clock_now() >= burst->first_answer + GRACE);
}

static void run(Burst *burst, const MpNetLimit *limit)
{
    const MpTurnRequest binding = {.operation = MP_TURN_BINDING};
    MpNetStatus status = {0};
    mp_net_fail(&status, MP_NET_SILENT, "no answer before the deadline");
    burst->failure = mp_turn_reply_of_status(&status);
    burst->began = mp_clock_now();
    for (guint i = 0; i < TRANSACTIONS; i++) {
        burst->clients[i] = mp_turn_client_new(NULL, burst->transport->is_stream);
        mp_turn_client_begin(burst->clients[i], &binding, burst->began + i * INTERVAL,
                             limit->deadline);
    }

    gboolean is_going = TRUE;
    while (is_going && !is_over(burst))
        is_going = send_due(burst, limit, &status) &&
                   (is_over(burst) || receive_one(burst, limit, &status));
    if (!is_going)
        burst->failure = mp_turn_reply_of_status(&status);
}

static gboolean is_slower_than_a_retransmission(const GArray *round_trips)
{
    for (guint i = 0; i < round_trips->len; i++)
        if (g_array_index(round_trips, MpTime, i) >= RTO)
            return TRUE;
    return round_trips->len == 0;
}

/* A transaction that was answered without a retransmission lost nothing. On a way as long as the
 * first timeout a retransmission says nothing about loss. */
static void set_loss(const GArray *round_trips, JsonObject *facts)
{
    if (is_slower_than_a_retransmission(round_trips))
        return;
    const MpProportion lost = mp_proportion(TRANSACTIONS - round_trips->len, TRANSACTIONS);
    JsonObject *loss = json_object_new();
    json_object_set_int_member(loss, "transactions", TRANSACTIONS);
    json_object_set_double_member(loss, "percent", 100 * lost.share);
    json_object_set_double_member(loss, "low", 100 * lost.low);
    json_object_set_double_member(loss, "high", 100 * lost.high);
    json_object_set_object_member(facts, "loss", loss);
}

static void set_facts(const Burst *burst, JsonObject *facts)
{
    guint sent = 0;
    guint received = 0;
    g_autoptr(GArray) round_trips = g_array_new(FALSE, FALSE, sizeof(MpTime));
    for (guint i = 0; i < TRANSACTIONS; i++) {
        const MpTurnFacts *told = mp_turn_client_facts(burst->clients[i]);
        sent += told->requests_sent;
        received += told->responses_received;
        g_array_append_vals(round_trips, told->round_trips->data, told->round_trips->len);
    }
    json_object_set_int_member(facts, "requests_sent", sent);
    json_object_set_int_member(facts, "responses_received", received);
    mp_facts_set_round_trips(facts, round_trips);
    set_loss(round_trips, facts);
    if (!burst->told)
        return;

    g_autofree char *mapped = mp_address_to_string(&burst->told->mapped);
    json_object_set_string_member(facts, "mapped_address", mapped);
    if (burst->told->software)
        json_object_set_string_member(facts, "software", burst->told->software);
}

/* FALSE with an error where this machine could not do it. */
static gboolean add_binding(const Burst *burst, MpMeasurement *measurement, GError **error)
{
    const MpTurnReply *failure = &burst->failure;
    if (burst->told) {
        mp_measurement_add_stage(measurement, "binding", MP_OUTCOME_ANSWERED,
                                 burst->first_answer - burst->began, 0, NULL);
        return TRUE;
    }
    MpTime took = mp_clock_now() - burst->began;
    if (failure->status.outcome == MP_NET_UNAVAILABLE)
        return mp_dial_add_failure(measurement, "binding", took, &failure->status, error);
    mp_measurement_add_stage(measurement, "binding", failure->outcome, took, failure->code,
                             failure->status.detail[0] ? failure->status.detail : NULL);
    mp_stage_set_icmp(measurement, &failure->status);
    return TRUE;
}

static void burst_clear(Burst *burst)
{
    for (guint i = 0; i < TRANSACTIONS; i++)
        mp_turn_client_free(burst->clients[i]);
    mp_net_transport_free(burst->transport);
}

MpMeasurement *mp_probe_stun(const MpStep *step, const MpProbeContext *context, GError **error)
{
    g_autofree char *target = mp_server_uri_to_string(step->server);
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, target, step->server->transport);
    MpNetLimit limit = {.deadline = context->deadline - MARGIN,
                        .cancellable = context->cancellable};
    GError *problem = NULL;
    const MpDialGoal goal = mp_dial_goal(step, context);
    Burst burst = {.transport = mp_dial(measurement, &goal, &limit, &problem)};
    if (burst.transport) {
        run(&burst, &limit);
        set_facts(&burst, measurement->facts);
        add_binding(&burst, measurement, &problem);
        burst_clear(&burst);
    }
    if (problem) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}
