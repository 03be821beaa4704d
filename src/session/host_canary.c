/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Differences since the first look.
 */
#include "session/host_canary.h"

#include <stdlib.h>

#include "base/strain.h"

#define STRAIN_INTERVAL MP_MSEC(250)
/* What reading two clocks may be off by on a machine that is busy. */
#define LEAST_STEP MP_USEC(50)

struct _MpHostCanary {
    gboolean has_looked;
    MpTime difference; /* of the two clocks, at the last look */
    MpTime stepped;
    gboolean has_strain;
    MpTime first_look, last_look; /* of the strain */
    MpStrain first, last;
};

MpHostCanary *mp_host_canary_new(void)
{
    return g_new0(MpHostCanary, 1);
}

void mp_host_canary_free(MpHostCanary *canary)
{
    g_free(canary);
}

static void look_at_strain(MpHostCanary *canary, MpTime now)
{
    if (canary->has_strain && now - canary->last_look < STRAIN_INTERVAL)
        return;
    if (!mp_strain_read(&canary->last))
        return;
    canary->last_look = now;
    if (canary->has_strain)
        return;
    canary->has_strain = TRUE;
    canary->first = canary->last;
    canary->first_look = now;
}

void mp_host_canary_look(MpHostCanary *canary, MpTime now, MpTime difference)
{
    const MpTime step = ABS(difference - canary->difference);
    if (!canary->has_looked || step > LEAST_STEP) {
        canary->stepped += canary->has_looked ? step : 0;
        canary->difference = difference;
    }
    canary->has_looked = TRUE;
    look_at_strain(canary, now);
}

void mp_host_canary_note(const MpHostCanary *canary, MpMediaRecord *record)
{
    record->clock_stepped = canary->stepped;
    record->watched = canary->last_look - canary->first_look;
    record->run_queue = canary->last.run_queue - canary->first.run_queue;
    record->stolen = canary->last.stolen - canary->first.stolen;
}
