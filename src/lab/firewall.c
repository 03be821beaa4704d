/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The router's NAT and firewall: replies pass, the rules judge what leaves, nothing else comes in.
 */
#include "lab/firewall.h"

typedef struct {
    const char *match; /* before the ports; "" where the port match says it */
    const char *ports; /* whose destination port it is */
} ProtocolWords;

static const ProtocolWords protocol_words[] = {
    [MP_FIREWALL_UDP] = {"meta l4proto udp ", "udp dport"},
    [MP_FIREWALL_TCP] = {"meta l4proto tcp ", "tcp dport"},
    [MP_FIREWALL_ICMP] = {"meta l4proto icmp ", ""},
    [MP_FIREWALL_ANY] = {"", "th dport"},
};

/* With ports, "any" can only mean the protocols that have some. */
#define WITH_PORTS "meta l4proto { tcp, udp } "

static void append_ports(GString *text, const MpFirewallRule *rule)
{
    if (rule->ports->len == 0)
        return;
    g_string_append_printf(text, "%s %s{ ", protocol_words[rule->protocol].ports,
                           rule->spares ? "!= " : "");
    for (guint i = 0; i < rule->ports->len; i++) {
        const MpFirewallPorts *ports = &g_array_index(rule->ports, MpFirewallPorts, i);
        g_string_append_printf(text, "%s%u", i ? ", " : "", ports->first);
        if (ports->last != ports->first)
            g_string_append_printf(text, "-%u", ports->last);
    }
    g_string_append(text, " } ");
}

/* `extra` narrows the match further, `verdict` ends the rule. */
static void append_rule(GString *text, const MpFirewallRule *rule, const char *extra,
                        const char *verdict)
{
    gboolean is_any = rule->protocol == MP_FIREWALL_ANY;
    g_string_append(text, "\t\tiifname \"lan\" ");
    if (rule->to)
        g_string_append_printf(text, "ip daddr %s ", rule->to[0]);
    g_string_append(text, extra);
    g_string_append(text,
                    is_any && rule->ports->len ? WITH_PORTS : protocol_words[rule->protocol].match);
    append_ports(text, rule);
    g_string_append_printf(text, "counter %s\n", verdict);
}

/* Firewalls that refuse reset TCP and answer the rest with ICMP "administratively prohibited". */
static void append_rejection(GString *text, const MpFirewallRule *rule)
{
    if (rule->protocol != MP_FIREWALL_UDP)
        append_rule(text, rule, rule->protocol == MP_FIREWALL_ANY ? "meta l4proto tcp " : "",
                    "reject with tcp reset");
    if (rule->protocol != MP_FIREWALL_TCP)
        append_rule(text, rule, "", "reject with icmp admin-prohibited");
}

char *mp_firewall_ruleset(const MpNetwork *network)
{
    GString *text = g_string_new("table ip site {\n"
                                 /* A packet that is let in to the router itself would occupy the
                                    translation that the client is about to get. */
                                 "\tchain input {\n"
                                 "\t\ttype filter hook input priority 0; policy accept;\n"
                                 "\t\tct state established,related accept\n"
                                 "\t\tiifname \"wan\" counter drop\n"
                                 "\t}\n"
                                 "\tchain forward {\n"
                                 "\t\ttype filter hook forward priority 0; policy accept;\n"
                                 "\t\tct state established,related accept\n");
    for (guint i = 0; i < network->site->firewall->len; i++) {
        const MpFirewallRule *rule = g_ptr_array_index(network->site->firewall, i);
        if (rule->action == MP_FIREWALL_DROP)
            append_rule(text, rule, "", "drop");
        else
            append_rejection(text, rule);
    }
    g_string_append(text, "\t\tiifname \"wan\" counter drop\n\t}\n");
    if (network->site->has_nat)
        g_string_append(text, "\tchain postrouting {\n"
                              "\t\ttype nat hook postrouting priority 100; policy accept;\n"
                              "\t\toifname \"wan\" masquerade\n"
                              "\t}\n");
    g_string_append(text, "}\n");
    return g_string_free(text, FALSE);
}
