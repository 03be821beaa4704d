/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A network and its firewall rules as values.
 */
#include "lab/network.h"

MpFirewallRule *mp_firewall_rule_new(void)
{
    MpFirewallRule *rule = g_new0(MpFirewallRule, 1);
    rule->ports = g_array_new(FALSE, FALSE, sizeof(MpFirewallPorts));
    return rule;
}

void mp_firewall_rule_free(MpFirewallRule *rule)
{
    if (!rule)
        return;
    g_array_unref(rule->ports);
    g_free(rule->to);
    g_free(rule);
}

static void free_rule(gpointer rule)
{
    mp_firewall_rule_free(rule);
}

MpNetwork *mp_network_new(void)
{
    MpNetwork *network = g_new0(MpNetwork, 1);
    network->firewall = g_ptr_array_new_with_free_func(free_rule);
    return network;
}

void mp_network_free(MpNetwork *network)
{
    if (!network)
        return;
    g_free(network->name);
    g_free(network->sentence_en);
    g_free(network->sentence_ja);
    g_ptr_array_unref(network->firewall);
    g_strfreev(network->expected_findings);
    g_free(network);
}

gboolean mp_network_is_open(const MpNetwork *network)
{
    return network->firewall->len == 0 && network->turn.is_running &&
           !network->turn.rejects_password && !network->turn.has_foreign_certificate &&
           network->responder_is_running;
}
