/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was found, in words for an error message.
 */
#pragma once

#include "input/yaml.h"

/* `"text"`, `number 5`, `true`, `nothing`, `a list` or `a mapping`; long text is cut. Free with
 * g_free(). */
char *mp_yaml_describe(MpYamlNode *node);
