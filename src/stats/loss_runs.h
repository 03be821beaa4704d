/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss and how it clusters: a loss period is a run of packets lost in a row, RFC 3357 section 4.
 * Fed one packet at a time, in sending order.
 */
#pragma once

#include <glib.h>

/* Zero is the empty state. */
typedef struct {
    gsize sent;
    gsize lost;
    gsize runs;    /* loss periods */
    gsize longest; /* of them, packets */
    gsize current; /* packets of the run that the last packet belongs to; 0: it arrived */
} MpLossRuns;

void mp_loss_runs_add(MpLossRuns *runs, gboolean received);

/* Lost of all sent, RFC 7680 section 4.1. NAN when nothing was sent. */
double mp_loss_runs_percent(const MpLossRuns *runs);
/* Mean of Type-P-One-Way-Loss-Period-Lengths, RFC 3357 section 6: packets. 0 when nothing was
 * lost, NAN when nothing was sent. */
double mp_loss_runs_mean_length(const MpLossRuns *runs);
