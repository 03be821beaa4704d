/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A router's limit, learned.
 */
#include "session/ttl_lane.h"

/* Linux: icmp_ratelimit 1000 ms for each destination, XRLIM_BURST_FACTOR 6. */
#define LINUX_RATE 1.0
#define LINUX_DEPTH 6.0
/* Of a router that shows no limit. */
#define MOST_RATE 64.0
#define MOST_DEPTH 24.0
#define LEAST_RATE 0.25

MpTtlLane mp_ttl_lane_init(MpTime now)
{
    return (MpTtlLane){
        .tokens = LINUX_DEPTH, .rate = LINUX_RATE, .depth = LINUX_DEPTH, .updated = now};
}

double mp_ttl_lane_tokens(MpTtlLane *lane, MpTime now)
{
    const double span = (double)MAX(now - lane->updated, 0) / (double)MP_SEC(1);
    lane->tokens = MIN(lane->tokens + span * lane->rate, lane->depth);
    lane->updated = now;
    return lane->tokens;
}

void mp_ttl_lane_spend(MpTtlLane *lane, guint answers)
{
    lane->tokens = MAX(lane->tokens - answers, 0);
}

MpTime mp_ttl_lane_when(MpTtlLane *lane, double tokens, MpTime now)
{
    const double missing = MIN(tokens, lane->depth) - mp_ttl_lane_tokens(lane, now);
    return missing <= 0 ? now : now + (MpTime)(missing / lane->rate * (double)MP_SEC(1)) + 1;
}

void mp_ttl_lane_praise(MpTtlLane *lane)
{
    lane->blames = 0;
    if (lane->is_limited) {
        lane->rate = MAX(lane->rate, MIN(lane->rate * 2, LINUX_RATE));
        return;
    }
    lane->rate = MIN(lane->rate * 2, MOST_RATE);
    lane->depth = MIN(lane->depth * 1.5, MOST_DEPTH);
    lane->tokens = MIN(lane->tokens + lane->rate / 2, lane->depth);
}

/* Once may be our own wrong guess of how many ports are open, or a loss. */
void mp_ttl_lane_blame(MpTtlLane *lane, MpTime now)
{
    lane->blames++;
    if (!lane->is_limited)
        lane->rate = MAX(lane->rate / 2, LINUX_RATE);
    else if (lane->blames > 1)
        lane->rate = MAX(lane->rate / 2, LEAST_RATE);
    lane->depth = LINUX_DEPTH;
    lane->tokens = 0;
    lane->updated = now;
    lane->is_limited = TRUE;
}
