/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The port map that needs nothing at the far end: which ports leave, by the ICMP errors of hops
 * behind the edge.
 */
#include "base/clock.h"
#include "base/random.h"
#include "model/port_map.h"
#include "net/ttl_sockets.h"
#include "probe/dial.h"
#include "probe/probe.h"
#include "probe/walk_answer.h"
#include "probe/walk_facts.h"
#include "probe/walk_prefixes.h"
#include "probe/walk_targets.h"
#include "session/ttl_walk.h"
#include "wire/stun_builder.h"

/* The probe returns before its deadline, so it stops asking a little earlier. */
#define MARGIN MP_MSEC(50)
/* Longer than this brings little more; and the parts of the ranges need some of the time. */
#define LONGEST MP_SEC(58)
#define SHARE_OF_PORTS(time) ((time)*3 / 4)
#define IPV4_HEADERS 28
#define IPV6_HEADERS 48

G_STATIC_ASSERT(MP_TTL_TURNS <= MP_TTL_SERIES);

typedef struct {
    MpTtlSockets *sockets;
    MpTtlWalk *walk;
    guint8 payload[MP_STUN_HEADER_LENGTH];
} Talk;

static void talk_clear(Talk *talk)
{
    mp_ttl_walk_free(talk->walk);
    mp_ttl_sockets_free(talk->sockets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Talk, talk_clear)

/* A STUN Binding request is what WebRTC itself sends first to such ports. */
static void write_payload(Talk *talk)
{
    MpStunId id;
    mp_random_bytes(id.bytes, sizeof id.bytes);
    MpStunBuilder builder = mp_stun_builder_init(talk->payload, sizeof talk->payload,
                                                 MP_STUN_REQUEST, MP_STUN_METHOD_BINDING, &id);
    (void)mp_stun_builder_end(&builder);
}

static gboolean begin(Talk *talk, const MpStep *step, const GArray *targets, MpTime deadline,
                      MpNetStatus *status)
{
    const MpTime now = mp_clock_now();
    MpAddress toward = g_array_index(targets, MpAddress, 0);
    toward.port = step->first_port;
    talk->sockets = mp_ttl_sockets_open(&toward, MP_TTL_MOST, status);
    if (!talk->sockets)
        return FALSE;
    const MpTtlPlan plan = {
        .targets = &g_array_index(targets, MpAddress, 0),
        .n_targets = targets->len,
        .first = step->first_port,
        .last = step->last_port,
        .until = now + MIN(SHARE_OF_PORTS(deadline - now), LONGEST),
    };
    write_payload(talk);
    talk->walk = mp_ttl_walk_new(&plan, now);
    return TRUE;
}

/* This computer's own firewall says no at once. */
static void send_due(Talk *talk)
{
    MpTtlProbe probe;
    const MpBytes payload = {talk->payload, sizeof talk->payload};
    while (mp_ttl_walk_advance(talk->walk, mp_clock_now(), &probe)) {
        MpNetStatus status = {0};
        if (probe.is_tcp) {
            (void)mp_ttl_sockets_connect(talk->sockets, probe.ttl, probe.series, &probe.to,
                                         &status);
            continue;
        }
        if (mp_ttl_sockets_send(talk->sockets, probe.ttl, probe.series, &probe.to, payload,
                                &status) ||
            status.outcome != MP_NET_PROHIBITED)
            continue;
        const MpTtlAnswer refused = {
            .kind = MP_TTL_PROHIBITED, .ttl = probe.ttl, .series = probe.series, .to = probe.to};
        mp_ttl_walk_take(talk->walk, &refused, mp_clock_now());
    }
}

static void take_all(Talk *talk)
{
    MpTtlNews news;
    MpTtlAnswer answer;
    while (mp_ttl_sockets_take(talk->sockets, &news))
        if (mp_walk_answer_read(&answer, &news))
            mp_ttl_walk_take(talk->walk, &answer, mp_clock_now());
}

static void converse(Talk *talk, GCancellable *cancellable)
{
    MpTime next;
    while (send_due(talk), (next = mp_ttl_walk_deadline(talk->walk)) != MP_NEVER) {
        const MpNetLimit limit = {.deadline = next, .cancellable = cancellable};
        if (g_cancellable_is_cancelled(cancellable))
            return;
        mp_ttl_sockets_wait(talk->sockets, &limit);
        take_all(talk);
    }
}

static void write_map(Talk *talk, const MpStep *step, MpTime took, JsonObject *facts)
{
    static const MpPortState states[] = {
        [MP_TTL_PORT_UNKNOWN] = MP_PORT_UNKNOWN,
        [MP_TTL_PORT_OPEN] = MP_PORT_OPEN,
        [MP_TTL_PORT_SILENT] = MP_PORT_BLOCKED,
        [MP_TTL_PORT_REFUSED] = MP_PORT_BLOCKED_OUT,
    };
    const MpTtlFacts *found = mp_ttl_walk_facts(talk->walk);
    const gsize headers = found->target.family == MP_FAMILY_IPV6 ? IPV6_HEADERS : IPV4_HEADERS;
    g_autoptr(MpPortMap)
        map = mp_port_map_new(MP_PORT_METHOD_WALK, step->first_port, step->last_port);
    for (guint port = map->first; port <= map->last; port++) {
        const MpPortState state = states[mp_ttl_walk_verdict(talk->walk, (guint16)port)];
        /* Seen at a hop with a private address: perhaps still inside. */
        map->states[port] = state == MP_PORT_OPEN && !found->is_public ? MP_PORT_UNKNOWN : state;
    }
    map->n_asked = found->n_asked;
    map->n_sent = found->sent;
    map->sent_bytes = found->sent * (sizeof talk->payload + headers);
    map->widest_gap = found->widest_gap;
    map->took = took;
    /* Time that was left over only looked closer. */
    map->is_cut_short = found->is_cut_short && mp_port_map_count(map, MP_PORT_UNKNOWN) > 0;
    mp_port_map_write(map, facts);
}

static void run(MpMeasurement *measurement, const MpStep *step, const MpProbeContext *context,
                GError **error)
{
    MpNetStatus status = {0};
    g_auto(Talk) talk = {0};
    const MpTime began = mp_clock_now();
    const MpNetLimit limit = {.deadline = context->deadline - MARGIN,
                              .cancellable = context->cancellable};
    g_autoptr(GArray) targets = mp_walk_targets_find(step->goals, step->family, &limit, &status);
    if (!targets) {
        mp_dial_add_failure(measurement, "resolve", mp_clock_now() - began, &status, error);
        return;
    }
    if (targets->len == 0) {
        mp_measurement_add_stage(measurement, "resolve", MP_OUTCOME_NOT_RUN, mp_clock_now() - began,
                                 0, NULL);
        json_object_set_string_member(measurement->facts, "reason",
                                      step->family == MP_FAMILY_IPV6
                                          ? "the name has no IPv6 address"
                                          : "the name has no IPv4 address");
        return;
    }
    if (!begin(&talk, step, targets, limit.deadline, &status)) {
        mp_dial_add_failure(measurement, "trace", 0, &status, error);
        return;
    }
    converse(&talk, context->cancellable);
    const MpTime took = mp_clock_now() - began;
    mp_walk_facts_add_stages(measurement, mp_ttl_walk_facts(talk.walk), took);
    write_map(&talk, step, took, measurement->facts);
    mp_walk_facts_set(measurement->facts, talk.walk);
    const MpWalkPrefixes prefixes = {.texts = step->goals,
                                     .found = mp_ttl_walk_facts(talk.walk),
                                     .sockets = talk.sockets,
                                     .payload = {talk.payload, sizeof talk.payload}};
    mp_walk_prefixes_ask(measurement->facts, &prefixes, &limit);
}

MpMeasurement *mp_probe_ports_walk(const MpStep *step, const MpProbeContext *context,
                                   GError **error)
{
    const char *target = g_ptr_array_index(step->goals, 0);
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, target, MP_TRANSPORT_UDP);
    GError *problem = NULL;
    run(measurement, step, context, &problem);
    if (problem) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}
