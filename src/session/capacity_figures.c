/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of one train of a capacity measurement.
 */
#include "session/capacity_figures.h"

/* A train that its receiver could not take says nothing about the way. */
static const MpPacketTrain unheard;

static MpTime departure(const GArray *departures, guint32 index)
{
    return g_array_index(departures, MpTime, index);
}

MpTrainFigures mp_capacity_report_figures(const MpCapacityReport *report, const GArray *departures,
                                          guint size)
{
    if (report->dropped > 0)
        return mp_packet_train_figures(&unheard);
    g_autofree MpTrainArrival *arrivals = g_new(MpTrainArrival, MAX(report->n_arrivals, 1));
    gsize n = 0;
    for (guint i = 0; i < report->n_arrivals; i++) {
        const MpCapacityArrival *arrival = &report->arrivals[i];
        if (arrival->index < departures->len)
            arrivals[n++] = (MpTrainArrival){.index = arrival->index,
                                             .before = arrival->before,
                                             .sent = departure(departures, arrival->index),
                                             .came = arrival->came};
    }
    const MpPacketTrain train = {.size = size,
                                 .sent = departures->len,
                                 .received = MIN(report->received, departures->len),
                                 .arrivals = arrivals,
                                 .n_arrivals = n};
    return mp_packet_train_figures(&train);
}

MpTime mp_capacity_report_wait(const MpCapacityReport *report, const GArray *departures)
{
    MpTime least = MP_NEVER;
    MpTime most = 0;
    for (guint i = 0; i < report->n_arrivals; i++) {
        const MpCapacityArrival *arrival = &report->arrivals[i];
        const MpTime delay = arrival->index < departures->len
                                 ? arrival->came - departure(departures, arrival->index)
                                 : 0;
        least = MIN(least, delay);
        most = i == 0 ? delay : MAX(most, delay);
    }
    return least == MP_NEVER ? 0 : most - least;
}

MpTrainFigures mp_capacity_arrivals_figures(const MpCapacityArrivals *arrivals, guint32 sent,
                                            guint size)
{
    if (arrivals->dropped > 0)
        return mp_packet_train_figures(&unheard);
    const MpPacketTrain train = {.size = size,
                                 .sent = sent,
                                 .received = arrivals->received,
                                 .arrivals = (const void *)arrivals->arrivals->data,
                                 .n_arrivals = arrivals->arrivals->len};
    return mp_packet_train_figures(&train);
}
