/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes over a sliding window, and their rate.
 */
#pragma once

#include "base/time.h"

#define MP_SIM_BYTE_RATE_BINS 50

typedef struct {
    MpTime window;
    MpTime first;   /* counted; MP_NEVER: nothing yet */
    gint64 newest;  /* bin */
    guint64 bytes;  /* in the window */
    guint n_counts; /* since `first` */
    guint bins[MP_SIM_BYTE_RATE_BINS];
} MpSimByteRate;

void mp_sim_byte_rate_init(MpSimByteRate *rate, MpTime window);
void mp_sim_byte_rate_add(MpSimByteRate *rate, MpTime now, guint bytes);
guint64 mp_sim_byte_rate_bytes(MpSimByteRate *rate, MpTime now);
/* bit/s; negative: one count alone, or those of a single millisecond, tell no rate yet. */
double mp_sim_byte_rate_bps(MpSimByteRate *rate, MpTime now);
