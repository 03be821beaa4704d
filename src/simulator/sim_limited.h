/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether the application sends less than it may: the application-limited region, in which what
 * arrives says little about the link.
 */
#pragma once

#include "simulator/chromium_congestion.h"

/* All zero: nothing was sent. */
typedef struct {
    gint64 kbps; /* that fill the budget */
    gint64 most; /* bytes */
    gint64 left; /* bytes, from -most to most */
    gboolean has_sent;
    gint64 sent_ms;
    gboolean is_limited;
    MpTime since;
} MpSimLimited;

void mp_sim_limited_set_target(MpSimLimited *limited, const MpChromiumLimited *chromium,
                               double target_bps);
void mp_sim_limited_sent(MpSimLimited *limited, const MpChromiumLimited *chromium, MpTime now,
                         guint size);
