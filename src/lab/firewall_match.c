/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A firewall rule's match: direction, far addresses, protocol, far ports, then what it counts.
 */
#include "lab/firewall_match.h"

#include "lab/places.h"

/* How much may come at once under a rate of packets: 50 ms of it. Under a rate of bytes the kernel
 * always lets a second's worth come. */
#define BURSTS_A_SECOND 20
#define MIN_BURST_PACKETS 2

/* RFC 6052 section 2.2: the well-known prefix is 96 bits, the IPv4 address the last 32. */
#define NAT64_PREFIX_LENGTH 96

typedef struct {
    const char *match;
    const char *ports; /* "" where there are none */
} ProtocolWords;

static const ProtocolWords protocol_words[] = {
    [MP_FIREWALL_UDP] = {"meta l4proto udp ", "udp"},
    [MP_FIREWALL_TCP] = {"meta l4proto tcp ", "tcp"},
    [MP_FIREWALL_ICMP] = {"meta l4proto icmp ", ""},
    [MP_FIREWALL_ANY] = {"", "th"},
};

static const char *const content_words[] = {
    [MP_FIREWALL_ANYTHING] = "",
    [MP_FIREWALL_DTLS] = "@th,64,8 >= 20 @th,64,8 <= 63 ",
    [MP_FIREWALL_SRTP] = "@th,64,8 >= 128 @th,64,8 <= 191 ",
    [MP_FIREWALL_TURN_INDICATION] = "@th,64,16 >= 22 @th,64,16 <= 23 ",
    [MP_FIREWALL_TURN_CHANNEL] = "@th,64,8 >= 64 @th,64,8 <= 79 ",
};

/* With ports, "any" can only mean the protocols that have some. */
#define WITH_PORTS "meta l4proto { tcp, udp } "

gboolean mp_firewall_rule_is_per_packet(const MpFirewallRule *rule)
{
    return rule->direction == MP_FIREWALL_IN || rule->content || rule->larger_than ||
           rule->above_bps || rule->above_pps || rule->after_packets || rule->after_s;
}

static void append_direction(GString *text, const MpGateway *gateway, const MpFirewallRule *rule)
{
    if (rule->direction == MP_FIREWALL_IN)
        g_string_append_printf(text, "iifname \"%s\" ", gateway->outside);
    else
        g_string_append_printf(text, "%s oifname \"%s\" ", gateway->from_lan, gateway->outside);
}

/* A site with IPv6 only knows an IPv4 server by its address behind NAT64. */
static char *range_of(const char *text, MpFamily family)
{
    MpCidr range;
    gboolean is_range = mp_cidr_parse(&range, text);
    g_assert(is_range);
    if (range.base.family == family)
        return g_strdup(text);
    const guint8 *bytes = range.base.bytes;
    return g_strdup_printf("64:ff9b::%02x%02x:%02x%02x/%u", bytes[0], bytes[1], bytes[2], bytes[3],
                           NAT64_PREFIX_LENGTH + range.prefix_length);
}

static void append_ranges(GString *text, const MpGateway *gateway, const MpFirewallRule *rule)
{
    if (!rule->to)
        return;
    g_string_append_printf(text, "%s %s %s{ ", mp_gateway_family_word(gateway),
                           rule->direction == MP_FIREWALL_IN ? "saddr" : "daddr",
                           rule->spares_to ? "!= " : "");
    for (guint i = 0; rule->to[i]; i++) {
        g_autofree char *range = range_of(rule->to[i], gateway->family);
        g_string_append_printf(text, "%s%s", i ? ", " : "", range);
    }
    g_string_append(text, " } ");
}

static void append_protocol(GString *text, const MpGateway *gateway, const MpFirewallRule *rule)
{
    if (rule->protocol == MP_FIREWALL_ICMP && gateway->family == MP_FAMILY_IPV6)
        g_string_append(text, "meta l4proto ipv6-icmp ");
    else if (rule->protocol == MP_FIREWALL_ANY && rule->ports->len > 0)
        g_string_append(text, WITH_PORTS);
    else
        g_string_append(text, protocol_words[rule->protocol].match);
}

static void append_ports(GString *text, const MpFirewallRule *rule)
{
    if (rule->ports->len == 0)
        return;
    g_string_append_printf(text, "%s %s %s{ ", protocol_words[rule->protocol].ports,
                           rule->direction == MP_FIREWALL_IN ? "sport" : "dport",
                           rule->spares ? "!= " : "");
    for (guint i = 0; i < rule->ports->len; i++) {
        const MpFirewallPorts *ports = &g_array_index(rule->ports, MpFirewallPorts, i);
        g_string_append_printf(text, "%s%u", i ? ", " : "", ports->first);
        if (ports->last != ports->first)
            g_string_append_printf(text, "-%u", ports->last);
    }
    g_string_append(text, " } ");
}

/* A limit takes from its bucket what reaches it, so limits stand last. */
static void append_counts(GString *text, const MpFirewallRule *rule, guint number)
{
    g_string_append(text, content_words[rule->content]);
    if (rule->larger_than)
        g_string_append_printf(text, "meta length > %u ", rule->larger_than);
    if (rule->after_packets)
        g_string_append_printf(text, "ct packets > %u ", rule->after_packets);
    if (rule->after_s)
        g_string_append_printf(text, "ct mark != @young_%u ", number);
    if (rule->above_bps)
        g_string_append_printf(text, "limit rate over %" G_GUINT64_FORMAT " bytes/second ",
                               rule->above_bps / 8);
    if (rule->above_pps)
        g_string_append_printf(text, "limit rate over %u/second burst %u packets ", rule->above_pps,
                               MAX(rule->above_pps / BURSTS_A_SECOND, MIN_BURST_PACKETS));
}

void mp_firewall_append_match(GString *text, const MpGateway *gateway, const MpFirewallRule *rule,
                              guint number)
{
    append_direction(text, gateway, rule);
    append_ranges(text, gateway, rule);
    append_protocol(text, gateway, rule);
    append_ports(text, rule);
    append_counts(text, rule, number);
}
