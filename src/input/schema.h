/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks a YAML document against a JSON Schema (draft 2020-12), the part of it that our schemas
 * use: type, required, properties, additionalProperties (boolean or schema), enum (of text), const
 * (text or boolean), pattern, items, minItems, maxItems, minProperties, uniqueItems (of text),
 * minimum, exclusiveMinimum, maximum, minLength, oneOf, $ref to #/$defs; $schema, $id, title. The
 * description completes "expected ...", unless the schema as a whole is readOnly: of what the
 * program itself writes. writeOnly hides a value.
 */
#pragma once

#include "input/yaml.h"

/* `schema_name` is a file of scenarios/schema/, built in: "profile.schema.json". FALSE with
 * MP_ERROR_INPUT "FILE:LINE:COLUMN: what was found, what was expected" for the first mismatch. A
 * keyword outside the list above is a bug of the schema and asserts. */
gboolean mp_schema_check(const MpYaml *yaml, const char *schema_name, GError **error);
