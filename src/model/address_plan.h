/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which addresses of large ranges to ask, so that every part of them is asked at least once.
 */
#pragma once

#include "base/address.h"

typedef struct {
    MpCidr stratum;    /* a /24, or the range itself where that is smaller */
    MpAddress address; /* inside it; of a /24 neither the first nor the last */
} MpAddressSample;

/* MpAddressSample, one of each stratum, in an order whose beginning is spread over the ranges. A
 * stratum is a /24 of IPv4 and 1/256 of a range of IPv6, doubled in size until there are no more
 * than `most` of them; every range has at least one. One seed, one plan. Free with
 * g_array_unref(). */
GArray *mp_address_plan(const MpCidr *ranges, guint n_ranges, guint most, guint32 seed);
