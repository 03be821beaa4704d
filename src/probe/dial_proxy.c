/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Through HTTP CONNECT or SOCKS 5.
 */
#include "probe/dial_proxy.h"

#include "base/clock.h"
#include "model/proxy_uri.h"
#include "net/proxy.h"
#include "net/resolver.h"
#include "net/tcp.h"
#include "probe/net_outcome.h"

static MpNetTransport *connect_to_proxy(const MpProxyUri *proxy, const MpNetLimit *limit,
                                        MpNetStatus *status)
{
    g_autoptr(GArray) addresses = mp_net_resolve(proxy->host, proxy->port, limit, status);
    MpNetTransport *tcp = NULL;
    for (guint i = 0; addresses && i < addresses->len && !tcp; i++)
        tcp = mp_net_tcp_open(&g_array_index(addresses, MpAddress, i), limit, status);
    return tcp;
}

static gboolean ask(MpNetTransport *tcp, const MpProxyUri *proxy, const MpDialGoal *goal,
                    const MpNetLimit *limit, MpNetProxyReport *report, MpNetStatus *status)
{
    const MpNetProxyLogin login = {
        .type = proxy->is_socks ? MP_NET_PROXY_SOCKS5 : MP_NET_PROXY_HTTP,
        .user = goal->targets->proxy_user,
        .password = goal->targets->proxy_password,
    };
    return mp_net_proxy_connect(tcp, &login, goal->server->host, goal->server->port, limit, report,
                                status);
}

static void set_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
}

static void set_address(JsonObject *object, const char *name, const MpAddress *address)
{
    g_autofree char *text = mp_address_to_string(address);
    json_object_set_string_member(object, name, text);
}

static void set_proxy(MpMeasurement *measurement, const MpDialGoal *goal, const MpNetTransport *tcp,
                      const MpNetProxyReport *report)
{
    JsonObject *object = json_object_new();
    set_address(measurement->facts, "local_address", &tcp->local);
    set_address(object, "address", &tcp->peer);
    set_text(object, "url", goal->targets->proxy_url);
    set_text(object, "agent", report->agent);
    set_text(object, "schemes", report->schemes);
    /* Not the stage's code: that is STUN's. */
    if (report->is_answered) {
        json_object_set_boolean_member(object, "wants_login", report->wants_login);
        json_object_set_int_member(object, "code", report->code);
    }
    json_object_set_object_member(measurement->facts, "proxy", object);
}

/* The proxy's own no is an answer about the login, not about the server behind it. */
static void add_refusal(MpMeasurement *measurement, const MpNetProxyReport *report,
                        const MpNetStatus *status, GError **error)
{
    if (!report->is_answered) {
        mp_dial_add_failure(measurement, "proxy", report->took, status, error);
        return;
    }
    mp_measurement_add_stage(measurement, "proxy",
                             report->wants_login ? MP_OUTCOME_AUTH_FAILED
                                                 : mp_outcome_of_net(status->outcome),
                             report->took, 0, status->detail);
}

MpNetTransport *mp_dial_proxy(MpMeasurement *measurement, const MpDialGoal *goal,
                              const MpNetLimit *limit, GError **error)
{
    g_autoptr(MpProxyUri) proxy = mp_proxy_uri_parse(goal->targets->proxy_url, error);
    if (!proxy)
        return NULL;
    MpNetStatus status = {0};
    MpTime began = mp_clock_now();
    const MpNetLimit to_connect = mp_dial_reach_limit(goal, limit);
    g_autoptr(MpNetTransport) tcp = connect_to_proxy(proxy, &to_connect, &status);
    MpTime took = mp_clock_now() - began;
    if (!tcp) {
        mp_dial_add_failure(measurement, "proxy_connect", took, &status, error);
        return NULL;
    }
    mp_measurement_add_stage(measurement, "proxy_connect", MP_OUTCOME_ANSWERED, took, 0, NULL);

    g_auto(MpNetProxyReport) report = {0};
    gboolean is_open = ask(tcp, proxy, goal, limit, &report, &status);
    set_proxy(measurement, goal, tcp, &report);
    if (!is_open) {
        add_refusal(measurement, &report, &status, error);
        return NULL;
    }
    mp_measurement_add_stage(measurement, "proxy", MP_OUTCOME_ANSWERED, report.took, 0, NULL);
    return g_steal_pointer(&tcp);
}

MpNetTransport *mp_dial_proxy_again(const MpAddress *address, const MpDialGoal *goal,
                                    const MpNetLimit *limit, MpNetStatus *status)
{
    g_autoptr(MpProxyUri) proxy = mp_proxy_uri_parse(goal->targets->proxy_url, NULL);
    g_autoptr(MpNetTransport) tcp = proxy ? mp_net_tcp_open(address, limit, status) : NULL;
    g_auto(MpNetProxyReport) report = {0};
    if (!tcp || !ask(tcp, proxy, goal, limit, &report, status))
        return NULL;
    return g_steal_pointer(&tcp);
}
