/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two clocks of the kernel, read as nanoseconds.
 */
#include "base/clock.h"

#include <time.h>

static MpTime read_clock(clockid_t id)
{
    struct timespec now;
    g_assert(clock_gettime(id, &now) == 0);
    return MP_SEC(now.tv_sec) + now.tv_nsec;
}

MpTime mp_clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

MpTime mp_clock_realtime(void)
{
    return read_clock(CLOCK_REALTIME);
}

char *mp_clock_rfc3339(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
}
