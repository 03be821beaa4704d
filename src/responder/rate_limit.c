/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Token buckets as one time each: until when the source has paid for what it has had.
 */
#include "responder/rate_limit.h"

#include <string.h>

#define WAYS 8 /* places that a source may have */

void mp_rate_limit_init(MpRateLimit *limit, guint per_second, guint burst)
{
    memset(limit, 0, sizeof *limit);
    limit->cost = MP_SEC(1) / per_second;
    limit->depth = limit->cost * burst;
}

/* Not 0. A host has a /64 of IPv6 to itself, as a rule. */
static guint64 source_of(const MpAddress *address)
{
    guint64 source = 0;
    memcpy(&source, address->bytes, address->family == MP_FAMILY_IPV6 ? 8 : 4);
    /* Fibonacci hashing: multiples of 2^64 divided by the golden ratio. */
    return MAX(source * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15) + (guint64)address->family, 1);
}

static MpRateEntry *find(MpRateLimit *limit, guint64 source)
{
    guint set = (guint)(source >> 32) % (MP_RATE_SOURCES / WAYS);
    MpRateEntry *entries = limit->entries + (gsize)set * WAYS;
    MpRateEntry *oldest = entries;
    for (guint i = 0; i < WAYS; i++) {
        if (entries[i].source == source)
            return &entries[i];
        if (entries[i].paid_until < oldest->paid_until)
            oldest = &entries[i];
    }
    *oldest = (MpRateEntry){.source = source};
    return oldest;
}

gboolean mp_rate_limit_take(MpRateLimit *limit, const MpAddress *source, MpTime now)
{
    MpRateEntry *entry = find(limit, source_of(source));
    MpTime from = MAX(entry->paid_until, now);
    if (from + limit->cost > now + limit->depth)
        return FALSE;
    entry->paid_until = from + limit->cost;
    return TRUE;
}
