/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From a server's URI to its addresses.
 */
#include "probe/server_addresses.h"

#include <string.h>

#include "base/clock.h"
#include "model/outcome.h"
#include "net/nat64.h"
#include "net/resolver.h"
#include "net/route.h"
#include "net/services.h"
#include "probe/net_outcome.h"

/* Of the time to find the name: a name server that knows addresses, but keeps mum about SRV, must
 * not cost the step. */
#define SERVICES_LIMIT MP_SEC(2)
/* More records than these are not gone through. */
#define MOST_TARGETS 4

gboolean mp_server_has_both_families(void)
{
    return mp_net_has_route(MP_FAMILY_IPV4) && mp_net_has_route(MP_FAMILY_IPV6);
}

/* RFC 8489 section 8, RFC 5928 section 3, RFC 7350: "_turns._tcp.turn.example". */
static char *service_name(const MpServerUri *server)
{
    return g_strdup_printf(
        "_%s%s._%s.%s", server->is_turn || server->asks_turn_server ? "turn" : "stun",
        mp_transport_is_secure(server->transport) ? "s" : "",
        mp_transport_is_datagram(server->transport) ? "udp" : "tcp", server->host);
}

static JsonArray *describe_services(const GArray *services)
{
    JsonArray *records = json_array_new();
    for (guint i = 0; i < services->len; i++) {
        const MpDnsService *service = &g_array_index(services, MpDnsService, i);
        JsonObject *record = json_object_new();
        json_object_set_string_member(record, "target", service->target);
        json_object_set_int_member(record, "port", service->port);
        json_object_set_int_member(record, "priority", service->priority);
        json_object_set_int_member(record, "weight", service->weight);
        json_array_add_object_element(records, record);
    }
    return records;
}

/* NULL where the name has no such records, or none are known. */
static GArray *find_services(const MpServerUri *server, JsonObject *facts, const MpNetLimit *limit)
{
    MpAddress from;
    gboolean is_cut = FALSE;
    MpNetStatus status = {0};
    g_autofree char *name = service_name(server);
    const MpNetLimit until = {.deadline = MIN(limit->deadline, mp_clock_now() + SERVICES_LIMIT),
                              .cancellable = limit->cancellable};
    g_autoptr(GArray) services = mp_net_find_services(name, &until, &from, &is_cut, &status);
    JsonObject *srv = json_object_new();
    json_object_set_object_member(facts, "srv", srv);
    json_object_set_string_member(srv, "name", name);
    json_object_set_string_member(srv, "outcome",
                                  services ? mp_outcome_name(MP_OUTCOME_ANSWERED)
                                           : mp_outcome_name(mp_outcome_of_net(status.outcome)));
    if (!services)
        return NULL;
    g_autofree char *text = mp_address_to_ip_string(&from);
    json_object_set_string_member(srv, "server", text);
    json_object_set_array_member(srv, "records", describe_services(services));
    if (is_cut)
        json_object_set_boolean_member(srv, "truncated", TRUE);
    return services->len > 0 ? g_steal_pointer(&services) : NULL;
}

/* To the record of the facts that they belong to. */
static void set_addresses(JsonObject *facts, guint index, const GArray *found)
{
    JsonObject *srv = json_object_get_object_member(facts, "srv");
    JsonArray *records = json_object_get_array_member(srv, "records");
    JsonArray *addresses = json_array_new();
    for (guint i = 0; i < found->len; i++) {
        g_autofree char *text = mp_address_to_string(&g_array_index(found, MpAddress, i));
        json_array_add_string_element(addresses, text);
    }
    json_object_set_array_member(json_array_get_object_element(records, index), "addresses",
                                 addresses);
}

static gboolean has_address(JsonObject *record, const char *text)
{
    JsonArray *addresses = json_object_has_member(record, "addresses")
                               ? json_object_get_array_member(record, "addresses")
                               : NULL;
    for (guint i = 0; addresses && i < json_array_get_length(addresses); i++)
        if (g_str_equal(json_array_get_string_element(addresses, i), text))
            return TRUE;
    return FALSE;
}

