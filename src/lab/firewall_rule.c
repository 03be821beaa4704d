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
