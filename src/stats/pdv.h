/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packet delay variation, RFC 5481 section 4.2: each one-way delay less the smallest of them.
 */
#pragma once

#include "base/time.h"
#include "stats/summary.h"

/* In ms. `delays` are received - sent, in ns; the clocks of the two ends may differ by any
 * constant, which the smallest delay takes away with the constant part of the path. */
MpSummary mp_pdv_ms(const MpTime *delays, gsize n);
