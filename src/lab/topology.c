/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commands that make a network: first places and wires, then firewalls, then what lets packets
 * pass.
 */
#include "lab/topology.h"

#include "lab/blueprint.h"
#include "lab/firewall.h"
#include "lab/ipv6_plan.h"
#include "lab/nat64.h"
#include "lab/netem.h"
#include "lab/path_mtu.h"
#include "lab/places.h"
#include "lab/site_place.h"
#include "lab/site_plan.h"

#define INTERNET_ADDRESS "203.0.113.126"
#define PUBLIC_RANGE "203.0.113.0/24"

#define IPV4_SETTINGS "/proc/sys/net/ipv4/"
#define IPV6_SETTINGS "/proc/sys/net/ipv6/"
#define CONNTRACK_SETTINGS "/proc/sys/net/netfilter/nf_conntrack_"

/* The side that comes up last is shown without carrier for up to a second, and libnice passes over
 * such an interface: let it be the routers, where no libnice runs. */
static const char *const place_order[] = {
    MP_PLACE_CLIENT,        MP_PLACE_SECOND_CLIENT,
    MP_PLACE_OFFICE,        MP_PLACE_SLOW_DNS,
    MP_PLACE_LINK,          MP_PLACE_INTERNET,
    MP_PLACE_CARRIER,       MP_PLACE_ROUTER,
    MP_PLACE_SECOND_ROUTER, NULL,
};

static void draw_internet(MpBlueprint *blueprint)
{
    static const char *const servers[] = {MP_TURN_ADDRESS,         MP_TURN_SECOND_ADDRESS,
                                          MP_TURN_OUTSIDE_ADDRESS, MP_RESPONDER_ADDRESS,
                                          MP_DNS_ADDRESS,          MP_WEB_ADDRESS};
    mp_blueprint_add(blueprint, MP_PLACE_INTERNET,
                     "address add " INTERNET_ADDRESS "/26 dev eth0\n");
    for (guint i = 0; i < G_N_ELEMENTS(servers); i++)
        mp_blueprint_add(blueprint, MP_PLACE_INTERNET, "address add %s/32 dev eth0\n", servers[i]);
    mp_blueprint_add(blueprint, MP_PLACE_INTERNET,
                     "route add " PUBLIC_RANGE " via " MP_CARRIER_PUBLIC_ADDRESS "\n");
}

/* Packets for hosts that are not there go nowhere, rather than back and forth. */
static void draw_carrier(MpBlueprint *blueprint, const MpCarrier *carrier)
{
    g_autofree char *mtu = mp_path_mtu_words(&carrier->mtu);
    mp_blueprint_add(blueprint, MP_PLACE_CARRIER,
                     "address add " MP_CARRIER_PUBLIC_ADDRESS "/26 dev core\n"
                     "route add unreachable " PUBLIC_RANGE "\n"
                     "# carrier: mtu\n"
                     "route add default via " INTERNET_ADDRESS "%s\n",
                     mtu);
}

/* The device is there before its daemon, so that routes can lead to it. */
static void draw_nat64(MpBlueprint *blueprint)
{
    mp_blueprint_add(blueprint, MP_PLACE_CARRIER,
                     "# site: ip\n"
                     "address add " MP_NAT64_PUBLIC_ADDRESS "/32 dev core\n"
                     "tuntap add " MP_NAT64_DEVICE " mode tun\n"
                     "link set " MP_NAT64_DEVICE " addrgenmode none\n"
                     "link set " MP_NAT64_DEVICE " up\n"
                     "route add " MP_NAT64_PREFIX " dev " MP_NAT64_DEVICE "\n"
                     "route add " MP_NAT64_POOL " dev " MP_NAT64_DEVICE "\n");
}

/* Without NAT the internet must know the way back. */
static void draw_way_back(MpBlueprint *blueprint, const MpNetwork *network, guint i)
{
    const MpSite *site = mp_site_at(network, i);
    if (!site->has_nat && site->ip == MP_SITE_IPV4 && !network->carrier.has_nat)
        mp_blueprint_add(blueprint, MP_PLACE_INTERNET,
                         "route add %s via " MP_CARRIER_PUBLIC_ADDRESS "\n",
                         mp_site_place(i)->range);
}

static MpBlueprint *draw(const MpNetwork *network)
{
    MpBlueprint *blueprint = mp_blueprint_new();
    for (guint i = 0; i < MP_N_SITES; i++)
        if (mp_site_at(network, i))
            mp_site_plan_draw(blueprint, network, i);
    mp_blueprint_add_wire(blueprint, MP_PLACE_CARRIER, "core", MP_PLACE_INTERNET, "eth0");
    draw_carrier(blueprint, &network->carrier);
    if (network->site->ip == MP_SITE_IPV6_NAT64)
        draw_nat64(blueprint);
    draw_internet(blueprint);
    mp_ipv6_plan_draw_internet(blueprint, network);
    for (guint i = 0; i < MP_N_SITES; i++)
        if (mp_site_at(network, i))
            draw_way_back(blueprint, network, i);
    return blueprint;
}

