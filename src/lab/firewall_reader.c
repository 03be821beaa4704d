/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One firewall rule from a network file: what the schema cannot say about ports and addresses.
 */
#include "lab/firewall_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/address.h"

static const char *const actions[] = {
    [MP_FIREWALL_DROP] = "drop",
    [MP_FIREWALL_REJECT] = "reject",
};

static const char *const protocols[] = {
    [MP_FIREWALL_UDP] = "udp",
    [MP_FIREWALL_TCP] = "tcp",
    [MP_FIREWALL_ICMP] = "icmp",
    [MP_FIREWALL_ANY] = "any",
};

static const char *const directions[] = {
    [MP_FIREWALL_OUT] = "out",
    [MP_FIREWALL_IN] = "in",
};

static const char *const contents[] = {
    [MP_FIREWALL_ANYTHING] = "anything",
    [MP_FIREWALL_DTLS] = "dtls",
    [MP_FIREWALL_SRTP] = "srtp",
    [MP_FIREWALL_TURN_INDICATION] = "turn-indication",
    [MP_FIREWALL_TURN_CHANNEL] = "turn-channel",
};

static const char *const codes[] = {
    [MP_REJECT_ADMIN_PROHIBITED] = "admin-prohibited",
    [MP_REJECT_PORT_UNREACHABLE] = "port-unreachable",
    [MP_REJECT_HOST_UNREACHABLE] = "host-unreachable",
    [MP_REJECT_NET_UNREACHABLE] = "net-unreachable",
    [MP_REJECT_PROTOCOL_UNREACHABLE] = "protocol-unreachable",
    [MP_REJECT_HOST_PROHIBITED] = "host-prohibited",
    [MP_REJECT_NET_PROHIBITED] = "net-prohibited",
};

static gboolean parse_ports(const char *text, MpFirewallPorts *ports)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    guint64 first = 0;
    guint64 last = 0;
    if (!g_ascii_string_to_unsigned(ends[0], 10, 1, G_MAXUINT16, &first, NULL))
        return FALSE;
    if (!g_ascii_string_to_unsigned(ends[1] ? ends[1] : ends[0], 10, first, G_MAXUINT16, &last,
                                    NULL))
        return FALSE;
    *ports = (MpFirewallPorts){(guint16)first, (guint16)last};
    return TRUE;
}

static gboolean read_port(const MpYaml *yaml, MpYamlNode *node, GArray *list, GError **error)
{
    const char *text = mp_yaml_text(node);
    MpFirewallPorts ports = {0, 0};
    if (text && parse_ports(text, &ports)) {
        g_array_append_val(list, ports);
        return TRUE;
    }
    mp_yaml_error(yaml, node, error, "\"%s\" was found, expected a port or a range in 1-65535",
                  text ? text : "");
    return FALSE;
}

static gboolean read_ports(const MpYaml *yaml, MpYamlNode *node, GArray *list, GError **error)
{
    if (mp_yaml_type(node) != MP_YAML_SEQUENCE)
        return read_port(yaml, node, list, error);
    if (mp_yaml_size(node) == 0) {
        mp_yaml_error(yaml, node, error, "an empty list was found, expected ports");
        return FALSE;
    }
    for (guint i = 0; i < mp_yaml_size(node); i++)
        if (!read_port(yaml, mp_yaml_at(node, i), list, error))
            return FALSE;
    return TRUE;
}

/* A site with IPv6 only meets both kinds, IPv4 behind NAT64; another one has no IPv6. */
static gboolean add_range(const MpYaml *yaml, MpYamlNode *node, MpFamily family,
                          GStrvBuilder *ranges, GError **error)
{
    const char *text = mp_yaml_text(node);
    MpCidr range;
    if (text && mp_cidr_parse(&range, text) &&
        (range.base.family == MP_FAMILY_IPV4 || family == MP_FAMILY_IPV6)) {
        g_strv_builder_add(ranges, text);
        return TRUE;
    }
    mp_yaml_error(yaml, node, error,
                  "\"%s\" was found, expected an %s range such as \"168.100.64.0/18\"",
                  text ? text : "", family == MP_FAMILY_IPV6 ? "IPv4 or IPv6" : "IPv4");
    return FALSE;
}

static gboolean read_ranges(const MpYaml *yaml, MpYamlNode *node, MpFamily family,
                            MpFirewallRule *rule, GError **error)
{
    g_autoptr(GStrvBuilder) ranges = g_strv_builder_new();
    gboolean is_list = mp_yaml_type(node) == MP_YAML_SEQUENCE;
    if (is_list && mp_yaml_size(node) == 0) {
        mp_yaml_error(yaml, node, error, "an empty list was found, expected ranges");
        return FALSE;
    }
    for (guint i = 0; i < (is_list ? mp_yaml_size(node) : 1); i++)
        if (!add_range(yaml, is_list ? mp_yaml_at(node, i) : node, family, ranges, error))
            return FALSE;
    rule->to = g_strv_builder_end(ranges);
    return TRUE;
}

