/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One value of a matrix's axis from YAML.
 */
#pragma once

#include "input/yaml.h"
#include "model/matrix.h"

/* `known` (MpAxisValue*, of the same axis) are the values so far: what is the same network keeps
 * its text, and another one of the same name gets one of its own. NULL with MP_ERROR_INPUT. */
MpAxisValue *mp_axis_value_read(const MpYaml *yaml, MpYamlNode *node, MpAxis axis,
                                const GPtrArray *known, GError **error);
