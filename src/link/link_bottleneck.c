/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bottleneck and its queue. A packet leaves when there is credit for all of its bits. Without a
 * bucket no credit is saved while nothing waits, so that packets leave one by one.
 */
#include "link/link_bottleneck.h"

#define PER_BYTE G_GINT64_CONSTANT(8000000000)
#define PER_OPPORTUNITY (MP_LINK_TRACE_BYTES * PER_BYTE)
/* So that credit, at most a bucket, a packet and an opportunity, stays below 2^63. */
#define LARGEST_BUCKET 1000000000
#define HIGHEST_RATE G_GUINT64_CONSTANT(1000000000000)
#define DEFAULT_LIMIT_PACKETS 1000
/* A trace may name a millisecond a million times. */
#define MOST_FROM_TRACE (LARGEST_BUCKET * PER_BYTE)

__extension__ typedef __int128 Wide;

static MpLinkCredit price(const MpLinkParcel *parcel)
{
    return (MpLinkCredit)parcel->outcome.size * PER_BYTE;
}

static gboolean has_trace(const MpLinkBottleneck *bottleneck)
{
    return bottleneck->trace.milliseconds != NULL;
}

static gboolean has_limit(const MpLinkBottleneck *bottleneck)
{
    return bottleneck->rate_bps > 0 || has_trace(bottleneck);
}

gboolean mp_link_bottleneck_is_empty(const MpLinkBottleneck *bottleneck)
{
    return !bottleneck->sending && !bottleneck->waiting.first;
}

static gboolean is_serving(const MpLinkBottleneck *bottleneck)
{
    return !bottleneck->is_held && !mp_link_bottleneck_is_empty(bottleneck);
}

void mp_link_bottleneck_init(MpLinkBottleneck *bottleneck, const MpLinkDirection *direction,
                             const MpLinkConditions *conditions, gboolean is_held, MpTime start)
{
    *bottleneck = (MpLinkBottleneck){.now = start};
    mp_link_opportunities_init(&bottleneck->trace, direction->opportunities, start);
    mp_link_bottleneck_adopt(bottleneck, conditions, is_held);
}

void mp_link_bottleneck_clear(MpLinkBottleneck *bottleneck)
{
    mp_link_opportunities_clear(&bottleneck->trace);
}

/* Opportunities pass unused while nothing waits or an outage holds. */
static void wait_for_opportunity(MpLinkBottleneck *bottleneck)
{
    if (has_trace(bottleneck))
        bottleneck->next_opportunity = mp_link_opportunity_after(&bottleneck->trace,
                                                                 bottleneck->now);
}

void mp_link_bottleneck_adopt(MpLinkBottleneck *bottleneck, const MpLinkConditions *conditions,
                              gboolean is_held)
{
    guint64 rate_bps = has_trace(bottleneck) ? 0 : MIN(conditions->rate_bps, HIGHEST_RATE);
    guint64 bucket_bytes = rate_bps > 0 ? MIN(conditions->burst_bytes, LARGEST_BUCKET) : 0;
    bottleneck->bucket = (MpLinkCredit)bucket_bytes * PER_BYTE;
    if (bottleneck->rate_bps == 0 && rate_bps > 0)
        bottleneck->credit = bottleneck->bucket;
    else if (!bottleneck->sending)
        bottleneck->credit = MIN(bottleneck->credit, bottleneck->bucket);
    bottleneck->rate_bps = rate_bps;
    bottleneck->queue = conditions->queue;
    if (bottleneck->is_held && !is_held)
        wait_for_opportunity(bottleneck);
    bottleneck->is_held = is_held;
}

static MpTime span_for(const MpLinkBottleneck *bottleneck, MpLinkCredit missing)
{
    gint64 rate = (gint64)bottleneck->rate_bps;
    return missing <= 0 ? 0 : (missing + rate - 1) / rate;
}

MpTime mp_link_bottleneck_deadline(const MpLinkBottleneck *bottleneck)
{
    if (!is_serving(bottleneck))
        return MP_NEVER;
    if (has_trace(bottleneck))
        return mp_link_opportunity_at(&bottleneck->trace, bottleneck->next_opportunity);
    if (bottleneck->rate_bps == 0 || !bottleneck->sending)
        return bottleneck->now;
    return bottleneck->now + span_for(bottleneck, price(bottleneck->sending) - bottleneck->credit);
}

