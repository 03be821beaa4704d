/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A gateway's ruleset: what judges each packet, replies pass, what judges new flows, nothing else
 * comes in. Comments name the part of the network file that the lines below them are for.
 */
#include "lab/firewall.h"

#include "lab/firewall_match.h"
#include "lab/nat.h"
#include "lab/path_mtu.h"
#include "lab/redirection.h"

typedef struct {
    const char *chain; /* a chain per code */
    const char *icmp;
    const char *icmpv6; /* RFC 7915 section 4.2; NULL: it knows no such thing */
} RejectWords;

static const RejectWords reject_words[] = {
    [MP_REJECT_ADMIN_PROHIBITED] = {"admin_prohibited", "admin-prohibited", "admin-prohibited"},
    [MP_REJECT_PORT_UNREACHABLE] = {"port_unreachable", "port-unreachable", "port-unreachable"},
    [MP_REJECT_HOST_UNREACHABLE] = {"host_unreachable", "host-unreachable", "no-route"},
    [MP_REJECT_NET_UNREACHABLE] = {"net_unreachable", "net-unreachable", "no-route"},
    [MP_REJECT_PROTOCOL_UNREACHABLE] = {"protocol_unreachable", "prot-unreachable", NULL},
    [MP_REJECT_HOST_PROHIBITED] = {"host_prohibited", "host-prohibited", "admin-prohibited"},
    [MP_REJECT_NET_PROHIBITED] = {"net_prohibited", "net-prohibited", "admin-prohibited"},
};

static const MpFirewallRule *rule_at(const MpGateway *gateway, guint i)
{
    return g_ptr_array_index(gateway->firewall, i);
}

static gboolean has_rejection(const MpGateway *gateway, MpRejectCode code)
{
    for (guint i = 0; i < gateway->firewall->len; i++)
        if (rule_at(gateway, i)->action == MP_FIREWALL_REJECT && rule_at(gateway, i)->code == code)
            return TRUE;
    return FALSE;
}

/* Firewalls that refuse reset TCP and answer the rest with ICMP. */
static void append_rejections(GString *text, const MpGateway *gateway)
{
    for (guint i = 0; i < G_N_ELEMENTS(reject_words); i++) {
        if (!has_rejection(gateway, (MpRejectCode)i))
            continue;
        const RejectWords *words = &reject_words[i];
        gboolean is_ipv6 = gateway->family == MP_FAMILY_IPV6;
        g_string_append_printf(text,
                               "\tchain %s {\n"
                               "\t\tmeta l4proto tcp counter reject with tcp reset\n"
                               "\t\tcounter reject with %s %s\n"
                               "\t}\n",
                               words->chain, is_ipv6 ? "icmpv6" : "icmp",
                               is_ipv6 ? words->icmpv6 : words->icmp);
    }
}

/* Flows younger than a rule's after_s: nothing refreshes an element, so it leaves in time. */
static void append_ages(GString *text, const MpGateway *gateway)
{
    for (guint i = 0; i < gateway->firewall->len; i++)
        if (rule_at(gateway, i)->after_s)
            g_string_append_printf(text,
                                   "\tset young_%u {\n"
                                   "\t\ttype mark\n"
                                   "\t\tflags dynamic, timeout\n"
                                   "\t\ttimeout %us\n"
                                   "\t\tsize 65535\n"
                                   "\t}\n",
                                   i + 1, rule_at(gateway, i)->after_s);
}

/* The first packet of a flow gives it a number. */
static void append_births(GString *text, const MpGateway *gateway)
{
    g_autoptr(GString) births = g_string_new(NULL);
    for (guint i = 0; i < gateway->firewall->len; i++)
        if (rule_at(gateway, i)->after_s)
            g_string_append_printf(births, " add @young_%u { ct mark }", i + 1);
    if (births->len > 0)
        g_string_append_printf(
            text, "\t\tct mark 0 ct mark set numgen inc mod 1000000000 offset 1%s\n", births->str);
}

