/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forecast that knows nothing yet.
 */
#include "model/forecast.h"

#include <math.h>

MpForecast *mp_forecast_new(MpSessionType type)
{
    MpForecast *forecast = g_new0(MpForecast, 1);
    forecast->type = type;
    forecast->verdict = MP_VERDICT_UNKNOWN;
    forecast->limit_value = forecast->margin = forecast->turning_point = NAN;
    forecast->probability = forecast->low = forecast->high = forecast->unstable = NAN;
    forecast->expected = (MpExpected){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    forecast->counterfactuals = g_array_new(FALSE, FALSE, sizeof(MpCounterfactual));
    forecast->missing = g_ptr_array_new_with_free_func(g_free);
    return forecast;
}

void mp_forecast_free(MpForecast *forecast)
{
    if (!forecast)
        return;
    g_free(forecast->limiting_factor);
    g_array_unref(forecast->counterfactuals);
    g_ptr_array_unref(forecast->missing);
    g_free(forecast);
}
