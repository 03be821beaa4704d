/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A path of which nothing is known.
 */
#include "model/path_model.h"

#include <math.h>

static MpPathSide unknown_side(void)
{
    return (MpPathSide){.seconds = NAN,
                        .delay_ms = NAN,
                        .rate_kbps = NAN,
                        .rate_low_kbps = NAN,
                        .rate_high_kbps = NAN,
                        .queue_ms = NAN,
                        .queue_low_ms = NAN,
                        .queue_high_ms = NAN};
}

MpPathModel *mp_path_model_new(void)
{
    MpPathModel *model = g_new(MpPathModel, 1);
    *model = (MpPathModel){.up = unknown_side(), .down = unknown_side()};
    return model;
}

gboolean mp_path_model_is_whole(const MpPathModel *model)
{
    return model->up.packets > 0 && model->down.packets > 0;
}
