/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A sender in virtual time: a camera or a screen that uses all it is given up to a rate, audio,
 * pacer and congestion control, over one direction of a link; feedback comes back after a delay.
 */
#pragma once

#include "link/link_line.h"
#include "simulator/sim_congestion.h"
#include "simulator/sim_pacer.h"

typedef struct {
    const MpLinkDirection *link;
    MpTime back;       /* delay of feedback */
    double most_bps;   /* that the encoders say they can use */
    double source_bps; /* what they make of it; 0: the same */
    double rest_bps;   /* what it uses in every other five seconds; 0: all the time all */
    gboolean is_screen;
    guint seconds;
    guint64 seed;
} SimSenderSetup;

typedef struct {
    GArray *target_kbps;   /* double, at the end of each second */
    GArray *received_kbps; /* in each second */
    GArray *padding_kbps;  /* sent in each second */
    guint64 n_packets;
    MpTime longest_queue; /* before the bottleneck */
    MpSimCongestion *congestion;
    MpSimPacer *pacer;
} SimSender;

SimSender *sim_sender_run(const SimSenderSetup *setup);
void sim_sender_free(SimSender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SimSender, sim_sender_free)

/* The mean of `figures` from second `first` on. */
double sim_sender_mean(const GArray *figures, guint first);
