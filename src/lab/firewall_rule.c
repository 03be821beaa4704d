/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One firewall rule as a value.
 */
#include "lab/firewall_rule.h"

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
    g_strfreev(rule->to);
    g_free(rule);
}

static void free_rule(gpointer rule)
{
    mp_firewall_rule_free(rule);
}

GPtrArray *mp_firewall_rules_new(void)
{
    return g_ptr_array_new_with_free_func(free_rule);
}
