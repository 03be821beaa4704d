/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Freezes and pauses as getStats counts them, from the moments at which frames are decoded.
 */
#pragma once

#include "simulator/chromium_playout.h"

#define MP_SIM_FREEZE_WINDOW 30

typedef struct {
    const MpChromiumFreeze *constants;
    gint64 gaps_ms[MP_SIM_FREEZE_WINDOW];
    gint64 sum_ms;
    guint n_gaps;   /* in the window */
    guint next;     /* to be replaced */
    gint64 last_ms; /* when the latest frame was decoded; -1: none yet */
    gboolean is_paused;
    guint freezes;
    MpTime frozen;
    guint pauses;
    MpTime paused;
} MpSimFreeze;

void mp_sim_freeze_init(MpSimFreeze *freeze, const MpChromiumFreeze *constants);
void mp_sim_freeze_frame(MpSimFreeze *freeze, MpTime decoded);
/* Nothing comes any more: the gap until the next frame is a pause, not a freeze. */
void mp_sim_freeze_pause(MpSimFreeze *freeze);
