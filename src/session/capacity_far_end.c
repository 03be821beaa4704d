/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The far end's part in a capacity measurement.
 */
#include "session/capacity_far_end.h"

/* While a train comes its sender wants to know whether it fills a queue; when nothing comes any
 * more the last report is repeated, for it may be lost. */
#define REPORT_INTERVAL MP_MSEC(50)
#define REPEATS 3
/* No train lasts longer, so that it ends by itself soon after the tester is gone. */
#define LONGEST_TRAIN MP_MSEC(1500)
/* IPv6, UDP, ChannelData and the tag of SRTP: what limits count beyond the packet. */
#define MOST_OVERHEAD 80

struct _MpCapacityFarEnd {
    MpCapacityLimits limits;
    guint64 sent_bytes;
    MpCapacityTrain sending;
    MpCapacityArrivals arrivals;
    MpTime report_due;
    guint repeats; /* of the report, still to go */
};

MpCapacityFarEnd *mp_capacity_far_end_new(const MpCapacityLimits *limits)
{
    MpCapacityFarEnd *far_end = g_new0(MpCapacityFarEnd, 1);
    far_end->limits = *limits;
    far_end->report_due = MP_NEVER;
    mp_capacity_arrivals_init(&far_end->arrivals);
    return far_end;
}

void mp_capacity_far_end_free(MpCapacityFarEnd *far_end)
{
    if (!far_end)
        return;
    mp_capacity_arrivals_clear(&far_end->arrivals);
    g_free(far_end);
}

static guint64 wire_bytes(guint size)
{
    return (guint64)size + MOST_OVERHEAD;
}

/* Count 0 when nothing of it is allowed. */
static MpCapacityOrder limited(const MpCapacityFarEnd *far_end, const MpCapacityOrder *order)
{
    const MpCapacityLimits *limits = &far_end->limits;
    MpCapacityOrder allowed = *order;
    allowed.size = CLAMP(order->size, MP_CAPACITY_LEAST_SIZE, MP_CAPACITY_MOST_SIZE);
    const guint64 bytes = wire_bytes(allowed.size);
    const guint64 left = limits->most_bytes > far_end->sent_bytes
                             ? limits->most_bytes - far_end->sent_bytes
                             : 0;
    if (limits->greatest_bps == 0)
        return (MpCapacityOrder){0};
    const guint64 least = bytes * 8 * (guint64)MP_SEC(1) / limits->greatest_bps;
    allowed.interval_ns = (guint32)CLAMP(order->interval_ns, MAX(least, 1), G_MAXUINT32);
    const guint64 most = (guint64)LONGEST_TRAIN / allowed.interval_ns + 1;
    allowed.count = (guint32)MIN(order->count, MIN(left / bytes, most));
    return allowed;
}

void mp_capacity_far_end_take_order(MpCapacityFarEnd *far_end, const MpCapacityOrder *order,
                                    MpTime now)
{
    const gboolean is_known = far_end->sending.order.train == order->train;
    if (order->count == 0 && is_known) {
        mp_capacity_train_stop(&far_end->sending);
    } else if (order->count > 0 && !is_known) {
        const MpCapacityOrder allowed = limited(far_end, order);
        mp_capacity_train_start(&far_end->sending, &allowed, now);
    }
}

void mp_capacity_far_end_take_probe(MpCapacityFarEnd *far_end, const MpCapacityProbe *probe,
                                    MpTime came, MpTime now)
{
    MpCapacityArrivals *arrivals = &far_end->arrivals;
    if (arrivals->received == 0 || arrivals->train != probe->train)
        mp_capacity_arrivals_expect(arrivals, probe->train, probe->count);
    mp_capacity_arrivals_take(arrivals, probe, came, now);
    const gboolean is_whole = arrivals->received == arrivals->count;
    const MpTime due = is_whole ? now : now + REPORT_INTERVAL;
    far_end->repeats = REPEATS;
    far_end->report_due = MIN(far_end->report_due, due);
}

gboolean mp_capacity_far_end_note_dropped(MpCapacityFarEnd *far_end, guint32 packets)
{
    const gboolean is_receiving = far_end->report_due != MP_NEVER;
    if (is_receiving)
        far_end->arrivals.dropped += packets;
    return is_receiving;
}

static gboolean report_next(MpCapacityFarEnd *far_end, MpTime now, MpCapacityMessage *message)
{
    if (now < far_end->report_due)
        return FALSE;
    message->kind = MP_CAPACITY_SENDS_REPORT;
    mp_capacity_arrivals_report(&far_end->arrivals, &message->report);
    far_end->repeats--;
    far_end->report_due = far_end->repeats > 0 ? now + REPORT_INTERVAL : MP_NEVER;
    return TRUE;
}

gboolean mp_capacity_far_end_next(MpCapacityFarEnd *far_end, MpTime now, MpCapacityMessage *message)
{
    if (report_next(far_end, now, message))
        return TRUE;
    if (!mp_capacity_train_next(&far_end->sending, now, message))
        return FALSE;
    far_end->sent_bytes += wire_bytes(message->size);
    return TRUE;
}

void mp_capacity_far_end_put_back(MpCapacityFarEnd *far_end, MpTime now)
{
    far_end->sent_bytes -= wire_bytes(far_end->sending.order.size);
    mp_capacity_train_put_back(&far_end->sending, now);
}

MpTime mp_capacity_far_end_deadline(const MpCapacityFarEnd *far_end)
{
    return MIN(far_end->report_due, mp_capacity_train_deadline(&far_end->sending));
}

guint64 mp_capacity_far_end_sent_bytes(const MpCapacityFarEnd *far_end)
{
    return far_end->sent_bytes;
}
