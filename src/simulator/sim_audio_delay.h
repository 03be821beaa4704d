/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long NetEq wants to wait: its delay manager. A quantile of the delays against the fastest
 * packet of late, and what packets out of order are worth.
 */
#pragma once

#include "simulator/chromium.h"

#define MP_SIM_AUDIO_BUCKETS 100
/* Packets of the history; a power of two, and more than NetEq keeps. */
#define MP_SIM_AUDIO_HISTORY 128

typedef struct {
    float buckets[MP_SIM_AUDIO_BUCKETS]; /* share of delays, by delay */
    double kept;                         /* at the next entry */
    double most_kept;
    guint entries;
} MpSimDelayShares;

/* The least or the most of the last packets: those that may become it, in order. */
typedef struct {
    guint32 sequence[MP_SIM_AUDIO_HISTORY];
    MpTime delay[MP_SIM_AUDIO_HISTORY];
    guint first;
    guint n;
} MpSimExtreme;

typedef struct {
    const MpChromiumAudio *constants;
    MpSimDelayShares late;
    MpSimDelayShares reordered;
    gboolean is_reordering; /* ever */
    MpTime resampled_at;    /* MP_NEVER: no packet yet */
    MpTime largest;         /* delay since then */
    MpTime target;
    MpSimExtreme least;
    MpSimExtreme most;
    guint32 newest;
    gboolean has_packet;
} MpSimAudioDelay;

void mp_sim_audio_delay_init(MpSimAudioDelay *delay, const MpChromiumAudio *constants);
/* A packet came at `now`; times are those of the player's ticks. */
void mp_sim_audio_delay_take(MpSimAudioDelay *delay, MpTime now, guint32 sequence);
/* Of sound that was captured at `captured`, if it is played at `now`: beyond the fastest's. */
MpTime mp_sim_audio_delay_of(const MpSimAudioDelay *delay, MpTime now, MpTime captured);
/* The largest of the history. */
MpTime mp_sim_audio_delay_most(const MpSimAudioDelay *delay);
