/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much may be in flight.
 */
#include "simulator/sim_window.h"

void mp_sim_window_start(MpSimWindow *window)
{
    *window = (MpSimWindow){.ratio = 1};
}

void mp_sim_window_sent(MpSimWindow *window, const MpChromiumWindow *chromium, guint size)
{
    window->sent += size;
    window->sent_until[window->n_sent++ % MP_SIM_IN_FLIGHT] = window->sent;
    mp_sim_window_update(window, chromium);
}

void mp_sim_window_acked(MpSimWindow *window, guint32 transport_sequence)
{
    if (window->n_sent - transport_sequence > MP_SIM_IN_FLIGHT)
        return;
    window->acked = MAX(window->acked, window->sent_until[transport_sequence % MP_SIM_IN_FLIGHT]);
}

void mp_sim_window_round_trip(MpSimWindow *window, const MpChromiumWindow *chromium,
                              MpTime round_trip)
{
    const guint i = window->n_round_trips++ % chromium->round_trips;
    window->round_trip_ms[i] = round_trip / MP_MSEC(1);
    window->least_ms = G_MAXINT64;
    for (guint j = 0; j < MIN(window->n_round_trips, chromium->round_trips); j++)
        window->least_ms = MIN(window->least_ms, window->round_trip_ms[j]);
}

void mp_sim_window_set_target(MpSimWindow *window, const MpChromiumWindow *chromium,
                              double target_bps)
{
    if (window->n_round_trips == 0)
        return;
    double bytes = target_bps / 8000 * (double)(window->least_ms + chromium->queue_ms);
    if (window->bytes > 0)
        bytes = (bytes + window->bytes) / 2;
    window->bytes = MAX(bytes, chromium->least_bytes);
}

void mp_sim_window_update(MpSimWindow *window, const MpChromiumWindow *chromium)
{
    if (window->bytes <= 0)
        return;
    const double in_flight = (double)(window->sent - window->acked);
    if (in_flight > chromium->very_full * window->bytes)
        window->ratio *= chromium->much_slower;
    else if (in_flight > chromium->full * window->bytes)
        window->ratio *= chromium->slower;
    else if (in_flight < chromium->nearly_empty * window->bytes)
        window->ratio = 1;
    else
        window->ratio = MIN(window->ratio * chromium->faster, 1);
}

double mp_sim_window_bps(const MpSimWindow *window, const MpChromiumWindow *chromium,
                         double target_bps)
{
    const double bps = target_bps * window->ratio;
    return bps < chromium->least_bps ? MIN(target_bps, chromium->least_bps) : bps;
}
