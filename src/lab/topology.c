/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commands that make a network: one `ip -batch` a namespace, because each process costs
 * milliseconds of the newcomer's first impression.
 */
#include "lab/topology.h"

#include <string.h>

#include "lab/firewall.h"
#include "lab/places.h"

/* No generated link-local addresses: one way, not two, and no duplicate address detection. */
#define LINKS                                                                                      \
    "netns add client\n"                                                                           \
    "netns add router\n"                                                                           \
    "netns add internet\n"                                                                         \
    "link add eth0 netns client type veth peer name lan netns router\n"                            \
    "link add wan netns router type veth peer name eth0 netns internet\n"

#define CLIENT                                                                                     \
    "link set lo up\n"                                                                             \
    "link set eth0 addrgenmode none\n"                                                             \
    "address add 10.10.0.2/24 dev eth0\n"                                                          \
    "link set eth0 up\n"                                                                           \
    "route add default via 10.10.0.1\n"

#define ROUTER                                                                                     \
    "link set lo up\n"                                                                             \
    "link set lan addrgenmode none\n"                                                              \
    "link set wan addrgenmode none\n"                                                              \
    "address add 10.10.0.1/24 dev lan\n"                                                           \
    "address add 203.0.113.2/24 dev wan\n"                                                         \
    "link set lan up\n"                                                                            \
    "link set wan up\n"                                                                            \
    "route add default via 203.0.113.1\n"

#define INTERNET                                                                                   \
    "link set lo up\n"                                                                             \
    "link set eth0 addrgenmode none\n"                                                             \
    "address add 203.0.113.1/24 dev eth0\n"                                                        \
    "address add " MP_TURN_ADDRESS "/32 dev eth0\n"                                            \
    "address add " MP_TURN_SECOND_ADDRESS "/32 dev eth0\n"                                     \
    "address add " MP_RESPONDER_ADDRESS "/32 dev eth0\n"                                       \
    "link set eth0 up\n"

/* Without NAT the internet must know the way back. */
#define ROUTE_TO_SITE "route add 10.10.0.0/24 via 203.0.113.2\n"

static void command_free(gpointer data)
{
    MpLabCommand *command = data;
    g_strfreev(command->argv);
    g_free(command->input);
    g_free(command);
}

static void add(GPtrArray *commands, const char *const *argv, const char *input)
{
    MpLabCommand *command = g_new0(MpLabCommand, 1);
    command->argv = g_strdupv((char **)argv);
    command->input = g_strdup(input);
    g_ptr_array_add(commands, command);
}

static void add_batch(GPtrArray *commands, const char *namespace, const char *input)
{
    add(commands, (const char *const[]){"ip", "-n", namespace, "-batch", "-", NULL}, input);
}

static void add_forwarding(GPtrArray *commands, const char *namespace)
{
    add(commands,
        (const char *const[]){"ip", "netns", "exec", namespace, "tee",
                              "/proc/sys/net/ipv4/ip_forward", NULL},
        "1\n");
}

GPtrArray *mp_topology_commands(const MpNetwork *network)
{
    g_autofree char *ruleset = mp_firewall_ruleset(network);
    GPtrArray *commands = g_ptr_array_new_with_free_func(command_free);
    add(commands, (const char *const[]){"ip", "-batch", "-", NULL}, LINKS);
    add_batch(commands, MP_PLACE_CLIENT, CLIENT);
    add_batch(commands, MP_PLACE_INTERNET,
              network->site->has_nat ? INTERNET : INTERNET ROUTE_TO_SITE);
    /* The side that comes up last is shown without carrier for up to a second, and libnice passes
     * over such an interface: let it be the router, where no libnice runs. */
    add_batch(commands, MP_PLACE_ROUTER, ROUTER);
    add(commands,
        (const char *const[]){"ip", "netns", "exec", MP_PLACE_ROUTER, "nft", "-f", "-", NULL},
        ruleset);
    /* The firewall stands before the first packet can pass. */
    add_forwarding(commands, MP_PLACE_ROUTER);
    /* Where no route leads on, the internet says so. */
    add_forwarding(commands, MP_PLACE_INTERNET);
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
