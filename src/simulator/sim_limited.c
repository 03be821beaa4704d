/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The application-limited region.
 */
#include "simulator/sim_limited.h"

void mp_sim_limited_set_target(MpSimLimited *limited, const MpChromiumLimited *chromium,
                               double target_bps)
{
    limited->kbps = (gint64)(target_bps * chromium->usage / 1000);
    limited->most = limited->kbps * chromium->budget_ms / 8;
    limited->left = CLAMP(limited->left, -limited->most, limited->most);
}

void mp_sim_limited_sent(MpSimLimited *limited, const MpChromiumLimited *chromium, MpTime now,
                         guint size)
{
    const gint64 now_ms = now / MP_MSEC(1);
    if (!limited->has_sent) {
        limited->has_sent = TRUE;
        limited->sent_ms = now_ms;
        return;
    }
    limited->left = MAX(limited->left - size, -limited->most);
    limited->left = MIN(limited->left + limited->kbps * (now_ms - limited->sent_ms) / 8,
                        limited->most);
    limited->sent_ms = now_ms;
    const double left = (double)limited->left;
    const double most = (double)limited->most;
    if (!limited->is_limited && left > chromium->start * most) {
        limited->is_limited = TRUE;
        limited->since = now;
    } else if (limited->is_limited && left < chromium->stop * most) {
        limited->is_limited = FALSE;
    }
}
