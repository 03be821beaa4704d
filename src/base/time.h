/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Time as one integer: nanoseconds. Which clock they count is the caller's to say; see clock.h.
 */
#pragma once

#include <glib.h>

typedef gint64 MpTime;

#define MP_NEVER G_MAXINT64
#define MP_USEC(n) ((MpTime)(n)*G_GINT64_CONSTANT(1000))
#define MP_MSEC(n) ((MpTime)(n)*G_GINT64_CONSTANT(1000000))
#define MP_SEC(n) ((MpTime)(n)*G_GINT64_CONSTANT(1000000000))

/* A span as fractional milliseconds, the unit of every result. */
static inline double mp_time_to_ms(MpTime span)
{
    return (double)span / 1e6;
}
