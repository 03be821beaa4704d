/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss within windows of time, by the time of sending.
 */
#include "stats/loss_windows.h"

#include <math.h>

/* Windows side by side from the first packet on, whole ones only. */
static void count_side_by_side(const MpLossPoint *points, gsize n, MpTime span,
                               MpWindowFigures *figures)
{
    const MpTime begin = points[0].sent;
    const MpTime n_whole = (points[n - 1].sent - begin) / span;
    gsize windows = 0;
    gsize with_loss = 0;
    MpTime present = -1;
    gboolean has_loss = FALSE;
    for (gsize i = 0; i < n; i++) {
        const MpTime window = (points[i].sent - begin) / span;
        if (window >= n_whole)
            break;
        if (window != present) {
            windows++;
            has_loss = FALSE;
        }
        present = window;
        with_loss += !has_loss && !points[i].is_received;
        has_loss |= !points[i].is_received;
    }
    figures->windows = (double)windows;
    figures->with_loss_percent = 100.0 * (double)with_loss / (double)windows;
}

/* The worst window begins with a packet: one that began earlier and had none before it would hold
 * no more losses. */
static void find_worst(const MpLossPoint *points, gsize n, MpTime span, MpWindowFigures *figures)
{
    gsize end = 0;
    gsize lost = 0;
    figures->worst_percent = -1;
    for (gsize i = 0; i < n && points[i].sent + span <= points[n - 1].sent; i++) {
        while (end < n && points[end].sent < points[i].sent + span)
            lost += !points[end++].is_received;
        const double percent = 100.0 * (double)lost / (double)(end - i);
        if (percent > figures->worst_percent) {
            figures->worst_percent = percent;
            figures->worst_after_ms = mp_time_to_ms(points[i].sent - points[0].sent);
        }
        lost -= !points[i].is_received;
    }
}

MpWindowFigures mp_loss_windows(const MpLossPoint *points, gsize n, MpTime span)
{
    MpWindowFigures figures = {NAN, NAN, NAN, NAN};
    if (n == 0 || points[n - 1].sent - points[0].sent < span)
        return figures;
    count_side_by_side(points, n, span, &figures);
    find_worst(points, n, span, &figures);
    return figures;
}