/* Writes a value to files, a list that ends with NULL. */
static void add_setting(GPtrArray *commands, const char *part, const char *place,
                        const char *const *files, guint value)
{
    g_autofree char *input = g_strdup_printf("%u\n", value);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    static const char *const start[] = {"ip", "netns", "exec"};
    for (guint i = 0; i < G_N_ELEMENTS(start); i++)
        g_ptr_array_add(argv, (gpointer)start[i]);
    g_ptr_array_add(argv, (gpointer)place);
    g_ptr_array_add(argv, (gpointer) "tee");
    for (guint i = 0; files[i]; i++)
        g_ptr_array_add(argv, (gpointer)files[i]);
    g_ptr_array_add(argv, NULL);
    mp_lab_commands_add(commands, part, (const char *const *)argv->pdata, input);
}

/* Where no route leads on, a router says so, and each time: a limited rate would make a finding
 * depend on how many probes were sent before. A mask of 0 takes errors out of both of Linux's
 * limits, each destination's (icmp_ratelimit) and that of all (icmp_msgs_per_sec, bursts of about
 * 50). In ICMPv6 a 0 is a list of one type, the reserved one. */
static void add_forwarding(GPtrArray *commands, const char *place, gboolean has_ipv6)
{
    const char *const forwarding[] = {IPV4_SETTINGS "ip_forward",
                                      has_ipv6 ? IPV6_SETTINGS "conf/all/forwarding" : NULL, NULL};
    const char *const limits[] = {IPV4_SETTINGS "icmp_ratemask",
                                  has_ipv6 ? IPV6_SETTINGS "icmp/ratemask" : NULL, NULL};
    add_setting(commands, "network", place, limits, 0);
    add_setting(commands, "network", place, forwarding, 1);
}

static gboolean counts_packets(const MpGateway *gateway)
{
    for (guint i = 0; i < gateway->firewall->len; i++) {
        const MpFirewallRule *rule = g_ptr_array_index(gateway->firewall, i);
        if (rule->after_packets)
            return TRUE;
    }
    return FALSE;
}

static void add_memory(GPtrArray *commands, const MpGateway *gateway)
{
    static const char *const timeouts[] = {CONNTRACK_SETTINGS "udp_timeout",
                                           CONNTRACK_SETTINGS "udp_timeout_stream", NULL};
    static const char *const accounting[] = {CONNTRACK_SETTINGS "acct", NULL};
    g_autofree char *nat = g_strconcat(gateway->part, ": nat: udp_timeout_s", NULL);
    g_autofree char *firewall = g_strconcat(gateway->part, ": firewall: after_packets", NULL);
    if (gateway->nat && gateway->nat->udp_timeout_s)
        add_setting(commands, nat, gateway->place, timeouts, gateway->nat->udp_timeout_s);
    if (counts_packets(gateway))
        add_setting(commands, firewall, gateway->place, accounting, 1);
}

/* The firewall stands before the first packet can pass. */
static void add_gateway(GPtrArray *commands, const MpGateway *gateway, const MpNetwork *network)
{
    g_autofree char *ruleset = mp_firewall_ruleset(gateway, network);
    if (ruleset)
        mp_lab_commands_add(
            commands, gateway->part,
            (const char *const[]){"ip", "netns", "exec", gateway->place, "nft", "-f", "-", NULL},
            ruleset);
    add_memory(commands, gateway);
    add_forwarding(commands, gateway->place, mp_network_has_ipv6(network));
}

GPtrArray *mp_topology_commands(const MpNetwork *network)
{
    g_autoptr(MpBlueprint) blueprint = draw(network);
    GPtrArray *commands = mp_lab_commands_new();
    mp_blueprint_compile(blueprint, place_order, commands);
    add_forwarding(commands, MP_PLACE_INTERNET, FALSE);
    MpGateway carrier = mp_gateway_of_carrier(network);
    add_gateway(commands, &carrier, network);
    for (guint i = 0; i < MP_N_SITES; i++) {
        if (!mp_site_at(network, i))
            continue;
        MpGateway site = mp_gateway_of_site(network, i);
        add_gateway(commands, &site, network);
    }
    mp_netem_add_commands(commands, network);
    return commands;
}

char *mp_topology_to_text(GPtrArray *commands)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < commands->len; i++) {
        const MpLabCommand *command = g_ptr_array_index(commands, i);
        g_autofree char *line = g_strjoinv(" ", command->argv);
        g_string_append(text, line);
        if (command->input)
            g_string_append_printf(text, " <<'END'\n%sEND", command->input);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
