/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of result.json, each read by a file of its own. The schema has seen to their form.
 */
#pragma once

#include "input/yaml.h"
#include "model/result.h"

/* Never fails. */
void mp_result_environment_read(MpYamlNode *node, MpEnvironment *environment);
/* Into `result->plan`. FALSE: a step names no server or no way, or has another one's id. */
gboolean mp_result_plan_read(const MpYaml *yaml, MpYamlNode *list, MpResult *result,
                             GError **error);
/* Into `result->measurements`. FALSE: one is of no step, or the second of its step. */
gboolean mp_result_measurements_read(const MpYaml *yaml, MpYamlNode *list, MpResult *result,
                                     GError **error);
