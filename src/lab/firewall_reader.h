/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Firewall rules from a network file that its schema accepted.
 */
#pragma once

#include "base/address.h"
#include "input/yaml.h"
#include "lab/firewall_rule.h"

/* Adds the list's rules to `rules` (MpFirewallRule*); NULL is a list without any. `family` is what
 * passes the firewall. FALSE with MP_ERROR_INPUT where a port, a range or a code makes no sense. */
gboolean mp_firewall_rules_read(const MpYaml *yaml, MpYamlNode *list, MpFamily family,
                                GPtrArray *rules, GError **error);
