/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate that is aimed at.
 */
#include "simulator/sim_target.h"

#include <math.h>

void mp_sim_target_start(MpSimTarget *target, const MpChromiumCongestion *chromium, MpTime now)
{
    *target = (MpSimTarget){
        .bps = chromium->start_bps,
        .delay_bps = INFINITY,
        .sent = now,
        .heard = now,
    };
    mp_sim_loss_based_start(&target->loss_based, chromium);
}

static void aim(MpSimTarget *target, const MpChromiumCongestion *chromium, double bps)
{
    const double most = MIN(target->delay_bps, chromium->most_bps);
    target->bps = MAX(MIN(bps, most), chromium->least_bps);
}

void mp_sim_target_set(MpSimTarget *target, const MpChromiumCongestion *chromium, double bps)
{
    target->delay_bps = INFINITY;
    aim(target, chromium, bps);
}

void mp_sim_target_set_delay(MpSimTarget *target, const MpChromiumCongestion *chromium,
                             double delay_bps)
{
    target->delay_bps = delay_bps;
    aim(target, chromium, target->bps);
}

gboolean mp_sim_target_is_unheard(const MpSimTarget *target, const MpChromiumCongestion *chromium)
{
    const MpTime silence = MAX(target->sent - target->heard, 0);
    return silence + target->propagation > chromium->backoff_round_trip;
}

static void back_off(MpSimTarget *target, const MpChromiumCongestion *chromium, MpTime now)
{
    if (target->bps <= chromium->backoff_bps ||
        (target->has_reduced && now - target->reduced < chromium->backoff_interval))
        return;
    target->has_reduced = TRUE;
    target->reduced = now;
    aim(target, chromium, MAX(target->bps * chromium->backoff, chromium->backoff_bps));
}

void mp_sim_target_tick(MpSimTarget *target, const MpChromiumCongestion *chromium, MpTime now)
{
    if (mp_sim_target_is_unheard(target, chromium)) {
        back_off(target, chromium, now);
        return;
    }
    const gboolean is_ready = mp_sim_loss_based_is_ready(&target->loss_based, chromium);
    const gboolean is_start = !target->has_report || now - target->first_report < chromium->start;
    if (is_start && !is_ready && target->loss <= 0 && isfinite(target->delay_bps) &&
        target->delay_bps > target->bps) {
        aim(target, chromium, target->delay_bps);
        return;
    }
    if (!is_ready)
        return;
    target->loss_state = target->loss_based.state;
    aim(target, chromium, target->loss_based.bps);
}

void mp_sim_target_report(MpSimTarget *target, const MpChromiumCongestion *chromium, MpTime now,
                          const MpSimReport *reports, guint n_reports, double acked_bps,
                          gboolean is_limited)
{
    target->n_packets += n_reports;
    for (guint i = 0; i < n_reports; i++)
        target->n_lost += reports[i].received == MP_NEVER;
    mp_sim_loss_based_report(&target->loss_based, chromium, reports, n_reports, acked_bps,
                             target->delay_bps, is_limited);
    mp_sim_target_tick(target, chromium, now);
}

void mp_sim_target_receiver_report(MpSimTarget *target, const MpChromiumCongestion *chromium,
                                   MpTime now)
{
    if (!target->has_report) {
        target->has_report = TRUE;
        target->first_report = now;
    }
    if (target->n_packets < chromium->loss_packets)
        return;
    target->loss = (double)target->n_lost / (double)target->n_packets;
    target->n_packets = 0;
    target->n_lost = 0;
    mp_sim_target_tick(target, chromium, now);
}