/* The one of two keys that exclude each other; FALSE with an error when both are there. */
static gboolean choose(const MpYaml *yaml, MpYamlNode *rule, const char *key, const char *inverse,
                       MpYamlNode **chosen, gboolean *spares, GError **error)
{
    MpYamlNode *plain = mp_yaml_get(rule, key);
    MpYamlNode *spared = mp_yaml_get(rule, inverse);
    *chosen = plain ? plain : spared;
    *spares = spared != NULL;
    if (!plain || !spared)
        return TRUE;
    mp_yaml_error(yaml, spared, error, "\"%s\" was found beside \"%s\", expected one of them",
                  inverse, key);
    return FALSE;
}

static guint get_count(MpYamlNode *node, const char *key)
{
    return (guint)mp_yaml_get_number(node, key, 0);
}

static void read_words(MpYamlNode *node, MpFirewallRule *rule)
{
    rule->action = mp_yaml_get_choice(node, "action", actions, G_N_ELEMENTS(actions),
                                      MP_FIREWALL_DROP);
    rule->protocol = mp_yaml_get_choice(node, "protocol", protocols, G_N_ELEMENTS(protocols),
                                        MP_FIREWALL_ANY);
    rule->direction = mp_yaml_get_choice(node, "direction", directions, G_N_ELEMENTS(directions),
                                         MP_FIREWALL_OUT);
    rule->code = mp_yaml_get_choice(node, "code", codes, G_N_ELEMENTS(codes),
                                    MP_REJECT_ADMIN_PROHIBITED);
    rule->content = mp_yaml_get_choice(node, "content", contents, G_N_ELEMENTS(contents),
                                       MP_FIREWALL_ANYTHING);
    rule->larger_than = get_count(node, "larger_than");
    rule->above_bps = (guint64)mp_yaml_get_number(node, "above_kbps", 0) * 1000;
    rule->above_pps = get_count(node, "above_pps");
    rule->after_packets = get_count(node, "after_packets");
    rule->after_s = get_count(node, "after_s");
}

/* Why the rule cannot be told in the words of its "code"; NULL: it can. */
static const char *trouble_with_code(const MpFirewallRule *rule, MpFamily family)
{
    if (rule->action == MP_FIREWALL_DROP)
        return "beside \"action: drop\", expected none: nothing is told";
    if (rule->protocol == MP_FIREWALL_TCP)
        return "beside \"protocol: tcp\", expected none: a reset tells it";
    /* RFC 7915 section 4.2: what ICMP calls so is a parameter problem in ICMPv6. */
    if (family == MP_FAMILY_IPV6 && rule->code == MP_REJECT_PROTOCOL_UNREACHABLE)
        return "at a site with IPv6 only, expected another code: ICMPv6 has no such one";
    return NULL;
}

static gboolean check_code(const MpYaml *yaml, MpYamlNode *node, MpFamily family,
                           const MpFirewallRule *rule, GError **error)
{
    MpYamlNode *code = mp_yaml_get(node, "code");
    const char *trouble = code ? trouble_with_code(rule, family) : NULL;
    if (trouble)
        mp_yaml_error(yaml, code, error, "\"%s\" was found %s", mp_yaml_text(code), trouble);
    return !trouble;
}

static MpFirewallRule *read_rule(const MpYaml *yaml, MpYamlNode *node, MpFamily family,
                                 GError **error)
{
    g_autoptr(MpFirewallRule) rule = mp_firewall_rule_new();
    read_words(node, rule);
    MpYamlNode *ports = NULL;
    MpYamlNode *to = NULL;
    if (!check_code(yaml, node, family, rule, error) ||
        !choose(yaml, node, "ports", "except_ports", &ports, &rule->spares, error) ||
        !choose(yaml, node, "to", "except_to", &to, &rule->spares_to, error))
        return NULL;
    if (ports && rule->protocol == MP_FIREWALL_ICMP) {
        mp_yaml_error(yaml, ports, error, "ports were found in a rule for ICMP, expected none");
        return NULL;
    }
    if (rule->content && rule->protocol != MP_FIREWALL_UDP) {
        mp_yaml_error(yaml, mp_yaml_get(node, "content"), error,
                      "a content was found, expected none but beside \"protocol: udp\"");
        return NULL;
    }
    if (ports && !read_ports(yaml, ports, rule->ports, error))
        return NULL;
    if (to && !read_ranges(yaml, to, family, rule, error))
        return NULL;
    return g_steal_pointer(&rule);
}

gboolean mp_firewall_rules_read(const MpYaml *yaml, MpYamlNode *list, MpFamily family,
                                GPtrArray *rules, GError **error)
{
    for (guint i = 0; list && i < mp_yaml_size(list); i++) {
        MpFirewallRule *rule = read_rule(yaml, mp_yaml_at(list, i), family, error);
        if (!rule)
            return FALSE;
        g_ptr_array_add(rules, rule);
    }
    return TRUE;
}
