/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A YAML value as JSON, for data that is passed on as it is.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "input/yaml.h"

/* Numbers, booleans and null by the rules of mp_yaml_number() and friends. The caller owns it. */
JsonNode *mp_yaml_to_json(MpYamlNode *node);
