/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening a transport, stage by stage.
 */
#include "probe/dial.h"

#include "base/clock.h"
#include "base/error.h"
#include "net/dtls.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "net/udp.h"
#include "probe/dial_proxy.h"
#include "probe/name_code.h"
#include "probe/net_outcome.h"
#include "probe/server_addresses.h"
#include "wire/dns.h"

gboolean mp_dial_add_failure(MpMeasurement *measurement, const char *stage, MpTime took,
                             const MpNetStatus *status, GError **error)
{
    if (status->outcome == MP_NET_UNAVAILABLE) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s: %s", measurement->target, stage,
                    status->detail);
        return FALSE;
    }
    mp_measurement_add_stage(measurement, stage, mp_outcome_of_net(status->outcome), took, 0,
                             status->detail[0] ? status->detail : NULL);
    mp_stage_set_icmp(measurement, status);
    return TRUE;
}

static void set_address(MpMeasurement *measurement, const char *name, const MpAddress *address)
{
    g_autofree char *text = mp_address_to_string(address);
    json_object_set_string_member(measurement->facts, name, text);
}

/* A name server that says no says why: silence and "no such name" are not the same. */
static void add_unresolved(MpMeasurement *measurement, const MpDialGoal *goal, MpTime took,
                           const MpNetStatus *status, const MpNetLimit *limit, GError **error)
{
    const gboolean has_spoken = status->outcome == MP_NET_REFUSED ||
                                (status->outcome == MP_NET_SILENT &&
                                 mp_clock_now() < limit->deadline);
    const guint code = has_spoken ? mp_name_code(goal->server->host, limit) : 0;
    const char *name = code ? mp_dns_rcode_name(code) : NULL;
    if (code)
        mp_measurement_add_stage(measurement, "resolve", MP_OUTCOME_REFUSED, took, code,
                                 name ? name : status->detail);
    else
        mp_dial_add_failure(measurement, "resolve", took, status, error);
}

static GArray *resolve(MpMeasurement *measurement, const MpDialGoal *goal, const MpNetLimit *limit,
                       GError **error)
{
    MpNetStatus status = {0};
    MpTime began = mp_clock_now();
    GArray *addresses = mp_server_addresses(goal->server, goal->family, measurement->facts, limit,
                                            &status);
    MpTime took = mp_clock_now() - began;
    if (!addresses) {
        add_unresolved(measurement, goal, took, &status, limit, error);
        return NULL;
    }
    if (addresses->len > 0) {
        mp_measurement_add_stage(measurement, "resolve", MP_OUTCOME_ANSWERED, took, 0, NULL);
        return addresses;
    }
    mp_measurement_add_stage(measurement, "resolve", MP_OUTCOME_NOT_RUN, took, 0, NULL);
    json_object_set_string_member(measurement->facts, "reason", "the name has no IPv6 address");
    g_array_unref(addresses);
    return NULL;
}

static MpNetTransport *open_socket(MpTransport transport, const MpAddress *address,
                                   const MpNetLimit *limit, MpNetStatus *status)
{
    return mp_transport_is_datagram(transport) ? mp_net_udp_open(address, status)
                                               : mp_net_tcp_open(address, limit, status);
}

/* What breaks where there is no route. */
static const char *first_stage(MpTransport transport)
{
    return transport == MP_TRANSPORT_UDP    ? "binding"
           : transport == MP_TRANSPORT_DTLS ? "tls"
                                            : "connect";
}

/* The first address that there is a route to: RFC 6724 orders them, but it may be wrong. RFC 2782:
 * of several targets the first that can be reached, so that one that refuses is passed over. */
static MpNetTransport *connect_any(MpMeasurement *measurement, MpTransport transport,
                                   const GArray *addresses, const MpNetLimit *limit, GError **error)
{
    MpNetStatus status = {0};
    MpNetTransport *connected = NULL;
    MpTime began = mp_clock_now();
    JsonArray *targets = mp_facts_array(measurement->facts, "srv.records");
    const gboolean has_targets = targets && json_array_get_length(targets) > 1;
    for (guint i = 0; i < addresses->len && !connected; i++) {
        const MpAddress *address = &g_array_index(addresses, MpAddress, i);
        set_address(measurement, "server_address", address);
        connected = open_socket(transport, address, limit, &status);
        if (!connected && status.outcome != MP_NET_UNREACHABLE &&
            !(has_targets && status.outcome == MP_NET_REFUSED))
            break;
    }

    MpTime took = mp_clock_now() - began;
    gboolean is_datagram = mp_transport_is_datagram(transport);
    if (!connected) {
        mp_dial_add_failure(measurement, first_stage(transport), took, &status, error);
        return NULL;
    }
    set_address(measurement, "local_address", &connected->local);
    mp_server_addresses_take(measurement->facts, &connected->peer);
    if (!is_datagram)
        mp_measurement_add_stage(measurement, "connect", MP_OUTCOME_ANSWERED, took, 0, NULL);
    return connected;
}

