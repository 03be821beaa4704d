/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A JSON tree as text with numbers as people write them: 12.3, not 12.300000000000001.
 */
#pragma once

#include <json-glib/json-glib.h>

/* Indented, in the order in which members were set, ending in a newline. Three decimals, six below
 * 1. A member whose number is not finite is left out: it was not measured. Free with g_free(). */
char *mp_json_text(JsonNode *root);
