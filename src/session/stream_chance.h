/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How sizes and pauses of a stream vary: evenly around 1, the same for the same seed.
 */
#pragma once

#include "base/splitmix.h"

/* From 1 - `spread` to 1 + `spread`, with the mean 1. */
static inline double mp_stream_chance(guint64 *random, double spread)
{
    const double share = (double)(mp_splitmix_next(random) >> 11) / (double)(1ull << 53);
    return 1 + spread * (2 * share - 1);
}
