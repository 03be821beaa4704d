/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers of a browser's audio: Opus and NetEq.
 */
#pragma once

#include "base/time.h"

typedef struct {
    MpTime packet_time;
    guint packet_bytes;
    MpTime tick; /* sound is played in pieces of this */

    /* In-band FEC: from this loss on, in packets that carry sound, a share of every second. */
    double repair_loss;
    double repair_share;

    /* Delay manager. */
    MpTime start_delay;
    MpTime delay_step; /* of its histograms */
    MpTime resample;   /* the largest delay of this span counts as one */
    double quantile;   /* of what comes in time */
    double forget;     /* of the histogram at each entry */
    double start_weight;
    double reorder_forget;
    double ms_per_loss_percent;
    MpTime history; /* in which the fastest packet is the reference */

    /* Decisions. */
    MpTime early_margin;   /* above the target: what is missing is not waited for */
    MpTime stretch_margin; /* above target and jitter: faster */
    guint stretch_ticks;   /* at least, from one change of speed to the next */
    MpTime stretch;        /* what one of them takes away or adds */
    double restart_share;  /* of the target, before play goes on after a long concealment */
    MpTime long_concealment;
    MpTime merge; /* of what was made up is not heard when sound comes back */
    MpTime fade;  /* what is made up has faded to silence, and no longer counts */
} MpChromiumAudio;

extern const MpChromiumAudio mp_chromium_audio_2026_07;
