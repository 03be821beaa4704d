/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A mahimahi trace as a function of its number: when the n-th opportunity comes, counted over all
 * repetitions, and which one is the first after a moment.
 */
#pragma once

#include "model/link.h"

typedef struct {
    MpTime start;
    GArray *milliseconds; /* guint32, ascending; NULL: no trace */
    MpTime period;
} MpLinkOpportunities;

void mp_link_opportunities_init(MpLinkOpportunities *trace, const GArray *milliseconds,
                                MpTime start);
void mp_link_opportunities_clear(MpLinkOpportunities *trace);

MpTime mp_link_opportunity_at(const MpLinkOpportunities *trace, guint64 number);
/* The number of the first one later than `moment`. */
guint64 mp_link_opportunity_after(const MpLinkOpportunities *trace, MpTime moment);
