/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A link from the part of a YAML file that its schema has accepted.
 */
#pragma once

#include "input/yaml.h"
#include "model/link.h"

/* `node` is a mapping with "both", "up", "down", "seed", "backend", as in network.schema.json. What
 * "up" or "down" say replaces what "both" says, value by value. A relative path of a trace counts
 * from the YAML file's folder. NULL with MP_ERROR_INPUT where values contradict each other. */
MpLink *mp_link_read(const MpYaml *yaml, MpYamlNode *node, GError **error);
