/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers as result.json has them. What is judged is rounded first, so that it can be judged again
 * from what is written.
 */
#pragma once

#include <json-glib/json-glib.h>

#define MP_JSON_NUMBER_SIZE 512 /* the largest double has 309 digits */

/* Three decimals, six below 1; `text` is returned, or a constant. */
const char *mp_json_number(double value, char text[static MP_JSON_NUMBER_SIZE]);
/* The number that is written; what is not finite stays as it is. */
double mp_json_rounded(double value);
/* A number that is not finite is written as null in a list, and as nothing in an object. */
gboolean mp_json_is_unmeasured(JsonNode *node);
/* Makes of every number inside the one that is written, and takes out what is not. */
void mp_json_round(JsonObject *object);
