/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The port map that needs a TURN server and credentials only: datagrams of our own to ports that
 * the server gives us.
 */
#include "base/clock.h"
#include "model/port_map.h"
#include "net/udp_bundle.h"
#include "probe/net_outcome.h"
#include "probe/probe.h"
#include "probe/relay_run.h"
#include "stats/proportion.h"

/* Kept back to hear of what is under way and to give it back; a quarter of a short step. */
#define RESERVE MP_SEC(4)
#define MARGIN MP_MSEC(20)
/* For STUN on UDP, which may be blocked: RFC 8489's first two sends and a wait. */
#define LEARN_LIMIT MP_MSEC(1500)
#define STUN_PORT 3478
/* Questions under way that one machine is let have. */
#define MOST_DATAGRAMS 1024
/* None blocked of so many says that fewer than 0.75 % are, with 95 % confidence. */
#define SAMPLE 400
/* Of a sample beside other steps: whoever shares the account's quota is to have room. */
#define SAMPLE_AT_ONCE 8
/* coturn gives the account back what was freed about a second later. */
#define QUOTA_RETURNS MP_MSEC(1500)
/* Connections to a server; 16 at 40 ms of RTT carry the gentle rate over TLS. */
#define MOST_STREAMS 16
#define MOST_STREAMS_ASKED_FOR 64

static const char *const end_names[] = {
    [MP_RELAY_GOING] = "cut_short",           [MP_RELAY_ALL_ASKED] = "all_asked",
    [MP_RELAY_SAMPLE_ASKED] = "sample_asked", [MP_RELAY_OUT_OF_TIME] = "cut_short",
    [MP_RELAY_REFUSED] = "refused",
};

MpRelaySettings mp_relay_run_settings(const MpRelayRun *run, gboolean is_stream)
{
    MpRelaySettings settings = {.credentials = run->credentials,
                                .is_stream = is_stream,
                                .n_mapped = run->straight->n_mapped};
    for (guint i = 0; i < settings.n_mapped; i++)
        settings.mapped[i] = run->straight->mapped[i];
    return settings;
}

/* -- what is told ------------------------------------------------------------------------------ */

static void set_mapped(JsonObject *facts, const MpRelayStraight *straight)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < straight->n_mapped; i++) {
        g_autofree char *text = mp_address_to_ip_string(&straight->mapped[i]);
        json_array_add_string_element(array, text);
    }
    json_object_set_array_member(facts, "mapped_addresses", array);
}

/* Which ports the server hands out, as far as was seen, and of which address. */
static void set_relay_ports(JsonObject *facts, const MpRelayFacts *found)
{
    if (found->relayed.family != MP_FAMILY_NONE) {
        g_autofree char *address = mp_address_to_ip_string(&found->relayed);
        json_object_set_string_member(facts, "relay_address", address);
    }
    guint first = 0;
    guint last = G_MAXUINT16;
    while (first < G_MAXUINT16 && found->ports[first] == MP_RELAY_PORT_UNKNOWN)
        first++;
    while (last > first && found->ports[last] == MP_RELAY_PORT_UNKNOWN)
        last--;
    if (found->ports[first] == MP_RELAY_PORT_UNKNOWN)
        return;
    json_object_set_int_member(facts, "relay_first", first);
    json_object_set_int_member(facts, "relay_last", last);
}

/* Where nothing came and no STUN server told our outer address, it may be that the relay let
 * another address in: which direction is closed is not known then. */
static MpPortState state_of(MpRelayVerdict port, gboolean is_sure)
{
    static const MpPortState states[] = {
        [MP_RELAY_PORT_UNKNOWN] = MP_PORT_UNKNOWN,
        [MP_RELAY_PORT_OPEN] = MP_PORT_OPEN,
        [MP_RELAY_PORT_BLOCKED_OUT] = MP_PORT_BLOCKED_OUT,
        [MP_RELAY_PORT_BLOCKED_IN] = MP_PORT_BLOCKED_IN,
    };
    return port == MP_RELAY_PORT_BLOCKED_OUT && !is_sure ? MP_PORT_BLOCKED : states[port];
}

/* A closed port takes its time to say nothing: those that were under way at the end may all be. */
static double blocked_bound(const MpRelayFacts *found)
{
    return mp_proportion_upper(found->n_blocked + found->n_unfinished,
                               found->n_asked + found->n_unfinished);
}

