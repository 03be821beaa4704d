/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the path toward a responder does to packets: sizes, marks, fragments. Some twenty packets,
 * to the first of a few ports that answers.
 */
#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "net/marked_udp.h"
#include "net/resolver.h"
#include "probe/net_outcome.h"
#include "probe/path_facts.h"
#include "probe/probe.h"
#include "session/path_properties.h"

#define RESOLVE_LIMIT MP_SEC(3)
/* One of them may be closed: the map of ports is for telling which. */
#define N_PORTS 4
/* An interruption waits no longer. */
#define LONGEST_POLL MP_MSEC(100)
#define CLOSING_TIME MP_MSEC(50)

typedef struct {
    MpMarkedUdp *udp;
    MpPathProperties *properties;
    guint16 port;
} Lane;

typedef struct {
    const MpProbeContext *context;
    MpMeasurement *measurement;
    MpStampKey *key;
    Lane lanes[N_PORTS];
    guint n_lanes;
} Asking;

static void asking_clear(Asking *asking)
{
    for (guint i = 0; i < asking->n_lanes; i++) {
        mp_path_properties_free(asking->lanes[i].properties);
        mp_marked_udp_free(asking->lanes[i].udp);
    }
    mp_stamp_key_free(asking->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Asking, asking_clear)

/* The host's first address. FALSE: the stage says why. */
static gboolean resolve(const Asking *asking, MpAddress *address)
{
    const MpTime began = mp_clock_now();
    const MpNetLimit limit = {MIN(began + RESOLVE_LIMIT, asking->context->deadline),
                              asking->context->cancellable};
    MpNetStatus status = {0};
    g_autoptr(GArray)
        found = mp_net_resolve(asking->context->targets->stamp_host, 0, &limit, &status);
    mp_measurement_add_stage(asking->measurement, "resolve",
                             found ? MP_OUTCOME_ANSWERED : mp_outcome_of_net(status.outcome),
                             mp_clock_now() - began, 0, found ? NULL : status.detail);
    if (found)
        *address = g_array_index(found, MpAddress, 0);
    return found != NULL;
}

/* FALSE with an error where this computer has no socket. */
static gboolean open_lanes(Asking *asking, const MpStep *step, const MpAddress *host,
                           GError **error)
{
    const MpTargets *targets = asking->context->targets;
    const guint span = (guint)step->last_port - step->first_port + 1;
    for (guint i = 0; i < MIN(N_PORTS, span); i++) {
        MpStampSession session = {.key_id = targets->stamp_key_id};
        MpNetStatus status = {0};
        MpAddress peer = *host;
        Lane *lane = &asking->lanes[i];
        /* One in each quarter of the range. */
        peer.port = (guint16)(step->first_port + span * i / N_PORTS +
                              mp_random_u32() % MAX(1, span / N_PORTS));
        mp_random_bytes(&session.session, sizeof session.session);
        lane->udp = mp_marked_udp_open(&peer, &status);
        if (!lane->udp) {
            g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s", status.detail);
            return FALSE;
        }
        lane->port = peer.port;
        lane->properties = mp_path_properties_new(asking->key, &session,
                                                  peer.family == MP_FAMILY_IPV6,
                                                  asking->context->deadline - CLOSING_TIME);
        asking->n_lanes++;
    }
    return TRUE;
}

static void send_due(Lane *lane, MpTime now)
{
    MpPathDatagram datagram;
    MpNetStatus status;
    while (mp_path_properties_advance(lane->properties, now, &datagram))
        if (mp_marked_udp_send(lane->udp, datagram.message, datagram.dscp, datagram.ecn,
                               datagram.may_fragment, &status) == MP_MARKED_TOO_LARGE)
            mp_path_properties_refuse(lane->properties);
}

static void take_all(Lane *lane)
{
    MpBytes message;
    guint8 dscp;
    guint8 ecn;
    while (mp_marked_udp_take(lane->udp, &message, &dscp, &ecn))
        mp_path_properties_receive(lane->properties, message, dscp, ecn, mp_clock_now());
}

/* The first lane that answers is the only one that goes on; NULL: none has answered yet. */
static Lane *answered_lane(Asking *asking)
{
    for (guint i = 0; i < asking->n_lanes; i++)
        if (mp_path_properties_is_answered(asking->lanes[i].properties))
            return &asking->lanes[i];
    return NULL;
}

/* When the next lane is due; MP_NEVER: all are over. */
static MpTime work(Asking *asking)
{
    Lane *only = answered_lane(asking);
    MpTime next = MP_NEVER;
    for (guint i = 0; i < asking->n_lanes; i++) {
        Lane *lane = &asking->lanes[i];
        if (only && lane != only)
            continue;
        send_due(lane, mp_clock_now());
        next = MIN(next, mp_path_properties_deadline(lane->properties));
    }
    return next;
}

static void wait_until(Asking *asking, MpTime next)
{
    struct pollfd fds[N_PORTS];
    const MpTime span = CLAMP(next - mp_clock_now(), 0, LONGEST_POLL);
    for (guint i = 0; i < asking->n_lanes; i++)
        fds[i] = (struct pollfd){.fd = mp_marked_udp_fd(asking->lanes[i].udp), .events = POLLIN};
    (void)poll(fds, asking->n_lanes, (int)((span + MP_MSEC(1) - 1) / MP_MSEC(1)));
    for (guint i = 0; i < asking->n_lanes; i++)
        if (fds[i].revents)
            take_all(&asking->lanes[i]);
}

static void set_facts(const Asking *asking, const Lane *lane, const MpAddress *host)
{
    JsonObject *facts = asking->measurement->facts;
    MpAddress server = *host;
    MpAddress by = {.family = MP_FAMILY_NONE};
    server.port = lane->port;
    g_autofree char *address = mp_address_to_string(&server);
    const guint told = mp_marked_udp_told_mtu(lane->udp, &by);
    json_object_set_string_member(facts, "server_address", address);
    mp_path_facts(facts, lane->properties);
    if (told)
        json_object_set_int_member(facts, "icmp_mtu", told);
    if (told && by.family != MP_FAMILY_NONE) {
        g_autofree char *from = mp_address_to_ip_string(&by);
        json_object_set_string_member(facts, "icmp_mtu_from", from);
    }
}

/* Of no answer at all: ICMP says more than silence does. */
static void add_unanswered(const Asking *asking, MpTime took)
{
    for (guint i = 0; i < asking->n_lanes; i++) {
        const MpNetStatus *refusal = mp_marked_udp_refusal(asking->lanes[i].udp);
        if (!refusal)
            continue;
        mp_measurement_add_stage(asking->measurement, "reflect",
                                 mp_outcome_of_net(refusal->outcome), took, 0, refusal->detail);
        mp_stage_set_icmp(asking->measurement, refusal);
        return;
    }
    mp_measurement_add_stage(asking->measurement, "reflect", MP_OUTCOME_SILENT, took, 0,
                             "no port of the responder answered");
}

static void ask(Asking *asking, const MpAddress *host)
{
    const MpTime began = mp_clock_now();
    MpTime next;
    while ((next = work(asking)) != MP_NEVER &&
           !g_cancellable_is_cancelled(asking->context->cancellable))
        wait_until(asking, next);
    const Lane *lane = answered_lane(asking);
    const MpTime took = mp_clock_now() - began;
    if (lane) {
        mp_measurement_add_stage(asking->measurement, "reflect", MP_OUTCOME_ANSWERED, took, 0,
                                 NULL);
        set_facts(asking, lane, host);
    } else if (g_cancellable_is_cancelled(asking->context->cancellable)) {
        mp_measurement_add_stage(asking->measurement, "reflect", MP_OUTCOME_NOT_RUN, took, 0,
                                 "interrupted");
    } else {
        add_unanswered(asking, took);
    }
}

MpMeasurement *mp_probe_path(const MpStep *step, const MpProbeContext *context, GError **error)
{
    const MpTargets *targets = context->targets;
    g_autoptr(MpMeasurement) measurement = mp_measurement_new(
        step->id, step->kind, targets->stamp_host, MP_TRANSPORT_UDP);
    g_auto(Asking) asking = {.context = context, .measurement = measurement};
    MpAddress host;
    asking.key = mp_stamp_key_new(mp_secret_peek(targets->stamp_key), error);
    if (!asking.key)
        return NULL;
    if (resolve(&asking, &host)) {
        if (!open_lanes(&asking, step, &host, error))
            return NULL;
        ask(&asking, &host);
    }
    return g_steal_pointer(&measurement);
}
