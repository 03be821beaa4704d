/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only place where a clock is read.
 */
#pragma once

#include "base/time.h"

/* Never steps; counts from an arbitrary start. Every deadline is on this clock. */
MpTime mp_clock_now(void);

/* Nanoseconds since 1970, the clock of the kernel's packet timestamps. It may step. */
MpTime mp_clock_realtime(void);

/* mp_clock_realtime() less mp_clock_now(), to about a microsecond. Slewing moves both clocks alike:
 * it changes only where the former was set. */
MpTime mp_clock_difference(void);

/* RFC 3339 text of the present moment in UTC, to the second. Free with g_free(). */
char *mp_clock_rfc3339(void);
