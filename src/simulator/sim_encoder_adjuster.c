/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A frame counts with the bits that an earlier one has left in its way.
 */
#include "simulator/sim_encoder_adjuster.h"

void mp_sim_adjuster_init(MpSimAdjuster *adjuster, const MpChromiumEncoder *encoder)
{
    *adjuster = (MpSimAdjuster){.constants = &encoder->adjuster};
}

void mp_sim_adjuster_restart(MpSimAdjuster *adjuster)
{
    adjuster->waiting = 0;
    adjuster->told_bps = 0;
    adjuster->frames = 0;
    adjuster->n = 0;
    adjuster->sum = 0;
}

static void leak(MpSimAdjuster *adjuster, MpTime now)
{
    const double leaked = adjuster->told_bps * (double)(now - adjuster->at) / (double)MP_SEC(1);
    adjuster->waiting = MAX(0, adjuster->waiting - leaked);
    adjuster->at = now;
}

static void forget(MpSimAdjuster *adjuster, MpTime now)
{
    const guint mask = MP_SIM_ADJUSTER_FRAMES - 1;
    while (adjuster->n > 0 &&
           (adjuster->n == MP_SIM_ADJUSTER_FRAMES ||
            adjuster->when[adjuster->first] < now - adjuster->constants->window)) {
        adjuster->sum -= adjuster->excess[adjuster->first];
        adjuster->first = (adjuster->first + 1) & mask;
        adjuster->n--;
    }
}

/* How many times its share of the link the encoder uses. */
static double link_use(MpSimAdjuster *adjuster, MpTime now)
{
    const MpChromiumAdjuster *constants = adjuster->constants;
    forget(adjuster, now);
    if (adjuster->frames < constants->least_frames || adjuster->n == 0)
        return constants->use_at_first;
    return MIN(1 + MAX(adjuster->sum, 0) / adjuster->n, constants->most_use);
}

double mp_sim_adjuster_bps(MpSimAdjuster *adjuster, MpTime now, double target_bps, double link_bps,
                           double fps)
{
    const double use = link_use(adjuster, now);
    const double wanted = (use - 1) * target_bps;
    const double granted = MIN(MAX(link_bps - target_bps, 0), wanted);
    leak(adjuster, now);
    adjuster->fps = fps;
    adjuster->told_bps = MIN(target_bps, (target_bps + granted) / use);
    return adjuster->told_bps;
}

void mp_sim_adjuster_encoded(MpSimAdjuster *adjuster, MpTime now, double bits)
{
    if (adjuster->told_bps <= 0)
        return;
    const double share = adjuster->told_bps / adjuster->fps;
    leak(adjuster, now);
    const double excess = CLAMP(adjuster->waiting + bits - share, 0, adjuster->waiting);
    adjuster->waiting += bits - excess;
    adjuster->frames++;
    forget(adjuster, now);
    const guint at = (adjuster->first + adjuster->n++) & (MP_SIM_ADJUSTER_FRAMES - 1);
    adjuster->excess[at] = excess / share;
    adjuster->when[at] = now;
    adjuster->sum += excess / share;
}
