/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One firewall rule from a network file that its schema has accepted.
 */
#pragma once

#include "input/yaml.h"
#include "lab/network.h"

/* NULL with MP_ERROR_INPUT at the port or the destination that is none. */
MpFirewallRule *mp_firewall_rule_read(const MpYaml *yaml, MpYamlNode *node, GError **error);
