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
    [MP_FIREWALL_ANY] = "any",
};

/* The schema lets nothing else than these names through. */
static guint index_of(const char *name, const char *const *names, guint n_names)
{
    guint i = 0;
    while (i < n_names && !g_str_equal(name, names[i]))
        i++;
    g_assert(i < n_names);
    return i;
}

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

static gboolean read_destination(const MpYaml *yaml, MpYamlNode *node, MpFirewallRule *rule,
                                 GError **error)
{
    const char *text = mp_yaml_text(node);
    MpCidr range;
    if (mp_cidr_parse(&range, text) && range.base.family == MP_FAMILY_IPV4) {
        rule->to = g_strdup(text);
        return TRUE;
    }
    mp_yaml_error(yaml, node, error,
                  "\"%s\" was found, expected an IPv4 range such as \"168.100.64.0/18\"", text);
    return FALSE;
}

MpFirewallRule *mp_firewall_rule_read(const MpYaml *yaml, MpYamlNode *node, GError **error)
{
    g_autoptr(MpFirewallRule) rule = mp_firewall_rule_new();
    rule->action = index_of(mp_yaml_get_text(node, "action", NULL), actions, G_N_ELEMENTS(actions));
    rule->protocol = index_of(mp_yaml_get_text(node, "protocol", NULL), protocols,
                              G_N_ELEMENTS(protocols));

    MpYamlNode *ports = mp_yaml_get(node, "ports");
    MpYamlNode *spared = mp_yaml_get(node, "except_ports");
    MpYamlNode *to = mp_yaml_get(node, "to");
    if (ports && spared) {
        mp_yaml_error(yaml, spared, error,
                      "\"except_ports\" was found beside \"ports\", expected one of them");
        return NULL;
    }
    rule->spares = spared != NULL;
    if ((ports || spared) && !read_ports(yaml, ports ? ports : spared, rule->ports, error))
        return NULL;
    if (to && !read_destination(yaml, to, rule, error))
        return NULL;
    return g_steal_pointer(&rule);
}