void mp_server_addresses_take(JsonObject *facts, const MpAddress *address)
{
    JsonObject *srv = json_object_has_member(facts, "srv")
                          ? json_object_get_object_member(facts, "srv")
                          : NULL;
    if (!srv || !json_object_has_member(srv, "records"))
        return;
    JsonArray *records = json_object_get_array_member(srv, "records");
    g_autofree char *text = mp_address_to_string(address);
    for (guint i = 0; i < json_array_get_length(records); i++) {
        JsonObject *record = json_array_get_object_element(records, i);
        if (!has_address(record, text))
            continue;
        g_autofree char *taken = g_strdup_printf("%s:%" G_GINT64_FORMAT,
                                                 json_object_get_string_member(record, "target"),
                                                 json_object_get_int_member(record, "port"));
        json_object_set_string_member(srv, "taken", taken);
        return;
    }
}

/* The addresses of all targets, the first target's first. */
static GArray *resolve_services(const GArray *services, JsonObject *facts, const MpNetLimit *limit,
                                MpNetStatus *status)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    for (guint i = 0; i < MIN(services->len, MOST_TARGETS); i++) {
        const MpDnsService *service = &g_array_index(services, MpDnsService, i);
        if (g_str_equal(service->target, ".")) {
            mp_net_fail(status, MP_NET_REFUSED,
                        "its SRV record says that there is no such service");
            continue;
        }
        g_autoptr(GArray) found = mp_net_resolve(service->target, service->port, limit, status);
        if (!found)
            continue;
        set_addresses(facts, i, found);
        g_array_append_vals(all, found->data, found->len);
    }
    return all->len > 0 ? g_steal_pointer(&all) : NULL;
}

/* RFC 7050 section 3: an IPv4 literal is of no use with IPv6 only, until it is put behind the
 * prefix. */
static GArray *translate(const MpAddress *ipv4, JsonObject *facts, const MpNetLimit *limit,
                         MpNetStatus *status)
{
    MpNat64Prefix prefix;
    if (!mp_net_nat64_discover(limit, &prefix, status))
        return NULL;
    MpAddress base = {.family = MP_FAMILY_IPV6};
    memcpy(base.bytes, prefix.bytes, sizeof prefix.bytes);
    g_autofree char *text = mp_address_to_ip_string(&base);
    g_autofree char *fact = g_strdup_printf("%s/%u", text, prefix.length);
    json_object_set_string_member(facts, "nat64_prefix", fact);
    const MpAddress address = mp_nat64_embed(&prefix, ipv4);
    GArray *addresses = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    return g_array_append_val(addresses, address);
}

static GArray *find_all(const MpServerUri *server, JsonObject *facts, const MpNetLimit *limit,
                        MpNetStatus *status)
{
    MpAddress literal;
    if (mp_address_parse(&literal, server->host, server->port)) {
        const gboolean is_out_of_reach = literal.family == MP_FAMILY_IPV4 &&
                                         !mp_net_has_route(MP_FAMILY_IPV4) &&
                                         mp_net_has_route(MP_FAMILY_IPV6);
        if (is_out_of_reach)
            return translate(&literal, facts, limit, status);
    } else if (server->lacks_port) {
        g_autoptr(GArray) services = find_services(server, facts, limit);
        if (services)
            return resolve_services(services, facts, limit, status);
    }
    return mp_net_resolve(server->host, server->port, limit, status);
}

static void append_family(GArray *to, const GArray *from, MpFamily family)
{
    for (guint i = 0; i < from->len; i++)
        if (g_array_index(from, MpAddress, i).family == family)
            g_array_append_vals(to, &g_array_index(from, MpAddress, i), 1);
}

GArray *mp_server_addresses(const MpServerUri *server, MpFamily family, JsonObject *facts,
                            const MpNetLimit *limit, MpNetStatus *status)
{
    g_autoptr(GArray) all = find_all(server, facts, limit, status);
    if (!all || family == MP_FAMILY_NONE)
        return g_steal_pointer(&all);
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(MpAddress));
    append_family(chosen, all, family);
    if (family == MP_FAMILY_IPV4)
        append_family(chosen, all, MP_FAMILY_IPV6);
    return g_steal_pointer(&chosen);
}