static void append_rules(GString *text, const MpGateway *gateway, gboolean are_per_packet)
{
    for (guint i = 0; i < gateway->firewall->len; i++) {
        const MpFirewallRule *rule = rule_at(gateway, i);
        if (mp_firewall_rule_is_per_packet(rule) != are_per_packet)
            continue;
        g_string_append_printf(text, "\t\t# %s: firewall: rule %u\n\t\t", gateway->part, i + 1);
        mp_firewall_append_match(text, gateway, rule, i + 1);
        if (rule->action == MP_FIREWALL_DROP)
            g_string_append(text, "counter drop\n");
        else
            g_string_append_printf(text, "counter jump %s\n", reject_words[rule->code].chain);
    }
}

static void append_forward(GString *text, const MpGateway *gateway)
{
    g_string_append(text, "\tchain forward {\n"
                          "\t\ttype filter hook forward priority filter; policy accept;\n");
    append_births(text, gateway);
    append_rules(text, gateway, TRUE);
    g_string_append(text, "\t\tct state established,related accept\n");
    mp_redirection_append_forward(text, gateway);
    append_rules(text, gateway, FALSE);
    if (gateway->site && gateway->nat)
        g_string_append_printf(text, "\t\tiifname \"%s\" ct status dnat accept\n",
                               gateway->outside);
    if (gateway->site)
        g_string_append_printf(text, "\t\tiifname \"%s\" counter drop\n", gateway->outside);
    g_string_append(text, "\t}\n");
}

/* A packet that is let in to the gateway itself would occupy the translation that an inner host is
 * about to get. Neighbours are found by ICMP in IPv6. */
static void append_input(GString *text, const MpGateway *gateway)
{
    g_string_append(text, "\tchain input {\n"
                          "\t\ttype filter hook input priority filter; policy accept;\n"
                          "\t\tct state established,related accept\n");
    if (gateway->family == MP_FAMILY_IPV6)
        g_string_append(text, "\t\tmeta l4proto ipv6-icmp accept\n");
    g_string_append_printf(text, "\t\tiifname \"%s\" counter drop\n", gateway->outside);
    if (gateway->nat)
        g_string_append_printf(text, "\t\t%s ip daddr %s counter drop\n", gateway->to_nat,
                               gateway->address);
    mp_redirection_append_input(text, gateway);
    g_string_append(text, "\t}\n");
}

static void append_dscp(GString *text, const MpGateway *gateway)
{
    if (gateway->dscp < 0)
        return;
    g_string_append_printf(text,
                           "\t# %s: dscp\n"
                           "\tchain dscp {\n"
                           "\t\ttype filter hook postrouting priority mangle; policy accept;\n"
                           "\t\t%s dscp set %d\n"
                           "\t}\n",
                           gateway->part, mp_gateway_family_word(gateway), gateway->dscp);
}

static void append_prerouting(GString *text, const MpGateway *gateway)
{
    g_autoptr(GString) rules = g_string_new(NULL);
    mp_redirection_append_prerouting(rules, gateway);
    mp_nat_append_prerouting(rules, gateway);
    if (rules->len > 0)
        g_string_append_printf(text,
                               "\tchain prerouting {\n"
                               "\t\ttype nat hook prerouting priority dstnat; policy accept;\n"
                               "%s"
                               "\t}\n",
                               rules->str);
}

static void append_table(GString *text, const MpGateway *gateway)
{
    g_string_append_printf(text, "table %s gateway {\n", mp_gateway_family_word(gateway));
    append_ages(text, gateway);
    mp_nat_append_sets(text, gateway);
    append_prerouting(text, gateway);
    g_string_append_printf(text, "\t# %s: firewall\n", gateway->part);
    append_rejections(text, gateway);
    if (mp_gateway_is_closed(gateway))
        append_input(text, gateway);
    append_forward(text, gateway);
    mp_nat_append_chains(text, gateway);
    append_dscp(text, gateway);
    g_string_append(text, "}\n");
}

char *mp_firewall_ruleset(const MpGateway *gateway, const MpNetwork *network)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (mp_gateway_is_closed(gateway) || gateway->firewall->len > 0 || gateway->dscp >= 0)
        append_table(text, gateway);
    mp_path_mtu_append_silence(text, gateway, network);
    return text->len > 0 ? g_strdup(text->str) : NULL;
}
