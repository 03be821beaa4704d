/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When to probe.
 */
#include "simulator/sim_probes.h"

#include <math.h>

static void complete(MpSimProbes *probes)
{
    probes->state = MP_SIM_PROBES_COMPLETE;
    probes->further_bps = INFINITY;
}

static void push(MpSimProbes *probes, const MpChromiumProbes *chromium, double bps)
{
    if (probes->n_pending == MP_SIM_PENDING_PROBES)
        return;
    const guint i = (probes->first_pending + probes->n_pending++) % MP_SIM_PENDING_PROBES;
    probes->pending[i] = (MpSimProbe){
        .cluster = ++probes->n_clusters,
        .rate_bps = bps,
        .least_packets = chromium->least_packets,
        .least_bytes = (guint)(bps / 8 * (double)chromium->span / (double)MP_SEC(1)),
        .span = chromium->span,
        .step = chromium->step,
    };
}

static double most_bps(const MpSimProbes *probes, const MpChromiumProbes *chromium)
{
    if (probes->need_bps <= 0)
        return chromium->most_bps;
    return MIN(chromium->most_bps, chromium->most_of_need * probes->need_bps);
}

/* `second_bps` 0: only one. */
static void probe(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now,
                  double first_bps, double second_bps, gboolean asks_further)
{
    if (probes->cause != MP_SIM_CAUSE_DELAY)
        return;
    const double most = most_bps(probes, chromium);
    const double rates[] = {first_bps, second_bps};
    double last = 0;
    for (guint i = 0; i < G_N_ELEMENTS(rates) && rates[i] > 0; i++) {
        asks_further = asks_further && rates[i] < most;
        last = MIN(rates[i], most);
        push(probes, chromium, last);
    }
    probes->started = now;
    complete(probes);
    if (!asks_further)
        return;
    probes->state = MP_SIM_PROBES_WAIT;
    probes->further_bps = last * chromium->further_above;
}

void mp_sim_probes_start(MpSimProbes *probes, const MpChromiumCongestion *chromium, MpTime now,
                         double need_bps, gboolean is_periodic)
{
    *probes = (MpSimProbes){
        .estimate_bps = chromium->start_bps,
        .need_bps = need_bps,
        .is_periodic = is_periodic,
        .dropped = now,
        .drop_probed = now,
    };
    probe(probes, &chromium->probes, now, chromium->probes.first * chromium->start_bps,
          chromium->probes.second * chromium->start_bps, TRUE);
}

void mp_sim_probes_set_need(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now,
                            double need_bps)
{
    const gboolean asks = probes->state == MP_SIM_PROBES_COMPLETE && probes->is_limited &&
                          need_bps != probes->need_bps && probes->estimate_bps < need_bps &&
                          probes->estimate_bps < chromium->most_bps;
    probes->need_bps = need_bps;
    if (!asks)
        return;
    const double most = chromium->need_of_estimate * probes->estimate_bps;
    const double first = MIN(chromium->need * need_bps, most);
    const double second = MIN(chromium->second_need * need_bps, most);
    probe(probes, chromium, now, first, second > first ? second : 0,
          most < chromium->second_need * need_bps);
}

void mp_sim_probes_set_estimate(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now,
                                double estimate_bps, MpSimCause cause)
{
    probes->cause = cause;
    if (estimate_bps < chromium->large_drop * probes->estimate_bps) {
        probes->dropped = now;
        probes->before_drop_bps = probes->estimate_bps;
    }
    probes->estimate_bps = estimate_bps;
    if (probes->state == MP_SIM_PROBES_WAIT && estimate_bps > probes->further_bps)
        probe(probes, chromium, now, chromium->further * estimate_bps, 0, TRUE);
}

void mp_sim_probes_recovered(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now)
{
    const gboolean was_limited = probes->is_limited ||
                                 (probes->has_left_limited &&
                                  now - probes->left_limited < chromium->limited_ended);
    const double bps = chromium->drop_fraction * probes->before_drop_bps;
    if (!was_limited || probes->state != MP_SIM_PROBES_COMPLETE ||
        (1 - chromium->drop_uncertainty) * bps <= probes->estimate_bps ||
        now - probes->dropped >= chromium->drop_timeout ||
        now - probes->drop_probed <= chromium->interval)
        return;
    probes->drop_probed = now;
    probe(probes, chromium, now, bps, 0, FALSE);
}

void mp_sim_probes_tick(MpSimProbes *probes, const MpChromiumProbes *chromium, MpTime now)
{
    if (probes->state == MP_SIM_PROBES_WAIT && now - probes->started > chromium->result_within)
        complete(probes);
    if (probes->state != MP_SIM_PROBES_COMPLETE || !probes->is_periodic || !probes->is_limited ||
        now < MAX(probes->limited_since, probes->started) + chromium->interval)
        return;
    probe(probes, chromium, now, chromium->limited * probes->estimate_bps, 0, TRUE);
}

gboolean mp_sim_probes_take(MpSimProbes *probes, MpSimProbe *taken)
{
    if (probes->n_pending == 0)
        return FALSE;
    *taken = probes->pending[probes->first_pending];
    probes->first_pending = (probes->first_pending + 1) % MP_SIM_PENDING_PROBES;
    probes->n_pending--;
    return TRUE;
}