static void write_map(const MpRelayRun *run, const MpStep *step, MpTime took, JsonObject *facts)
{
    const MpRelayFacts *found = mp_relay_loop_facts(run->loop);
    const gboolean is_sure = run->straight->is_told || found->n_open > 0;
    g_autoptr(MpPortMap)
        map = mp_port_map_new(MP_PORT_METHOD_RELAY, step->first_port, step->last_port);
    for (guint port = map->first; port <= map->last; port++)
        map->states[port] = state_of(found->ports[port], is_sure);
    map->n_asked = found->n_asked;
    map->n_sent = run->sent;
    map->sent_bytes = run->sent_bytes;
    map->took = took;
    map->wrong_bound = found->wrong_bound;
    map->is_sample = found->end != MP_RELAY_ALL_ASKED;
    if (map->is_sample)
        map->blocked_bound = blocked_bound(found);
    if (found->tries_open > 0)
        map->loss_percent = 100.0 * (double)found->tries_lost / (double)found->tries_open;
    map->is_cut_short = found->end != MP_RELAY_ALL_ASKED && found->end != MP_RELAY_SAMPLE_ASKED;
    mp_port_map_write(map, facts);
}

static void set_facts(const MpRelayRun *run, JsonObject *facts)
{
    const MpRelayFacts *found = mp_relay_loop_facts(run->loop);
    json_object_set_int_member(facts, "allocations", found->n_allocations);
    json_object_set_string_member(facts, "end", end_names[found->end]);
    if (found->n_quota > 0)
        json_object_set_int_member(facts, "allocations_at_once", found->most_held);
    if (found->n_mismatch > 0)
        json_object_set_int_member(facts, "mismatches", found->n_mismatch);
    json_object_set_boolean_member(facts, "mapped_by_stun", run->straight->is_told);
    set_mapped(facts, run->straight);
    set_relay_ports(facts, found);
}

/* -- stages ------------------------------------------------------------------------------------ */

static MpOutcome outcome_of(const MpRelayTripAnswer *failure)
{
    if (failure->event == MP_TURN_EVENT_ERROR)
        return mp_outcome_of_stun_error(failure->code);
    return failure->event == MP_TURN_EVENT_MALFORMED ? MP_OUTCOME_MALFORMED : MP_OUTCOME_SILENT;
}

static void add_failure(MpMeasurement *measurement, const char *stage, const MpRelayFacts *found)
{
    const MpRelayTripAnswer *failure = &found->failure;
    const gboolean is_known = failure->broke_at != MP_RELAY_OVER;
    mp_measurement_add_stage(
        measurement, stage, is_known ? outcome_of(failure) : MP_OUTCOME_NOT_RUN, MP_NEVER,
        is_known ? failure->code : 0, failure->reason[0] ? failure->reason : NULL);
}

static void add_stages(MpMeasurement *measurement, const MpRelayFacts *found, MpTime took)
{
    if (found->n_allocations == 0) {
        add_failure(measurement, "allocate", found);
        return;
    }
    mp_measurement_add_stage(measurement, "allocate", MP_OUTCOME_ANSWERED, MP_NEVER, 0, NULL);
    const gboolean has_verdicts = found->tries > 0;
    if (!has_verdicts) {
        add_failure(measurement, "permission", found);
        return;
    }
    mp_measurement_add_stage(measurement, "permission", MP_OUTCOME_ANSWERED, MP_NEVER, 0, NULL);
    mp_measurement_add_stage(
        measurement, "data", found->n_open > 0 ? MP_OUTCOME_ANSWERED : MP_OUTCOME_SILENT, took, 0,
        found->n_open > 0 ? NULL : "no datagram went to a relay port and back");
}

/* -- the run ----------------------------------------------------------------------------------- */

static guint most_at_once(const MpStep *step, gboolean is_stream)
{
    const guint most = step->n_sample > 0     ? SAMPLE_AT_ONCE
                       : !is_stream           ? MOST_DATAGRAMS
                       : step->port_rate == 0 ? MOST_STREAMS
                                              : MOST_STREAMS_ASKED_FOR;
    /* Each worker has its straight sockets besides its connection. */
    const guint room = mp_udp_bundle_room() / (is_stream ? 1 + MP_RELAY_SOCKETS : 1);
    return MIN(most, MAX(room, 1));
}

