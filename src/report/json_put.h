/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Members of result.json: what is not known is left out.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/result.h"

/* Nothing for NULL. */
void mp_json_put_text(JsonObject *object, const char *name, const char *text);
/* Nothing for what is not finite. */
void mp_json_put_number(JsonObject *object, const char *name, double value);
/* Takes the member; an empty one says nothing and is left out. */
void mp_json_put_object(JsonObject *object, const char *name, JsonObject *member);
/* Of char*. The caller owns it. */
JsonArray *mp_json_texts(const GPtrArray *texts);

/* An array with one object for each item of a model's list. */
typedef JsonObject *(*MpItemToJson)(gconstpointer item, const MpResult *result);
void mp_json_put_items(JsonObject *object, const char *name, const GPtrArray *items,
                       MpItemToJson to_json, const MpResult *result);
