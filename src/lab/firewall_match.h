/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a firewall rule is for, in nftables' words. Pure text.
 */
#pragma once

#include "lab/gateway.h"

/* `number` is the rule's own, from 1; it names the set "young_<number>" of a rule with after_s. */
void mp_firewall_append_match(GString *text, const MpGateway *gateway, const MpFirewallRule *rule,
                              guint number);

/* It is asked of each packet, also of flows that were let through. */
gboolean mp_firewall_rule_is_per_packet(const MpFirewallRule *rule);
