/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss and how it clusters: a loss period is a run of packets lost in a row, RFC 3357 section 4.
 * Fed one packet at a time, in sending order.
 */
#pragma once

#include <glib.h>

/* The loss constraint of RFC 3357 section 5.2: losses that are no further apart are noticeable. 99
 * packets are one loss in a hundred. */
#define MP_LOSS_CONSTRAINT 99

/* Zero is the empty state. */
typedef struct {
    gsize sent;
    gsize lost;
    gsize runs;    /* loss periods */
    gsize longest; /* of them, packets */
    gsize current; /* packets of the run that the last packet belongs to; 0: it arrived */

    gsize last_lost;  /* its number, counted from 1; 0: none was lost yet */
    gsize noticeable; /* losses at most MP_LOSS_CONSTRAINT packets after the one before */
    gsize distances;  /* sum, from the last packet of a period to the first of the next */
} MpLossRuns;

void mp_loss_runs_add(MpLossRuns *runs, gboolean received);

/* Lost of all sent, RFC 7680 section 4.1. NAN when nothing was sent. */
double mp_loss_runs_percent(const MpLossRuns *runs);
/* Mean of Type-P-One-Way-Loss-Period-Lengths, RFC 3357 section 6: packets. 0 when nothing was
 * lost, NAN when nothing was sent. */
double mp_loss_runs_mean_length(const MpLossRuns *runs);
/* Type-P-One-Way-Loss-Noticeable-Rate, RFC 3357 section 6.1: noticeable losses of all losses. NAN
 * when nothing was lost. */
double mp_loss_runs_noticeable_percent(const MpLossRuns *runs);
/* Mean of Type-P-One-Way-Inter-Loss-Period-Lengths, RFC 3357 section 6.4: packets from the last
 * one of a period to the first one of the next. NAN with fewer than two periods. */
double mp_loss_runs_mean_distance(const MpLossRuns *runs);
