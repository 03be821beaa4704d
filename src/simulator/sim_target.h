/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rate that is aimed at, of what delay, loss and the round trip allow.
 */
#pragma once

#include "simulator/sim_loss_based.h"

typedef struct {
    double bps;
    double delay_bps; /* INFINITY: not known */
    MpSimLossBased loss_based;
    MpSimLossState loss_state;
    /* Of receiver reports. */
    gboolean has_report;
    MpTime first_report;
    guint64 n_packets; /* since the last loss rate */
    guint64 n_lost;
    double loss; /* 0 to 1 */
    /* The round trip with the time since the last feedback added. */
    MpTime sent;
    MpTime heard; /* feedback */
    MpTime propagation;
    gboolean has_reduced;
    MpTime reduced;
} MpSimTarget;

void mp_sim_target_start(MpSimTarget *target, const MpChromiumCongestion *chromium, MpTime now);
/* A probe's result stands over all that was. */
void mp_sim_target_set(MpSimTarget *target, const MpChromiumCongestion *chromium, double bps);
void mp_sim_target_set_delay(MpSimTarget *target, const MpChromiumCongestion *chromium,
                             double delay_bps);
void mp_sim_target_report(MpSimTarget *target, const MpChromiumCongestion *chromium, MpTime now,
                          const MpSimReport *reports, guint n_reports, double acked_bps,
                          gboolean is_limited);
/* A receiver report came: the loss of what was reported since the last one. */
void mp_sim_target_receiver_report(MpSimTarget *target, const MpChromiumCongestion *chromium,
                                   MpTime now);
void mp_sim_target_tick(MpSimTarget *target, const MpChromiumCongestion *chromium, MpTime now);
gboolean mp_sim_target_is_unheard(const MpSimTarget *target, const MpChromiumCongestion *chromium);
