/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one router on the way spends on ICMP errors to us: a bucket that is emptied by its answers
 * and fills with time. Starts from Linux's own (six, then one a second for each destination) and
 * learns.
 */
#pragma once

#include "base/time.h"

typedef struct {
    double tokens; /* at `updated` */
    double rate;   /* a second */
    double depth;
    MpTime updated;
    gboolean is_limited; /* it was silent when it should not have been */
    guint blames;        /* in a row */
} MpTtlLane;

MpTtlLane mp_ttl_lane_init(MpTime now);
/* Answers that may be expected of it now. */
double mp_ttl_lane_tokens(MpTtlLane *lane, MpTime now);
void mp_ttl_lane_spend(MpTtlLane *lane, guint answers);
/* When it has so many. */
MpTime mp_ttl_lane_when(MpTtlLane *lane, double tokens, MpTime now);
/* The last question of a batch, whose port is open, was answered; was not. */
void mp_ttl_lane_praise(MpTtlLane *lane);
void mp_ttl_lane_blame(MpTtlLane *lane, MpTime now);
