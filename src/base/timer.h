/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A GSource that fires at an exact moment: timerfd instead of GLib's millisecond timeouts, which
 * drift (0.1 ms late at every tick) and cannot pace media.
 */
#pragma once

#include "base/time.h"

/* Called in the context's thread at or after the armed moment; arm again from within if wanted. */
typedef void (*MpTimerCallback)(MpTime now, gpointer user_data);

/* Disarmed until mp_timer_arm(). Attach with g_source_attach(); NULL when the process is out of
 * file descriptors. */
GSource *mp_timer_new(MpTimerCallback callback, gpointer user_data);

/* `when` on mp_clock_now()'s clock; MP_NEVER disarms, a moment in the past fires at once. */
void mp_timer_arm(GSource *timer, MpTime when);
