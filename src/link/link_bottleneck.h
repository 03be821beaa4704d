/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The narrowest place of the link and the queue before it: a rate, a token bucket, a mahimahi trace
 * or none of them, any of which an outage may stop.
 */
#pragma once

#include "link/link_codel.h"
#include "link/link_opportunities.h"

/* What is sent is paid in billionths of a bit: at R bit/s, R of them come in each nanosecond. So
 * no rate is ever rounded. */
typedef gint64 MpLinkCredit;

typedef struct {
    MpTime now;
    MpLinkCredit credit;
    MpLinkTrain waiting;
    MpLinkParcel *sending; /* taken from the queue, waiting for credit */
    MpLinkCodel codel;
    MpLinkOpportunities trace;
    guint64 next_opportunity;
    gboolean is_held;
    guint64 rate_bps;    /* 0: unlimited, or as the trace says */
    MpLinkCredit bucket; /* the most credit that may be saved */
    MpLinkQueue queue;
} MpLinkBottleneck;

/* `conditions` and `is_held` are those of `start`. */
void mp_link_bottleneck_init(MpLinkBottleneck *bottleneck, const MpLinkDirection *direction,
                             const MpLinkConditions *conditions, gboolean is_held, MpTime start);
void mp_link_bottleneck_clear(MpLinkBottleneck *bottleneck);

/* When something can change here; MP_NEVER while it is empty or held. */
MpTime mp_link_bottleneck_deadline(const MpLinkBottleneck *bottleneck);

/* Time goes on, at most to the deadline. */
void mp_link_bottleneck_advance(MpLinkBottleneck *bottleneck, MpTime now);
/* From now on these hold. */
void mp_link_bottleneck_adopt(MpLinkBottleneck *bottleneck, const MpLinkConditions *conditions,
                              gboolean is_held);

/* FALSE: the queue is full. */
gboolean mp_link_bottleneck_push(MpLinkBottleneck *bottleneck, MpLinkParcel *parcel);
/* The next packet that leaves now; NULL when no more does. CoDel's go to `dropped`. */
MpLinkParcel *mp_link_bottleneck_pop(MpLinkBottleneck *bottleneck, MpLinkTrain *dropped);

gboolean mp_link_bottleneck_is_empty(const MpLinkBottleneck *bottleneck);
