/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Periods, bursts, windows and lateness as facts.
 */
#include "probe/media_loss_facts.h"

#include <math.h>

typedef struct {
    const char *name;
    double value;
} Member;

static void set_members(JsonObject *object, const Member *members, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (!isnan(members[i].value))
            json_object_set_double_member(object, members[i].name, members[i].value);
}

static void set_windows(JsonObject *loss, const char *name, const MpWindowFigures *windows)
{
    if (isnan(windows->windows))
        return;
    const Member members[] = {
        {"windows", windows->windows},
        {"with_loss_percent", windows->with_loss_percent},
        {"worst_percent", windows->worst_percent},
        {"worst_after_ms", windows->worst_after_ms},
    };
    JsonObject *object = json_object_new();
    set_members(object, members, G_N_ELEMENTS(members));
    json_object_set_object_member(loss, name, object);
}

void mp_media_loss_facts(JsonObject *direction, const MpDirectionStats *stats)
{
    const MpLossStructure *structure = &stats->loss;
    const MpBurstFigures *bursts = &structure->bursts;
    const Member members[] = {
        {"packets", (double)structure->runs.lost},
        {"low_percent", 100 * structure->share.low},
        {"high_percent", 100 * structure->share.high},
        {"periods", (double)structure->runs.runs},
        {"distance", mp_loss_runs_mean_distance(&structure->runs)},
        {"noticeable_percent", mp_loss_runs_noticeable_percent(&structure->runs)},
        {"bursts", bursts->bursts},
        {"burst_density_percent", bursts->burst_density_percent},
        {"burst_ms", bursts->burst_ms},
        {"gap_density_percent", bursts->gap_density_percent},
        {"gap_ms", bursts->gap_ms},
        {"late_100ms", stats->late_100ms},
        {"late_200ms", stats->late_200ms},
    };
    JsonObject *loss = json_object_new();
    set_members(loss, members, G_N_ELEMENTS(members));
    set_windows(loss, "within_200ms", &structure->short_windows);
    set_windows(loss, "within_15s", &structure->long_windows);
    json_object_set_object_member(direction, "loss", loss);
}
