/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a user names: a built-in YAML file by its name, or one of their own by its path.
 */
#pragma once

#include "input/yaml.h"

/* "home.yaml", "home.yml", "home.json" and whatever has a folder are paths; the rest are names. */
gboolean mp_builtin_yaml_is_path(const char *name_or_path);

/* Whether `folder` below scenarios/ has NAME.yaml. */
gboolean mp_builtin_yaml_exists(const char *folder, const char *name);

/* ` (did you mean "WORD"?)`, or "". Free with g_free(). */
char *mp_builtin_yaml_hint(const char *folder, const char *name);

/* A name must exist. NULL with MP_ERROR_INPUT as mp_yaml_read_file(). */
MpYaml *mp_builtin_yaml_load(const char *folder, const char *name_or_path, GError **error);
