/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Additive increase, multiplicative decrease.
 */
#include "simulator/sim_aimd.h"

#include <math.h>

void mp_sim_aimd_start(MpSimAimd *aimd, const MpChromiumCongestion *chromium)
{
    *aimd = (MpSimAimd){
        .bps = chromium->start_bps,
        .acked_bps = chromium->start_bps,
        .capacity.deviation = chromium->aimd.least_deviation,
        .round_trip = chromium->aimd.round_trip,
    };
}

static double deviation_bps(const MpSimCapacity *capacity)
{
    return sqrt(capacity->deviation * capacity->kbps) * 1000;
}

static gboolean is_above(const MpSimCapacity *capacity, const MpChromiumAimd *chromium, double bps)
{
    return capacity->is_known &&
           bps > capacity->kbps * 1000 + chromium->capacity_deviations * deviation_bps(capacity);
}

static gboolean is_below(const MpSimCapacity *capacity, const MpChromiumAimd *chromium, double bps)
{
    return capacity->is_known &&
           bps < capacity->kbps * 1000 - chromium->capacity_deviations * deviation_bps(capacity);
}

static void learn_capacity(MpSimCapacity *capacity, const MpChromiumAimd *chromium, double bps)
{
    const double weight = chromium->capacity_weight;
    const double kbps = bps / 1000;
    capacity->kbps = capacity->is_known ? (1 - weight) * capacity->kbps + weight * kbps : kbps;
    capacity->is_known = TRUE;
    const double error = capacity->kbps - kbps;
    capacity->deviation = (1 - weight) * capacity->deviation +
                          weight * error * error / MAX(capacity->kbps, 1);
    capacity->deviation = CLAMP(capacity->deviation, chromium->least_deviation,
                                chromium->most_deviation);
}

/* About one packet for each time that the detector needs to answer. */
static double growth_near_capacity(const MpSimAimd *aimd, const MpChromiumAimd *chromium)
{
    const double frame_bits = aimd->bps / chromium->frame_rate;
    const double packets = ceil(frame_bits / (chromium->packet_bytes * 8));
    const double answer = 2 * (double)(aimd->round_trip + chromium->response) / (double)MP_SEC(1);
    return MAX(chromium->least_bps_per_s, frame_bits / packets / answer);
}

static double growth(const MpSimAimd *aimd, const MpChromiumAimd *chromium, MpTime now)
{
    const double seconds = (double)(now - aimd->changed) / (double)MP_SEC(1);
    if (aimd->capacity.is_known)
        return growth_near_capacity(aimd, chromium) * seconds;
    const double factor = pow(chromium->growth, aimd->has_changed ? MIN(seconds, 1) : 1) - 1;
    return MAX(aimd->bps * factor, chromium->least_growth_bps);
}

static void grow(MpSimAimd *aimd, const MpChromiumAimd *chromium, MpTime now)
{
    if (is_above(&aimd->capacity, chromium, aimd->acked_bps))
        aimd->capacity.is_known = FALSE;
    /* Never far beyond what is shown to arrive. */
    const double most = chromium->ahead * aimd->acked_bps + chromium->ahead_bps;
    if (aimd->bps < most)
        aimd->bps = MIN(aimd->bps + growth(aimd, chromium, now), most);
    aimd->changed = now;
    aimd->has_changed = TRUE;
}

static void reduce(MpSimAimd *aimd, const MpChromiumAimd *chromium, MpTime now)
{
    double bps = aimd->acked_bps * chromium->backoff;
    if (bps > chromium->backoff_bps)
        bps -= chromium->backoff_bps;
    if (bps > aimd->bps && aimd->capacity.is_known)
        bps = chromium->backoff * aimd->capacity.kbps * 1000;
    aimd->bps = MIN(aimd->bps, bps);
    if (is_below(&aimd->capacity, chromium, aimd->acked_bps))
        aimd->capacity.is_known = FALSE;
    learn_capacity(&aimd->capacity, chromium, aimd->acked_bps);
    aimd->state = MP_SIM_RATE_HOLDS;
    aimd->changed = now;
    aimd->has_changed = TRUE;
}

void mp_sim_aimd_update(MpSimAimd *aimd, const MpChromiumCongestion *chromium, MpTime now,
                        MpSimUse use, double acked_bps)
{
    if (!isnan(acked_bps))
        aimd->acked_bps = acked_bps;
    if (use == MP_SIM_USE_NORMAL && aimd->state == MP_SIM_RATE_HOLDS) {
        aimd->changed = now;
        aimd->has_changed = TRUE;
        aimd->state = MP_SIM_RATE_GROWS;
    } else if (use == MP_SIM_USE_UNDER) {
        aimd->state = MP_SIM_RATE_HOLDS;
    }
    if (use == MP_SIM_USE_OVER)
        reduce(aimd, &chromium->aimd, now);
    else if (aimd->state == MP_SIM_RATE_GROWS)
        grow(aimd, &chromium->aimd, now);
    aimd->bps = MAX(aimd->bps, chromium->least_bps);
}

void mp_sim_aimd_set(MpSimAimd *aimd, const MpChromiumCongestion *chromium, MpTime now, double bps)
{
    aimd->bps = MAX(bps, chromium->least_bps);
    aimd->changed = now;
    aimd->has_changed = TRUE;
}

gboolean mp_sim_aimd_may_reduce(const MpSimAimd *aimd, const MpChromiumCongestion *chromium,
                                MpTime now, double acked_bps)
{
    const MpTime interval = CLAMP(aimd->round_trip, chromium->aimd.least_interval,
                                  chromium->aimd.most_interval);
    return !aimd->has_changed || now - aimd->changed >= interval || acked_bps < aimd->bps / 2;
}
