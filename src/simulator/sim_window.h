/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much may be in flight: when more is, the encoder is slowed, so that a queue does not grow
 * while nothing is heard from the far end.
 */
#pragma once

#include "simulator/chromium_congestion.h"

/* Powers of two: packets whose feedback may still come, round trips that are kept. */
#define MP_SIM_IN_FLIGHT 8192
#define MP_SIM_WINDOW_TRIPS 32

typedef struct {
    guint64 sent_until[MP_SIM_IN_FLIGHT]; /* bytes, with that packet, by transport sequence */
    guint64 sent;
    guint64 acked;
    guint32 n_sent;
    gint64 round_trip_ms[MP_SIM_WINDOW_TRIPS];
    guint n_round_trips;
    gint64 least_ms; /* of them */
    double bytes;    /* 0: not known yet */
    double ratio;    /* of the target that the encoders may use */
} MpSimWindow;

void mp_sim_window_start(MpSimWindow *window);
void mp_sim_window_sent(MpSimWindow *window, const MpChromiumWindow *chromium, guint size);
/* All until `transport_sequence` has come or never will. */
void mp_sim_window_acked(MpSimWindow *window, guint32 transport_sequence);
/* The longest round trip that a feedback shows. */
void mp_sim_window_round_trip(MpSimWindow *window, const MpChromiumWindow *chromium,
                              MpTime round_trip);
void mp_sim_window_set_target(MpSimWindow *window, const MpChromiumWindow *chromium,
                              double target_bps);
/* At every packet, feedback and tick. */
void mp_sim_window_update(MpSimWindow *window, const MpChromiumWindow *chromium);
/* What the encoders may use of the target. */
double mp_sim_window_bps(const MpSimWindow *window, const MpChromiumWindow *chromium,
                         double target_bps);
