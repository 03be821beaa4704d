/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forecasts of a way as result.json has them.
 */
#include "report/json_forecast.h"

#include "report/json_put.h"

static JsonArray *interval_json(const MpForecast *forecast)
{
    JsonArray *interval = json_array_new();
    json_array_add_double_element(interval, forecast->low);
    json_array_add_double_element(interval, forecast->high);
    return interval;
}

static JsonObject *expected_json(const MpExpected *expected)
{
    JsonObject *object = json_object_new();
    mp_json_put_number(object, "fps", expected->fps);
    mp_json_put_number(object, "height", expected->height);
    mp_json_put_number(object, "video_kbps", expected->video_kbps);
    mp_json_put_number(object, "freezes_per_min", expected->freezes_per_min);
    mp_json_put_number(object, "frozen_percent", expected->frozen_percent);
    mp_json_put_number(object, "audio_concealed_percent", expected->audio_concealed_percent);
    mp_json_put_number(object, "delay_ms", expected->delay_ms);
    mp_json_put_number(object, "age_ms", expected->age_ms);
    return object;
}

static JsonArray *counterfactuals_json(const GArray *counterfactuals)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < counterfactuals->len; i++) {
        const MpCounterfactual *told = &g_array_index(counterfactuals, MpCounterfactual, i);
        JsonObject *object = json_object_new();
        mp_json_put_text(object, "change", told->change);
        mp_json_put_number(object, "probability", told->probability);
        json_array_add_object_element(array, object);
    }
    return array;
}

static void put_simulated(JsonObject *object, const MpForecast *forecast)
{
    mp_json_put_number(object, "probability", forecast->probability);
    json_object_set_array_member(object, "interval", interval_json(forecast));
    mp_json_put_number(object, "unstable_probability", forecast->unstable);
    json_object_set_int_member(object, "calls", forecast->calls);
    mp_json_put_object(object, "expected", expected_json(&forecast->expected));
    mp_json_put_number(object, "turning_point", forecast->turning_point);
    mp_json_put_text(object, "setting", forecast->setting);
    if (forecast->extend_s > 0)
        mp_json_put_number(object, "extend_s", forecast->extend_s);
    if (forecast->counterfactuals->len > 0)
        json_object_set_array_member(object, "counterfactuals",
                                     counterfactuals_json(forecast->counterfactuals));
}

static JsonObject *forecast_json(const MpForecast *forecast)
{
    JsonObject *object = json_object_new();
    mp_json_put_text(object, "method", forecast->is_simulated ? "simulation" : "thresholds");
    mp_json_put_text(object, "verdict", mp_verdict_name(forecast->verdict));
    mp_json_put_text(object, "transport", forecast->has_way ? mp_way_name(forecast->way) : NULL);
    mp_json_put_text(object, "limiting_factor", forecast->limiting_factor);
    mp_json_put_number(object, "limiting_value", forecast->limit_value);
    mp_json_put_number(object, "margin", forecast->margin);
    if (forecast->is_simulated)
        put_simulated(object, forecast);
    if (forecast->missing->len)
        json_object_set_array_member(object, "missing", mp_json_texts(forecast->missing));
    return object;
}

JsonObject *mp_json_forecasts(MpForecast *const forecasts[MP_N_SESSION_TYPES])
{
    JsonObject *object = json_object_new();
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        if (forecasts[i])
            json_object_set_object_member(object, mp_session_type_name((MpSessionType)i),
                                          forecast_json(forecasts[i]));
    return object;
}
