/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What holds on a link at a moment: the conditions after its changes so far, and its outages.
 */
#pragma once

#include "model/link.h"

typedef struct {
    MpTime start;
    GArray *changes; /* MpLinkChange */
    GArray *outages; /* MpLinkOutage */
    guint n_changed; /* changes that are in force or past */
    MpLinkConditions conditions;
    gboolean drops; /* an outage loses what comes */
    gboolean holds; /* an outage stops the bottleneck */
    MpTime next_change;
    MpTime next_outage; /* when the next one begins or one of now ends */
} MpLinkSchedule;

void mp_link_schedule_init(MpLinkSchedule *schedule, const MpLinkDirection *direction,
                           MpTime start);
void mp_link_schedule_clear(MpLinkSchedule *schedule);

/* To `now`, at once however far. A change or outage is in force from its very nanosecond on, and
 * an outage no more at its end. */
void mp_link_schedule_move(MpLinkSchedule *schedule, MpTime now);
