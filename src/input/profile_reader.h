/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Requirement profiles from YAML.
 */
#pragma once

#include "input/yaml.h"
#include "model/profile.h"

/* A built-in name, or the path of a YAML file where it has a slash or ends in .yaml or .yml. NULL
 * with MP_ERROR_INPUT "FILE:LINE:COLUMN: what was found, what was expected". */
MpProfile *mp_profile_load(const char *name_or_path, GError **error);

/* From a document read before, not checked yet. */
MpProfile *mp_profile_from_yaml(const MpYaml *yaml, GError **error);
