/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loss within windows of time: how bad the worst moment was, and how much of the time anything was
 * lost.
 */
#pragma once

#include "base/time.h"

typedef struct {
    MpTime sent;
    gboolean is_received;
} MpLossPoint;

/* NAN: the trace is shorter than one window. */
typedef struct {
    double windows;           /* that lie side by side and hold a packet */
    double with_loss_percent; /* of them */
    double worst_percent;     /* most that any window lost, wherever it begins */
    double worst_after_ms;    /* its beginning, since the first packet was sent */
} MpWindowFigures;

/* `points` in order of sending. */
MpWindowFigures mp_loss_windows(const MpLossPoint *points, gsize n, MpTime span);
