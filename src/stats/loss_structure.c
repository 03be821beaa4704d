/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One direction's losses by every measure.
 */
#include "stats/loss_structure.h"

/* The windows that networks for Microsoft Teams are held against. */
#define SHORT_WINDOW MP_MSEC(200)
#define LONG_WINDOW MP_SEC(15)

MpLossStructure mp_loss_structure(const MpLossPoint *points, gsize n)
{
    MpLossStructure structure = {.runs = {0}};
    MpLossBursts bursts = {0};
    for (gsize i = 0; i < n; i++) {
        mp_loss_runs_add(&structure.runs, points[i].is_received);
        mp_loss_bursts_add(&bursts, points[i].is_received, points[i].sent);
    }
    const MpLossRuns *runs = &structure.runs;
    structure.share = mp_proportion_in_runs((guint)runs->lost, (guint)runs->runs,
                                            (guint)runs->sent);
    structure.bursts = mp_loss_bursts_figures(&bursts);
    structure.short_windows = mp_loss_windows(points, n, SHORT_WINDOW);
    structure.long_windows = mp_loss_windows(points, n, LONG_WINDOW);
    return structure;
}