static void set_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
}

static JsonObject *describe_certificate(const MpTlsCertificate *certificate)
{
    JsonObject *object = json_object_new();
    set_text(object, "subject", certificate->subject);
    set_text(object, "issuer", certificate->issuer);
    set_text(object, "not_before", certificate->not_before);
    set_text(object, "not_after", certificate->not_after);
    return object;
}

static void set_tls(MpMeasurement *measurement, const MpTlsReport *report)
{
    JsonObject *tls = json_object_new();
    set_text(tls, "version", report->version);
    set_text(tls, "cipher", report->cipher);
    set_text(tls, "verify", report->verify);
    set_text(tls, "flaw", report->flaw);
    set_text(tls, "server_name", report->server_name);
    if (report->chain) {
        JsonArray *chain = json_array_new();
        for (guint i = 0; i < report->chain->len; i++)
            json_array_add_object_element(
                chain, describe_certificate(g_ptr_array_index(report->chain, i)));
        json_object_set_array_member(tls, "chain", chain);
    }
    json_object_set_object_member(measurement->facts, "tls", tls);
}

static const char *demanded_name(const MpDialGoal *goal)
{
    return goal->server_name ? goal->server_name : goal->server->host;
}

/* TLS over what is connected, or DTLS. */
static MpNetTransport *open_secure(MpNetTransport *connected, const MpDialGoal *goal,
                                   const MpNetLimit *limit, MpTlsReport *report,
                                   MpNetStatus *status)
{
    const gboolean is_dtls = goal->server->transport == MP_TRANSPORT_DTLS;
    return (is_dtls ? mp_net_dtls_open : mp_net_tls_open)(
        connected, demanded_name(goal), goal->targets->ca_file, limit, report, status);
}

static MpNetTransport *secure(MpMeasurement *measurement, MpNetTransport *connected,
                              const MpDialGoal *goal, const MpNetLimit *limit, GError **error)
{
    MpNetStatus status = {0};
    g_auto(MpTlsReport) report = {0};
    MpNetTransport *tls = open_secure(connected, goal, limit, &report, &status);
    set_tls(measurement, &report);
    if (tls)
        mp_measurement_add_stage(measurement, "tls", MP_OUTCOME_ANSWERED, report.took, 0, NULL);
    else
        mp_dial_add_failure(measurement, "tls", report.took, &status, error);
    return tls;
}

MpNetLimit mp_dial_reach_limit(const MpDialGoal *goal, const MpNetLimit *limit)
{
    MpNetLimit reach = *limit;
    if (goal->reach_limit > 0)
        reach.deadline = MIN(limit->deadline, mp_clock_now() + goal->reach_limit);
    return reach;
}

static MpNetTransport *connect_straight(MpMeasurement *measurement, const MpDialGoal *goal,
                                        const MpNetLimit *limit, GError **error)
{
    const MpNetLimit to_resolve = mp_dial_reach_limit(goal, limit);
    g_autoptr(GArray) addresses = resolve(measurement, goal, &to_resolve, error);
    const MpNetLimit to_connect = mp_dial_reach_limit(goal, limit);
    return addresses
               ? connect_any(measurement, goal->server->transport, addresses, &to_connect, error)
               : NULL;
}

MpDialGoal mp_dial_goal(const MpStep *step, const MpProbeContext *context)
{
    return (MpDialGoal){.server = step->server,
                        .targets = context->targets,
                        .family = step->family,
                        .is_proxied = mp_way_is_proxied(step->way)};
}

MpNetTransport *mp_dial(MpMeasurement *measurement, const MpDialGoal *goal, const MpNetLimit *limit,
                        GError **error)
{
    MpNetTransport *connected = goal->is_proxied
                                    ? mp_dial_proxy(measurement, goal, limit, error)
                                    : connect_straight(measurement, goal, limit, error);
    if (!connected || !mp_transport_is_secure(goal->server->transport))
        return connected;
    return secure(measurement, connected, goal, limit, error);
}

MpNetTransport *mp_dial_again(const MpNetTransport *first, const MpDialGoal *goal,
                              const MpNetLimit *limit, MpNetStatus *status)
{
    MpTransport transport = goal->server->transport;
    MpNetTransport *connected = goal->is_proxied
                                    ? mp_dial_proxy_again(&first->peer, goal, limit, status)
                                    : open_socket(transport, &first->peer, limit, status);
    if (!connected || !mp_transport_is_secure(transport))
        return connected;
    g_auto(MpTlsReport) report = {0};
    return open_secure(connected, goal, limit, &report, status);
}
