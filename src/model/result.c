/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Everything one check found.
 */
#include "model/result.h"

MpResult *mp_result_new(void)
{
    MpResult *result = g_new0(MpResult, 1);
    result->environment = mp_environment_new();
    result->plan = g_ptr_array_new_with_free_func((GDestroyNotify)mp_step_free);
    result->measurements = g_ptr_array_new_with_free_func((GDestroyNotify)mp_measurement_free);
    result->paths = g_ptr_array_new_with_free_func((GDestroyNotify)mp_path_free);
    result->requirements = g_ptr_array_new_with_free_func((GDestroyNotify)mp_requirement_free);
    result->computer = g_ptr_array_new_with_free_func((GDestroyNotify)mp_computer_row_free);
    result->findings = g_ptr_array_new_with_free_func((GDestroyNotify)mp_finding_free);
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        result->forecasts[i] = mp_forecast_new((MpSessionType)i);
    result->verdict = MP_VERDICT_UNKNOWN;
    return result;
}

void mp_result_free(MpResult *result)
{
    if (!result)
        return;
    g_free(result->version);
    g_free(result->started);
    g_free(result->scenario);
    g_free(result->profile);
    g_free(result->role);
    g_free(result->lang);
    mp_environment_free(result->environment);
    g_ptr_array_unref(result->paths); /* lends measurements: goes first */
    g_ptr_array_unref(result->plan);
    g_ptr_array_unref(result->measurements);
    g_ptr_array_unref(result->requirements);
    g_ptr_array_unref(result->computer);
    mp_advice_free(result->advice);
    mp_port_map_free(result->ports);
    g_ptr_array_unref(result->findings);
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++)
        mp_forecast_free(result->forecasts[i]);
    for (guint i = 0; i < MP_N_WAYS; i++)
        g_clear_pointer(&result->kept_models[i], json_object_unref);
    g_free(result);
}

const MpMeasurement *mp_result_measurement(const MpResult *result, const char *id)
{
    for (guint i = 0; i < result->measurements->len; i++) {
        const MpMeasurement *measurement = result->measurements->pdata[i];
        if (g_str_equal(measurement->id, id))
            return measurement;
    }
    return NULL;
}

gboolean mp_result_is_map(const MpResult *result)
{
    g_return_val_if_fail(result, FALSE);

    for (guint i = 0; i < result->plan->len; i++)
        if (!g_str_has_prefix(((const MpStep *)result->plan->pdata[i])->kind, "ports"))
            return FALSE;
    return result->plan->len > 0;
}
