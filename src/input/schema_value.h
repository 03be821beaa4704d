/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The keywords of a JSON Schema that ask about a value and not about what is inside it.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "input/yaml.h"

typedef struct {
    const MpYaml *yaml;
    JsonObject *definitions; /* NULL when the schema has none */
    gboolean is_read_only;   /* descriptions do not complete "expected ..." */
    GError **error;
} MpSchemaCheck;

/* `value` is the keyword's own, `schema` the object that it stands in. FALSE with an error. */
typedef gboolean (*MpKeywordCheck)(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                                   JsonNode *value);

typedef struct {
    const char *name;
    MpKeywordCheck check; /* NULL: says something to people only */
} MpKeyword;

/* In the order in which mistakes are best told; ends with a name NULL. */
extern const MpKeyword mp_schema_value_keywords[];

/* "WHAT was found, expected EXPECTED" at the value's place; returns FALSE. */
gboolean mp_schema_refuse(const MpSchemaCheck *check, MpYamlNode *node, JsonObject *schema,
                          const char *expected);

/* The texts of a list, lent. */
GPtrArray *mp_schema_strings(JsonArray *array);
/* "a, b". Free with g_free(). */
char *mp_schema_join(GPtrArray *strings);
