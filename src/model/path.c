/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One way to the far end, with nothing measured yet.
 */
#include "model/path.h"

#include <math.h>

static MpDirection unmeasured(void)
{
    return (MpDirection){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

MpPath *mp_path_new(MpWay way)
{
    MpPath *path = g_new0(MpPath, 1);
    path->way = way;
    path->usable = MP_USABLE_UNKNOWN;
    path->setup_ms = path->rtt_min_ms = path->rtt_p50_ms = path->rtt_p95_ms = NAN;
    path->rtt_p99_ms = path->rtt_max_ms = path->tier_kbps = path->tier_height = NAN;
    path->background_frame_p95_ms = NAN;
    path->up = path->down = unmeasured();
    path->rounds_ms = g_array_new(FALSE, FALSE, sizeof(double));
    path->turns = g_array_new(FALSE, FALSE, sizeof(MpTurn));
    path->measurements = g_ptr_array_new();
    return path;
}

gboolean mp_path_has_capacity(const MpPath *path)
{
    return !isnan(path->up.capacity_kbps) && !isnan(path->down.capacity_kbps);
}

void mp_path_free(MpPath *path)
{
    if (!path)
        return;
    for (guint i = 0; i < MP_N_SESSION_TYPES; i++) {
        mp_forecast_free(path->forecasts[i]);
        mp_path_free(path->sessions[i]);
    }
    g_free(path->server);
    g_free(path->tier);
    g_array_unref(path->rounds_ms);
    g_array_unref(path->turns);
    g_free(path->model);
    g_ptr_array_unref(path->measurements);
    g_free(path);
}
