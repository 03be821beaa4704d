/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 4787's mappings and filters in nftables.
 */
#include "lab/nat.h"

/* Linux' own for a UDP flow with traffic both ways. */
#define DEFAULT_TIMEOUT_S 120
#define MAX_MAPPINGS 65535

/* The key of a mapping: its type, and itself as seen by a flow that began inside, and outside. */
typedef struct {
    const char *type;
    const char *of_outgoing;
    const char *of_incoming;
} MappingKey;

static const MappingKey mapping_keys[] = {
    [MP_NAT_ENDPOINT_INDEPENDENT] = {"ipv4_addr . inet_service",
                                     "ct original ip saddr . ct original proto-src",
                                     "ct reply ip saddr . ct reply proto-src"},
    [MP_NAT_ADDRESS_DEPENDENT] = {"ipv4_addr . inet_service . ipv4_addr",
                                  "ct original ip saddr . ct original proto-src . "
                                  "ct original ip daddr",
                                  "ct reply ip saddr . ct reply proto-src . ct reply ip daddr"},
    /* One connection, one mapping: what Linux remembers anyway. */
    [MP_NAT_ADDRESS_AND_PORT_DEPENDENT] = {NULL, NULL, NULL},
};

/* Who may send to a mapped port; NULL: only who was sent to from it, which needs no rule. */
static const char *const filters[] = {
    [MP_NAT_ENDPOINT_INDEPENDENT] = "",
    [MP_NAT_ADDRESS_DEPENDENT] = "udp dport . ip saddr @contacted ",
    [MP_NAT_ADDRESS_AND_PORT_DEPENDENT] = NULL,
};

static void append_set(GString *text, const char *kind, const char *name, const char *type,
                       const MpNat *nat)
{
    g_string_append_printf(text,
                           "\t%s %s {\n"
                           "\t\ttype %s\n"
                           "\t\tflags dynamic, timeout\n"
                           "\t\ttimeout %us\n"
                           "\t\tsize %d\n"
                           "\t}\n",
                           kind, name, type,
                           nat->udp_timeout_s ? nat->udp_timeout_s : DEFAULT_TIMEOUT_S,
                           MAX_MAPPINGS);
}

void mp_nat_append_sets(GString *text, const MpGateway *gateway)
{
    const MpNat *nat = gateway->nat;
    if (!nat)
        return;
    const MappingKey *key = &mapping_keys[nat->mapping];
    g_string_append_printf(text, "\t# %s: nat: mapping\n", gateway->part);
    if (key->type) {
        g_autofree char *type = g_strconcat(key->type, " : inet_service", NULL);
        append_set(text, "map", "mapped", type, nat);
    }
    append_set(text, "map", "inner", "inet_service : ipv4_addr . inet_service", nat);
    if (nat->filtering != MP_NAT_ADDRESS_DEPENDENT)
        return;
    g_string_append_printf(text, "\t# %s: nat: filtering\n", gateway->part);
    append_set(text, "set", "contacted", "inet_service . ipv4_addr", nat);
}

void mp_nat_append_prerouting(GString *text, const MpGateway *gateway)
{
    const MpNat *nat = gateway->nat;
    if (nat && filters[nat->filtering])
        g_string_append_printf(text,
                               "\t\t# %s: nat: filtering\n"
                               "\t\tiifname \"%s\" ip daddr %s meta l4proto udp %s"
                               "dnat ip to udp dport map @inner\n",
                               gateway->part, gateway->outside, gateway->address,
                               filters[nat->filtering]);
    if (nat && nat->hairpins)
        g_string_append_printf(text,
                               "\t\t# %s: nat: hairpin\n"
                               "\t\t%s ip daddr %s meta l4proto udp "
                               "dnat ip to udp dport map @inner\n",
                               gateway->part, gateway->to_nat, gateway->address);
}

/* RFC 4787 section 4.2.1: the inner port where no other mapping has it. A port that was chosen at
 * random is found by the kernel, which takes one that is free. */
static void append_translation(GString *text, const MpGateway *gateway)
{
    const MpNat *nat = gateway->nat;
    const char *address = gateway->address;
    const char *key = mapping_keys[nat->mapping].of_outgoing;
    g_string_append_printf(text,
                           "\tchain translate {\n"
                           "\t\tmeta l4proto != udp snat to %s%s\n",
                           address, nat->has_random_ports ? " fully-random" : "");
    if (key)
        g_string_append_printf(text, "\t\tmeta l4proto udp snat to %s : %s map @mapped\n", address,
                               key);
    if (!nat->has_random_ports)
        g_string_append_printf(text, "\t\tudp sport != @inner snat to %s\n", address);
    g_string_append_printf(text,
                           "\t\tsnat to %s fully-random\n"
                           "\t}\n",
                           address);
}

/* A packet that comes back in has been outside: RFC 4787 REQ-9, "external source IP address and
 * port". */
static void append_postrouting(GString *text, const MpGateway *gateway)
{
    g_string_append_printf(text,
                           "\tchain postrouting {\n"
                           "\t\ttype nat hook postrouting priority srcnat; policy accept;\n"
                           "\t\t%s oifname \"%s\" jump translate\n",
                           gateway->to_nat, gateway->outside);
    if (gateway->nat->hairpins)
        g_string_append_printf(text,
                               "\t\t%s ct original ip daddr %s meta l4proto udp jump translate\n",
                               gateway->to_nat, gateway->address);
    g_string_append(text, "\t}\n");
}

/* A packet of a flow that began inside, and of one that was let in. */
#define SENT "meta l4proto udp ct status snat "
#define LET_IN "meta l4proto udp ct status dnat "

/* Each packet of a mapping, either way, makes it live on (RFC 4787 section 4.3). A flow back in
 * belongs to two mappings: of who sent it and of whom it is for. */
static void append_memory(GString *text, const MpGateway *gateway)
{
    const MpNat *nat = gateway->nat;
    const MappingKey *key = &mapping_keys[nat->mapping];
    g_string_append(text,
                    "\tchain remember {\n"
                    "\t\ttype filter hook postrouting priority srcnat + 100; policy accept;\n");
    if (key->type)
        g_string_append_printf(text,
                               "\t\t" SENT "update @mapped { %s : ct reply proto-dst }\n"
                               "\t\t" LET_IN "update @mapped { %s : ct original proto-dst }\n",
                               key->of_outgoing, key->of_incoming);
    g_string_append(text, "\t\t" SENT "update @inner { ct reply proto-dst : "
                          "ct original ip saddr . ct original proto-src }\n"
                          "\t\t" LET_IN "update @inner { ct original proto-dst : "
                          "ct reply ip saddr . ct reply proto-src }\n");
    if (nat->filtering == MP_NAT_ADDRESS_DEPENDENT)
        g_string_append(text, "\t\t" SENT "update @contacted { "
                              "ct reply proto-dst . ct original ip daddr }\n"
                              "\t\t" LET_IN "ct direction reply update @contacted { "
                              "ct original proto-dst . ct original ip saddr }\n");
    g_string_append(text, "\t}\n");
}

void mp_nat_append_chains(GString *text, const MpGateway *gateway)
{
    if (!gateway->nat)
        return;
    g_string_append_printf(text, "\t# %s: nat: mapping\n", gateway->part);
    append_translation(text, gateway);
    append_postrouting(text, gateway);
    append_memory(text, gateway);
}
