/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate that the delay of packets allows.
 */
#include "simulator/sim_delay_based.h"

#include <math.h>

void mp_sim_delay_based_start(MpSimDelayBased *delay, const MpChromiumCongestion *chromium)
{
    *delay = (MpSimDelayBased){0};
    mp_sim_trend_start(&delay->trend, &chromium->trend);
    mp_sim_aimd_start(&delay->aimd, chromium);
}

static void take_packet(MpSimDelayBased *delay, const MpChromiumCongestion *chromium, MpTime now,
                        const MpSimReport *packet)
{
    gint64 sent_span;
    gint64 received_span;
    const MpSimUse before = delay->trend.use;
    const gint64 received = packet->received / MP_MSEC(1);
    if (!mp_sim_arrival_take(&delay->arrival, &chromium->arrival, packet->sent / MP_MSEC(1),
                             received, now / MP_MSEC(1), &sent_span, &received_span))
        return;
    mp_sim_trend_take(&delay->trend, &chromium->trend, sent_span, received_span, received);
    if (before == MP_SIM_USE_UNDER && delay->trend.use == MP_SIM_USE_NORMAL)
        delay->has_recovered = TRUE;
}

static MpSimDelayResult back_off(MpSimDelayBased *delay, const MpChromiumCongestion *chromium,
                                 MpTime now, double acked_bps)
{
    /* Before the first measured rate half of it, at every feedback. */
    if (isnan(acked_bps))
        mp_sim_aimd_set(&delay->aimd, chromium, now, delay->aimd.bps / 2);
    else if (mp_sim_aimd_may_reduce(&delay->aimd, chromium, now, acked_bps))
        mp_sim_aimd_update(&delay->aimd, chromium, now, MP_SIM_USE_OVER, acked_bps);
    else
        return MP_SIM_DELAY_UNCHANGED;
    return MP_SIM_DELAY_UPDATED;
}

MpSimDelayResult mp_sim_delay_based_report(MpSimDelayBased *delay,
                                           const MpChromiumCongestion *chromium, MpTime now,
                                           const MpSimReport *const *received, guint n_received,
                                           double acked_bps, double probe_bps)
{
    delay->has_recovered = FALSE;
    if (n_received == 0)
        return MP_SIM_DELAY_UNCHANGED;
    if (!delay->has_seen || now - delay->seen > chromium->arrival.silence) {
        delay->arrival = (MpSimArrival){0};
        mp_sim_trend_start(&delay->trend, &chromium->trend);
    }
    delay->has_seen = TRUE;
    delay->seen = now;
    for (guint i = 0; i < n_received; i++)
        take_packet(delay, chromium, now, received[i]);
    if (delay->trend.use == MP_SIM_USE_OVER) {
        delay->has_recovered = FALSE;
        return back_off(delay, chromium, now, acked_bps);
    }
    if (!isnan(probe_bps)) {
        delay->has_recovered = FALSE;
        mp_sim_aimd_set(&delay->aimd, chromium, now, probe_bps);
        return MP_SIM_DELAY_PROBED;
    }
    mp_sim_aimd_update(&delay->aimd, chromium, now, delay->trend.use, acked_bps);
    return MP_SIM_DELAY_UPDATED;
}
