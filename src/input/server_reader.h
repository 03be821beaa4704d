/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The STUN and TURN servers that a scenario or a lab names.
 */
#pragma once

#include "input/yaml.h"
#include "model/target.h"

/* Adds what the lists "stun" and "turn" of `mapping` hold to `targets`. FALSE with MP_ERROR_INPUT
 * at the URI that is none, or that stands in the wrong list. */
gboolean mp_servers_read(const MpYaml *yaml, MpYamlNode *mapping, MpTargets *targets,
                         GError **error);
