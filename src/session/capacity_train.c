/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One train of packets, sent and received.
 */
#include "session/capacity_train.h"

/* A stream that is full takes more after a while. */
#define AGAIN MP_MSEC(2)

void mp_capacity_train_start(MpCapacityTrain *train, const MpCapacityOrder *order, MpTime now)
{
    *train = (MpCapacityTrain){.order = *order, .start = now};
}

void mp_capacity_train_stop(MpCapacityTrain *train)
{
    train->order.count = train->next;
}

gboolean mp_capacity_train_is_over(const MpCapacityTrain *train)
{
    return train->next >= train->order.count;
}

MpTime mp_capacity_train_deadline(const MpCapacityTrain *train)
{
    if (mp_capacity_train_is_over(train))
        return MP_NEVER;
    const MpTime due = train->start + (MpTime)train->next * train->order.interval_ns;
    return MAX(due, train->held_until);
}

gboolean mp_capacity_train_next(MpCapacityTrain *train, MpTime now, MpCapacityMessage *message)
{
    if (mp_capacity_train_deadline(train) > now)
        return FALSE;
    message->kind = MP_CAPACITY_SENDS_PROBE;
    message->size = train->order.size;
    message->probe = (MpCapacityProbe){.train = train->order.train,
                                       .index = train->next++,
                                       .count = train->order.count,
                                       .sent = now};
    return TRUE;
}

void mp_capacity_train_put_back(MpCapacityTrain *train, MpTime now)
{
    if (train->next > 0)
        train->next--;
    train->held_until = now + AGAIN;
}

void mp_capacity_arrivals_init(MpCapacityArrivals *arrivals)
{
    *arrivals = (MpCapacityArrivals){.stride = 1,
                                     .arrivals = g_array_sized_new(FALSE, FALSE,
                                                                   sizeof(MpTrainArrival),
                                                                   MP_CAPACITY_MOST_ARRIVALS)};
}

void mp_capacity_arrivals_clear(MpCapacityArrivals *arrivals)
{
    g_array_unref(arrivals->arrivals);
}

void mp_capacity_arrivals_expect(MpCapacityArrivals *arrivals, guint16 train, guint32 count)
{
    GArray *list = arrivals->arrivals;
    g_array_set_size(list, 0);
    *arrivals = (MpCapacityArrivals){.train = train, .count = count, .stride = 1, .arrivals = list};
}

/* Every second one stays. The one that comes now is due all the same: the number is even. */
static void thin_out(MpCapacityArrivals *arrivals)
{
    GArray *list = arrivals->arrivals;
    G_STATIC_ASSERT(MP_CAPACITY_MOST_ARRIVALS % 2 == 0);
    for (guint i = 0; 2 * i < list->len; i++)
        g_array_index(list, MpTrainArrival, i) = g_array_index(list, MpTrainArrival, (gsize)2 * i);
    g_array_set_size(list, list->len / 2);
    arrivals->stride *= 2;
}

void mp_capacity_arrivals_take(MpCapacityArrivals *arrivals, const MpCapacityProbe *probe,
                               MpTime came, MpTime now)
{
    const MpTime delay = came - probe->sent;
    if (arrivals->received == 0 || delay < arrivals->least_delay)
        arrivals->least_delay = delay;
    arrivals->received++;
    arrivals->highest = MAX(arrivals->highest, probe->index);
    arrivals->latest = now;
    arrivals->delay = delay - arrivals->least_delay;
    if ((arrivals->received - 1) % arrivals->stride != 0)
        return;
    if (arrivals->arrivals->len == MP_CAPACITY_MOST_ARRIVALS)
        thin_out(arrivals);
    const MpTrainArrival arrival = {
        .index = probe->index,
        .before = arrivals->received - 1,
        .sent = probe->sent,
        .came = came,
        .others = arrivals->others,
    };
    g_array_append_val(arrivals->arrivals, arrival);
}

static MpCapacityArrival *earliest(MpCapacityReport *report)
{
    MpCapacityArrival *first = report->arrivals;
    for (guint i = 1; i < report->n_arrivals; i++)
        if (report->arrivals[i].came < first->came)
            first = &report->arrivals[i];
    return first;
}

void mp_capacity_arrivals_report(const MpCapacityArrivals *arrivals, MpCapacityReport *report)
{
    report->train = arrivals->train;
    report->received = arrivals->received;
    report->dropped = (guint8)MIN(arrivals->dropped, G_MAXUINT8);
    report->n_arrivals = arrivals->arrivals->len;
    for (guint i = 0; i < report->n_arrivals; i++) {
        const MpTrainArrival *arrival = &g_array_index(arrivals->arrivals, MpTrainArrival, i);
        report->arrivals[i] = (MpCapacityArrival){arrival->index, arrival->before, arrival->came};
    }
    if (report->n_arrivals == 0)
        return;
    MpCapacityArrival *first = earliest(report);
    const MpCapacityArrival swapped = *first;
    *first = report->arrivals[0];
    report->arrivals[0] = swapped;
}
