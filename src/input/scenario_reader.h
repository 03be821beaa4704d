/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scenarios from YAML.
 */
#pragma once

#include "model/scenario.h"

/* Secrets are read from the files that it names; a relative path counts from the scenario's own
 * folder, and so does `profile` where it is a path. NULL with MP_ERROR_INPUT
 * "FILE:LINE:COLUMN: what was found, what was expected". */
MpScenario *mp_scenario_load(const char *path, GError **error);

/* From text read before; `path` stands for FILE and gives the folder. */
MpScenario *mp_scenario_parse(const char *path, const char *text, gsize length, GError **error);
