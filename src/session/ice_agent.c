/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A libnice agent set up as a call needs it.
 */
#include "session/ice_agent.h"

static void set_relay(NiceAgent *agent, guint stream, const MpIceRelay *relay)
{
    g_autofree char *ip = mp_address_to_ip_string(&relay->server);
    if (relay->bridge_port)
        g_object_set(agent, "proxy-type", NICE_PROXY_TYPE_HTTP, "proxy-ip",
                     relay->server.family == MP_FAMILY_IPV6 ? "::1" : "127.0.0.1", "proxy-port",
                     (guint)relay->bridge_port, NULL);
    nice_agent_set_relay_info(agent, stream, MP_ICE_COMPONENT, ip, relay->server.port, relay->user,
                              relay->password,
                              relay->is_tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP);
}

static void set_addresses(NiceAgent *agent, guint stream, const MpIceConfig *config)
{
    if (config->local.family != MP_FAMILY_NONE) {
        NiceAddress local;
        struct sockaddr_storage storage;
        mp_address_to_sockaddr(&config->local, &storage);
        nice_address_init(&local);
        nice_address_set_from_sockaddr(&local, (struct sockaddr *)&storage);
        nice_address_set_port(&local, 0);
        nice_agent_add_local_address(agent, &local);
    }
    if (config->first_port)
        nice_agent_set_port_range(agent, stream, MP_ICE_COMPONENT, config->first_port,
                                  config->last_port);
    if (config->stun_server.family != MP_FAMILY_NONE) {
        g_autofree char *ip = mp_address_to_ip_string(&config->stun_server);
        g_object_set(agent, "stun-server", ip, "stun-server-port", (guint)config->stun_server.port,
                     NULL);
    }
}

NiceAgent *mp_ice_agent_new(const MpIceConfig *config, guint *stream)
{
    /* Its consent freshness gives a pair up after 10 s, two checks that a full queue has lost: a
     * browser's call would go on, for RFC 7675 gives it 30 s. Without it the checks are the same
     * and libnice waits for 50 s; ice_consent.c is ours. */
    NiceAgent *agent = nice_agent_new_full(g_main_context_get_thread_default(),
                                           NICE_COMPATIBILITY_RFC5245,
                                           NICE_AGENT_OPTION_REGULAR_NOMINATION);
    /* UPnP would add 200 ms and multicast; ICE-TCP would add TURN allocations that nobody uses. */
    g_object_set(agent, "upnp", FALSE, "ice-tcp", FALSE, "controlling-mode", config->is_controlling,
                 "force-relay", config->relay != NULL, "keepalive-conncheck", TRUE, NULL);
    *stream = nice_agent_add_stream(agent, 1);
    set_addresses(agent, *stream, config);
    if (config->relay)
        set_relay(agent, *stream, config->relay);
    return agent;
}

void mp_ice_agent_local(NiceAgent *agent, guint stream, char **ufrag, char **pwd,
                        GPtrArray *candidates)
{
    nice_agent_get_local_credentials(agent, stream, ufrag, pwd);
    GSList *list = nice_agent_get_local_candidates(agent, stream, MP_ICE_COMPONENT);
    for (GSList *at = list; at; at = at->next) {
        g_autofree char *line = nice_agent_generate_local_candidate_sdp(agent, at->data);
        g_ptr_array_add(candidates, g_strdup(g_str_has_prefix(line, "a=") ? line + 2 : line));
    }
    g_slist_free_full(list, (GDestroyNotify)nice_candidate_free);
}
