/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two clocks of the kernel, read as nanoseconds.
 */
#include "base/clock.h"

#include <time.h>

/* Between two readings of the clock another thread may have had its turn. */
#define TRIES 4
#define NARROW MP_USEC(1)

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

MpTime mp_clock_difference(void)
{
    MpTime difference = 0;
    MpTime narrowest = MP_NEVER;
    for (guint i = 0; i < TRIES && narrowest > NARROW; i++) {
        const MpTime before = mp_clock_now();
        const MpTime real = mp_clock_realtime();
        const MpTime width = mp_clock_now() - before;
        if (width >= narrowest)
            continue;
        narrowest = width;
        difference = real - before - width / 2;
    }
    return difference;
}

char *mp_clock_rfc3339(void)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
}
