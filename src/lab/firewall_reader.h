/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Firewall rules from a network file that its schema has accepted.
 */
#pragma once

#include "input/yaml.h"
#include "lab/firewall_rule.h"

/* NULL with MP_ERROR_INPUT at the port or the range that is none. */
MpFirewallRule *mp_firewall_rule_read(const MpYaml *yaml, MpYamlNode *node, GError **error);

/* Adds the rules of a list (NULL: no list) to `rules`. FALSE with an error as above. */
gboolean mp_firewall_rules_read(const MpYaml *yaml, MpYamlNode *list, GPtrArray *rules,
                                GError **error);
