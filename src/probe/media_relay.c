/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The relay of a media step.
 */
#include "probe/media_relay.h"

#include "base/clock.h"
#include "model/proxy_uri.h"

/* Stands for a server whose address only the proxy knows: RFC 5737. The bridge takes it for the
 * server, and nothing is ever sent to it. */
#define UNKNOWN_SERVER "192.0.2.1"

static gboolean read_address(JsonObject *facts, const char *name, MpAddress *address)
{
    const char *text = mp_facts_string(facts, name);
    return text && mp_address_parse_with_port(address, text);
}

static gboolean read_addresses(MpMediaRelay *relay, const MpStep *step, JsonObject *facts)
{
    gboolean is_proxied = mp_way_is_proxied(step->way);
    if (!read_address(facts, "local_address", &relay->local) ||
        !read_address(facts, is_proxied ? "proxy.address" : "server_address", &relay->entrance))
        return FALSE;
    if (!is_proxied)
        read_address(facts, "served_by", &relay->entrance); /* where 300 led */
    relay->local.port = 0;
    relay->ice.server = relay->entrance;
    return !is_proxied || mp_address_parse(&relay->ice.server, UNKNOWN_SERVER, step->server->port);
}

static void set_login(MpMediaRelay *relay, const MpTargets *targets, JsonObject *facts)
{
    gboolean is_open = g_strcmp0(mp_facts_string(facts, "auth"), "none") == 0;
    relay->credentials = mp_turn_credentials_for(targets->turn_user, targets->turn_password,
                                                 targets->turn_secret, mp_clock_realtime());
    relay->ice.user = is_open ? "" : mp_turn_credentials_user(relay->credentials);
    relay->ice.password = is_open ? "" : mp_turn_credentials_password(relay->credentials);
}

/* What the TURN step's last certificate bore. */
static const char *server_name(const MpStep *step, JsonObject *facts)
{
    const char *redirected = mp_facts_string(facts, "served_by_name");
    return redirected ? redirected : step->server->host;
}

static gboolean open_bridge(MpMediaRelay *relay, const MpStep *step, const MpTargets *targets,
                            JsonObject *facts, GError **error)
{
    gboolean is_proxied = mp_way_is_proxied(step->way);
    g_autoptr(MpProxyUri) proxy = is_proxied ? mp_proxy_uri_parse(targets->proxy_url, error) : NULL;
    if (is_proxied && !proxy)
        return FALSE;
    const MpRelayBridgeConfig config = {
        .server = relay->ice.server,
        .server_name = server_name(step, facts),
        .is_tls = mp_way_is_tls(step->way),
        .ca_file = targets->ca_file,
        .proxy = is_proxied ? &relay->entrance : NULL,
        .proxy_login = {.type = proxy && proxy->is_socks ? MP_NET_PROXY_SOCKS5 : MP_NET_PROXY_HTTP,
                        .user = targets->proxy_user,
                        .password = targets->proxy_password},
    };
    relay->bridge = mp_relay_bridge_new(&config, error);
    if (!relay->bridge)
        return FALSE;
    relay->ice.bridge_port = mp_relay_bridge_port(relay->bridge);
    return TRUE;
}

gboolean mp_media_relay_init(MpMediaRelay *relay, const MpStep *step, const MpProbeContext *context,
                             GError **error)
{
    JsonObject *facts = context->required->facts;
    if (!read_addresses(relay, step, facts)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: the TURN step left no addresses",
                    step->id);
        return FALSE;
    }
    set_login(relay, context->targets, facts);
    relay->ice.is_tcp = mp_way_is_stream(step->way);
    gboolean needs_bridge = mp_way_is_tls(step->way) || mp_way_is_proxied(step->way);
    return !needs_bridge || open_bridge(relay, step, context->targets, facts, error);
}

void mp_media_relay_clear(MpMediaRelay *relay)
{
    mp_turn_credentials_free(relay->credentials);
    mp_relay_bridge_free(relay->bridge);
    *relay = (MpMediaRelay){0};
}

gboolean mp_media_relay_is_bypassed(const MpMediaRelay *relay)
{
    return relay->bridge && mp_relay_bridge_handshakes(relay->bridge) == 0;
}
