/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate that loss allows: the likeliest among a few candidates, and when it may grow again.
 */
#pragma once

#include "simulator/sim_loss_model.h"

typedef enum {
    MP_SIM_LOSS_NO_LIMIT, /* the delay-based rate holds */
    MP_SIM_LOSS_DECREASING,
    MP_SIM_LOSS_INCREASING, /* with padding, to learn sooner whether more is lost */
} MpSimLossState;

typedef struct {
    double bps;
    double inherent_loss;
} MpSimChannel;

/* After loss nothing grows for a while, each time longer. */
typedef struct {
    gint64 until_ms;
    gint64 span_ms;
    double bps; /* INFINITY: none */
} MpSimHold;

typedef struct {
    MpSimLossModel model;
    MpSimChannel best; /* bps NAN: none yet */
    double bps;        /* the result; of no meaning before it is ready */
    MpSimLossState state;
    MpSimHold hold;
    gboolean is_padded;
    double padded_bps;
    gint64 padded_ms;
    gboolean has_window;
    double window_bps; /* most of it */
    gint64 window_ms;
    double acked_bps; /* NAN: not known yet */
    double delay_bps;
} MpSimLossBased;

void mp_sim_loss_based_start(MpSimLossBased *loss, const MpChromiumCongestion *chromium);
void mp_sim_loss_based_report(MpSimLossBased *loss, const MpChromiumCongestion *chromium,
                              const MpSimReport *reports, guint n_reports, double acked_bps,
                              double delay_bps, gboolean is_limited);
gboolean mp_sim_loss_based_is_ready(const MpSimLossBased *loss,
                                    const MpChromiumCongestion *chromium);