static void take_opportunities(MpLinkBottleneck *bottleneck, MpTime now)
{
    while (mp_link_opportunity_at(&bottleneck->trace, bottleneck->next_opportunity) <= now) {
        bottleneck->credit = MIN(bottleneck->credit + PER_OPPORTUNITY, MOST_FROM_TRACE);
        bottleneck->next_opportunity++;
    }
}

/* While it is served a packet's credit grows to its price; what is saved otherwise, to the bucket.
 */
static void earn(MpLinkBottleneck *bottleneck, MpTime span)
{
    if (is_serving(bottleneck)) {
        bottleneck->credit += span * (gint64)bottleneck->rate_bps;
        return;
    }
    MpLinkCredit missing = bottleneck->bucket - bottleneck->credit;
    if (missing <= 0)
        return;
    gboolean is_full = span >= span_for(bottleneck, missing);
    bottleneck->credit = is_full ? bottleneck->bucket
                                 : bottleneck->credit + span * (gint64)bottleneck->rate_bps;
}

void mp_link_bottleneck_advance(MpLinkBottleneck *bottleneck, MpTime now)
{
    if (has_trace(bottleneck) && is_serving(bottleneck))
        take_opportunities(bottleneck, now);
    else if (bottleneck->rate_bps > 0)
        earn(bottleneck, now - bottleneck->now);
    bottleneck->now = now;
}

/* How long a packet that comes now waits for those before it. */
static MpTime waiting_time(const MpLinkBottleneck *bottleneck)
{
    guint64 bytes = bottleneck->waiting.bytes;
    bytes += bottleneck->sending ? bottleneck->sending->outcome.size : 0;
    Wide missing = (Wide)bytes * PER_BYTE - bottleneck->credit;
    if (missing <= 0 || !has_limit(bottleneck))
        return 0;
    if (!has_trace(bottleneck))
        return (MpTime)((missing + bottleneck->rate_bps - 1) / bottleneck->rate_bps);
    guint64 further = (guint64)((missing - 1) / (Wide)PER_OPPORTUNITY);
    guint64 last = bottleneck->next_opportunity + further;
    return mp_link_opportunity_at(&bottleneck->trace, last) - bottleneck->now;
}

static gboolean is_full(const MpLinkBottleneck *bottleneck)
{
    const MpLinkQueue *queue = &bottleneck->queue;
    guint n_packets = bottleneck->waiting.n_parcels + (bottleneck->sending ? 1 : 0);
    guint limit_packets = queue->limit_packets;
    if (limit_packets == 0 && queue->limit_time <= 0 && has_limit(bottleneck))
        limit_packets = DEFAULT_LIMIT_PACKETS;
    if (limit_packets > 0 && n_packets >= limit_packets)
        return TRUE;
    return queue->limit_time > 0 && waiting_time(bottleneck) > queue->limit_time;
}

gboolean mp_link_bottleneck_push(MpLinkBottleneck *bottleneck, MpLinkParcel *parcel)
{
    if (!is_serving(bottleneck))
        wait_for_opportunity(bottleneck);
    if (is_full(bottleneck))
        return FALSE;
    mp_link_train_push(&bottleneck->waiting, parcel);
    return TRUE;
}

static void take_from_queue(MpLinkBottleneck *bottleneck, MpLinkTrain *dropped)
{
    if (bottleneck->queue.discipline == MP_QUEUE_CODEL && has_limit(bottleneck))
        bottleneck->sending = mp_link_codel_take(&bottleneck->codel, &bottleneck->waiting,
                                                 bottleneck->now, dropped);
    else
        bottleneck->sending = mp_link_train_pop(&bottleneck->waiting);
}

/* Of an opportunity, a queue that has become empty leaves the rest; of a bucket, nothing. */
static void rest(MpLinkBottleneck *bottleneck)
{
    bottleneck->credit = MIN(bottleneck->credit, bottleneck->bucket);
}

MpLinkParcel *mp_link_bottleneck_pop(MpLinkBottleneck *bottleneck, MpLinkTrain *dropped)
{
    if (bottleneck->is_held)
        return NULL;
    /* With a trace, a packet is chosen when there is an opportunity to send it. */
    gboolean may_choose = !has_trace(bottleneck) || bottleneck->credit > 0;
    if (!bottleneck->sending && may_choose)
        take_from_queue(bottleneck, dropped);
    if (!bottleneck->sending) {
        if (!bottleneck->waiting.first)
            rest(bottleneck);
        return NULL;
    }
    if (has_limit(bottleneck)) {
        if (bottleneck->credit < price(bottleneck->sending))
            return NULL;
        bottleneck->credit -= price(bottleneck->sending);
    }
    return g_steal_pointer(&bottleneck->sending);
}
