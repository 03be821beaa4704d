/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How fast one source may ask: a token bucket for each, in a table that never grows. Holds no
 * pointer, so that processes may share it.
 */
#pragma once

#include "base/address.h"
#include "base/time.h"

#define MP_RATE_SOURCES 256

typedef struct {
    guint64 source; /* the address without its port, of IPv6 the first 64 bits; 0: free */
    MpTime paid_until;
} MpRateEntry;

typedef struct {
    MpTime cost;  /* of one datagram, as time */
    MpTime depth; /* of the bucket */
    MpRateEntry entries[MP_RATE_SOURCES];
} MpRateLimit;

/* `burst` at once, `per_second` for long. */
void mp_rate_limit_init(MpRateLimit *limit, guint per_second, guint burst);

/* Whether the source may have another one now. Where more sources come at once than the table
 * holds, those that came longest ago are forgotten. */
gboolean mp_rate_limit_take(MpRateLimit *limit, const MpAddress *source, MpTime now);
