/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long the NAT or firewall on the way keeps an idle flow, against one STUN server. A few small
 * packets in all, so that it may run beside everything else.
 */
#include <poll.h>

#include "base/clock.h"
#include "net/datagram.h"
#include "net/resolver.h"
#include "probe/dial.h"
#include "probe/probe.h"
#include "session/nat_lifetime.h"

/* The probe returns before its deadline, so it stops asking a little earlier. */
#define MARGIN MP_MSEC(20)
/* How often an interruption is looked for. */
#define LOOK_EVERY MP_MSEC(100)

typedef struct {
    MpAddress server;
    guint n_sockets;
    MpDatagram *sockets[MP_NAT_LIFETIME_MAX_SOCKETS];
    MpNatLifetime *lifetime;
} Search;

static void search_clear(Search *search)
{
    for (guint i = 0; i < search->n_sockets; i++)
        mp_datagram_free(search->sockets[i]);
    mp_nat_lifetime_free(search->lifetime);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

static gboolean open_sockets(Search *search, MpTime longest, MpTime limit, MpNetStatus *status)
{
    MpAddress locals[MP_NAT_LIFETIME_MAX_SOCKETS];
    search->n_sockets = mp_nat_lifetime_sockets(longest);
    for (guint i = 0; i < search->n_sockets; i++) {
        search->sockets[i] = mp_datagram_open(&search->server, status);
        if (!search->sockets[i])
            return FALSE;
        locals[i] = mp_datagram_local(search->sockets[i]);
    }
    search->lifetime = mp_nat_lifetime_new(locals, longest, mp_clock_now(), limit);
    return TRUE;
}

/* What cannot be sent is not answered either. */
static void send_due(Search *search)
{
    guint socket;
    MpBytes message;
    MpNetStatus status = {0};
    while (mp_nat_lifetime_advance(search->lifetime, mp_clock_now(), &socket, &message))
        (void)mp_datagram_send(search->sockets[socket], &search->server, message, &status);
}

static void take_all(Search *search)
{
    for (guint i = 0; i < search->n_sockets; i++) {
        MpAddress from;
        MpBytes message;
        while (mp_datagram_take(search->sockets[i], &from, &message))
            if (mp_address_equal(&from, &search->server))
                mp_nat_lifetime_receive(search->lifetime, i, message, mp_clock_now());
    }
}

static void wait_for_any(const Search *search, MpTime until)
{
    struct pollfd descriptors[MP_NAT_LIFETIME_MAX_SOCKETS];
    for (guint i = 0; i < search->n_sockets; i++)
        descriptors[i] = (struct pollfd){.fd = mp_datagram_fd(search->sockets[i]),
                                         .events = POLLIN};
    MpTime left = CLAMP(until - mp_clock_now(), 0, LOOK_EVERY);
    struct timespec timeout = {.tv_sec = left / MP_SEC(1), .tv_nsec = left % MP_SEC(1)};
    (void)ppoll(descriptors, search->n_sockets, &timeout, NULL);
}

static void search_on(Search *search, GCancellable *cancellable)
{
    MpTime next;
    while (send_due(search), (next = mp_nat_lifetime_deadline(search->lifetime)) != MP_NEVER) {
        if (g_cancellable_is_cancelled(cancellable))
            return;
        wait_for_any(search, next);
        take_all(search);
    }
}

static void set_facts(const MpNatLifetimeFacts *found, JsonObject *facts)
{
    if (found->is_answered)
        json_object_set_boolean_member(facts, "response_port", found->has_response_port);
    JsonObject *lifetime = json_object_new();
    if (found->kept_for > 0)
        json_object_set_double_member(lifetime, "more_than", mp_time_to_ms(found->kept_for) / 1e3);
    if (found->lost_after != MP_NEVER)
        json_object_set_double_member(lifetime, "at_most", mp_time_to_ms(found->lost_after) / 1e3);
    json_object_set_object_member(facts, "lifetime_s", lifetime);
    json_object_set_int_member(facts, "requests_sent", found->requests_sent);
}

static void run(MpMeasurement *measurement, const MpStep *step, const MpAddress *server,
                const MpNetLimit *limit, GError **error)
{
    MpNetStatus status = {0};
    g_auto(Search) search = {.server = *server};
    MpTime began = mp_clock_now();
    if (!open_sockets(&search, step->longest_idle, limit->deadline, &status)) {
        mp_dial_add_failure(measurement, "binding", 0, &status, error);
        return;
    }
    search_on(&search, limit->cancellable);
    MpNatLifetimeFacts found = mp_nat_lifetime_facts(search.lifetime);
    set_facts(&found, measurement->facts);
    mp_measurement_add_stage(measurement, "binding",
                             found.is_answered ? MP_OUTCOME_ANSWERED : MP_OUTCOME_SILENT,
                             mp_clock_now() - began, 0, NULL);
}

MpMeasurement *mp_probe_nat_lifetime(const MpStep *step, const MpProbeContext *context,
                                     GError **error)
{
    g_autofree char *target = mp_server_uri_to_string(step->server);
    g_autoptr(MpMeasurement)
        measurement = mp_measurement_new(step->id, step->kind, target, step->server->transport);
    MpNetLimit limit = {.deadline = context->deadline - MARGIN,
                        .cancellable = context->cancellable};
    MpNetStatus status = {0};
    MpTime began = mp_clock_now();
    g_autoptr(GArray)
        addresses = mp_net_resolve(step->server->host, step->server->port, &limit, &status);
    GError *problem = NULL;
    if (addresses)
        run(measurement, step, &g_array_index(addresses, MpAddress, 0), &limit, &problem);
    else
        mp_dial_add_failure(measurement, "resolve", mp_clock_now() - began, &status, &problem);
    if (problem) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&measurement);
}