static MpRelayLoop *new_loop(const MpStep *step, gboolean is_stream, MpTime deadline)
{
    const MpTime now = mp_clock_now();
    const MpRelayPlan plan = {
        .first = step->first_port,
        .last = step->last_port,
        .rate = step->port_rate,
        .sample = step->n_sample > 0 ? step->n_sample : SAMPLE,
        .most_at_once = most_at_once(step, is_stream),
        .until = deadline - MIN(RESERVE, (deadline - now) / 4),
    };
    return mp_relay_loop_new(&plan, now);
}

static void learn_mapped(MpRelayRun *run, const MpNetTransport *transport)
{
    MpAddress server = transport->peer;
    const MpNetLimit limit = {.deadline = MIN(run->deadline, mp_clock_now() + LEARN_LIMIT),
                              .cancellable = run->cancellable};
    if (run->goal->server->transport == MP_TRANSPORT_TLS)
        server.port = STUN_PORT;
    if (!run->goal->is_proxied)
        mp_relay_straight_learn(run->straight, &server, &limit);
}

/* Takes the transport. */
static gboolean carry_out(MpRelayRun *run, const MpStep *step, MpNetTransport *transport,
                          MpNetStatus *status)
{
    const gboolean is_stream = transport->is_stream;
    const MpAddress server = transport->peer;
    learn_mapped(run, transport);
    run->loop = new_loop(step, is_stream, run->deadline);
    if (is_stream) {
        mp_relay_run_streams(run, transport, most_at_once(step, TRUE));
        return TRUE;
    }
    mp_net_transport_free(transport);
    return mp_relay_run_datagrams(run, &server, status);
}

/* Where the account has a quota, media that waits for us would meet what we have only just freed.
 */
static void leave_room(const MpRelayRun *run, const MpStep *step)
{
    const MpTime end = MIN(run->deadline, mp_clock_now() + QUOTA_RETURNS);
    const MpNetLimit limit = {.deadline = end, .cancellable = run->cancellable};
    MpNetStatus unused = {0};
    if (step->delays_media && mp_relay_loop_facts(run->loop)->n_quota > 0)
        mp_net_wait(-1, 0, &limit, &unused);
}

static void measure(MpMeasurement *measurement, const MpStep *step, MpRelayRun *run, GError **error)
{
    MpNetStatus status = {0};
    const MpTime began = mp_clock_now();
    const MpNetLimit limit = {.deadline = run->deadline, .cancellable = run->cancellable};
    MpNetTransport *transport = mp_dial(measurement, run->goal, &limit, error);
    if (!transport)
        return;
    if (!mp_relay_straight_open(run->straight, &transport->peer, &status)) {
        mp_net_transport_free(transport);
        mp_dial_add_failure(measurement, "allocate", 0, &status, error);
        return;
    }
    if (!carry_out(run, step, transport, &status)) {
        mp_dial_add_failure(measurement, "allocate", 0, &status, error);
        return;
    }
    const MpTime took = mp_clock_now() - began;
    add_stages(measurement, mp_relay_loop_facts(run->loop), took);
    write_map(run, step, took, measurement->facts);
    set_facts(run, measurement->facts);
    leave_room(run, step);
}

/* Over which way the server answered before. */
static const MpServerUri *choose_server(const MpStep *step, const MpMeasurement *required)
{
    const gboolean is_other = required && step->or_server &&
                              g_strcmp0(required->id, step->requires_id) != 0;
    return is_other ? step->or_server : step->server;
}

MpMeasurement *mp_probe_ports_relay(const MpStep *step, const MpProbeContext *context,
                                    GError **error)
{
    const MpServerUri *server = choose_server(step, context->required);
    g_autofree char *target = mp_server_uri_to_string(server);
    const MpTargets *targets = context->targets;
    MpDialGoal goal = mp_dial_goal(step, context);
    goal.server = server;
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, target, server->transport);
    g_autoptr(MpTurnCredentials) credentials = mp_turn_credentials_for(
        targets->turn_user, targets->turn_password, targets->turn_secret, mp_clock_realtime());
    g_auto(MpRelayStraight) straight = {.n_mapped = 0};
    MpRelayRun run = {.goal = &goal,
                      .straight = &straight,
                      .credentials = credentials,
                      .deadline = context->deadline - MARGIN,
                      .cancellable = context->cancellable};
    GError *problem = NULL;
    measure(measurement, step, &run, &problem);
    mp_relay_loop_free(run.loop);
    if (problem) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}
