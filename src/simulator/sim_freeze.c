/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Freezes and pauses as getStats counts them, from the moments at which frames are decoded.
 * The rule is that of libwebrtc's video/video_quality_observer2.cc: whole milliseconds, the mean of
 * the last gaps with the present one among them, rounded down.
 */
#include "simulator/sim_freeze.h"

void mp_sim_freeze_init(MpSimFreeze *freeze, const MpChromiumFreeze *constants)
{
    g_assert(constants->window <= MP_SIM_FREEZE_WINDOW);
    *freeze = (MpSimFreeze){.constants = constants, .last_ms = -1};
}

static void remember(MpSimFreeze *freeze, gint64 gap_ms)
{
    guint window = freeze->constants->window;
    if (freeze->n_gaps == window)
        freeze->sum_ms -= freeze->gaps_ms[freeze->next];
    else
        freeze->n_gaps++;
    freeze->gaps_ms[freeze->next] = gap_ms;
    freeze->sum_ms += gap_ms;
    freeze->next = (freeze->next + 1) % window;
}

static void judge(MpSimFreeze *freeze, gint64 gap_ms)
{
    const MpChromiumFreeze *constants = freeze->constants;
    remember(freeze, gap_ms);
    if (freeze->n_gaps < constants->least_samples)
        return;

    gint64 mean_ms = freeze->sum_ms / freeze->n_gaps;
    if (gap_ms < MAX(constants->factor * mean_ms, mean_ms + constants->increase_ms))
        return;

    freeze->freezes++;
    freeze->frozen += MP_MSEC(gap_ms);
}

void mp_sim_freeze_frame(MpSimFreeze *freeze, MpTime decoded)
{
    gint64 now_ms = decoded / MP_MSEC(1);
    gint64 gap_ms = now_ms - freeze->last_ms;
    gboolean is_first = freeze->last_ms < 0;
    freeze->last_ms = now_ms;
    if (!is_first && freeze->is_paused) {
        freeze->pauses++;
        freeze->paused += MP_MSEC(gap_ms);
    } else if (!is_first) {
        judge(freeze, gap_ms);
    }
    freeze->is_paused = FALSE;
}

void mp_sim_freeze_pause(MpSimFreeze *freeze)
{
    freeze->is_paused = TRUE;
}
