/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Members of result.json: what is not known is left out.
 */
#include "report/json_put.h"

#include <math.h>

void mp_json_put_text(JsonObject *object, const char *name, const char *text)
{
    if (text)
        json_object_set_string_member(object, name, text);
}

void mp_json_put_number(JsonObject *object, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_double_member(object, name, value);
}

void mp_json_put_object(JsonObject *object, const char *name, JsonObject *member)
{
    if (json_object_get_size(member) > 0)
        json_object_set_object_member(object, name, member);
    else
        json_object_unref(member);
}

JsonArray *mp_json_texts(const GPtrArray *texts)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < texts->len; i++)
        json_array_add_string_element(array, texts->pdata[i]);
    return array;
}

void mp_json_put_items(JsonObject *object, const char *name, const GPtrArray *items,
                       MpItemToJson to_json, const MpResult *result)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < items->len; i++)
        json_array_add_object_element(array, to_json(items->pdata[i], result));
    json_object_set_array_member(object, name, array);
}
