/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Trains, orders and reports of a capacity measurement as bytes.
 */
#include "wire/capacity_message.h"

#define TICK 100 /* ns, of a report's arrivals */

void mp_capacity_probe_write(MpWriter *writer, const MpCapacityProbe *probe)
{
    mp_writer_u16(writer, probe->train);
    mp_writer_u16(writer, 0);
    mp_writer_u32(writer, probe->index);
    mp_writer_u32(writer, probe->count);
    mp_writer_u64(writer, (guint64)probe->sent);
}

gboolean mp_capacity_probe_parse(MpBytes payload, MpCapacityProbe *probe)
{
    MpReader reader = mp_reader_init(payload.data, payload.length);
    probe->train = mp_reader_u16(&reader);
    mp_reader_u16(&reader);
    probe->index = mp_reader_u32(&reader);
    probe->count = mp_reader_u32(&reader);
    probe->sent = (MpTime)mp_reader_u64(&reader);
    return !reader.is_bad && probe->index < probe->count && probe->sent >= 0;
}

void mp_capacity_order_write(MpWriter *writer, const MpCapacityOrder *order)
{
    mp_writer_u16(writer, order->train);
    mp_writer_u16(writer, order->size);
    mp_writer_u32(writer, order->count);
    mp_writer_u32(writer, order->interval_ns);
}

gboolean mp_capacity_order_parse(MpBytes body, MpCapacityOrder *order)
{
    MpReader reader = mp_reader_init(body.data, body.length);
    order->train = mp_reader_u16(&reader);
    order->size = mp_reader_u16(&reader);
    order->count = mp_reader_u32(&reader);
    order->interval_ns = mp_reader_u32(&reader);
    return !reader.is_bad && mp_reader_left(&reader) == 0;
}

void mp_capacity_report_write(MpWriter *writer, const MpCapacityReport *report)
{
    const MpTime first = report->n_arrivals > 0 ? report->arrivals[0].came : 0;
    g_assert(report->n_arrivals <= MP_CAPACITY_MOST_ARRIVALS);
    mp_writer_u16(writer, report->train);
    mp_writer_u8(writer, report->dropped);
    mp_writer_u8(writer, (guint8)report->n_arrivals);
    mp_writer_u32(writer, report->received);
    mp_writer_u64(writer, (guint64)first);
    for (guint i = 0; i < report->n_arrivals; i++) {
        mp_writer_u24(writer, report->arrivals[i].index);
        mp_writer_u24(writer, report->arrivals[i].before);
        mp_writer_u32(writer, (guint32)CLAMP((report->arrivals[i].came - first) / TICK, 0,
                                             (MpTime)G_MAXUINT32));
    }
    mp_writer_zeros(writer, report->n_arrivals % 2 ? 2 : 0);
}

gboolean mp_capacity_report_parse(MpBytes body, MpCapacityReport *report)
{
    MpReader reader = mp_reader_init(body.data, body.length);
    report->train = mp_reader_u16(&reader);
    report->dropped = mp_reader_u8(&reader);
    report->n_arrivals = mp_reader_u8(&reader);
    report->received = mp_reader_u32(&reader);
    const guint64 first = mp_reader_u64(&reader);
    if (reader.is_bad || report->n_arrivals > MP_CAPACITY_MOST_ARRIVALS ||
        report->n_arrivals > report->received || first > G_MAXINT64 / 2)
        return FALSE;
    for (guint i = 0; i < report->n_arrivals; i++) {
        report->arrivals[i].index = mp_reader_u24(&reader);
        report->arrivals[i].before = mp_reader_u24(&reader);
        report->arrivals[i].came = (MpTime)first + (MpTime)mp_reader_u32(&reader) * TICK;
    }
    mp_reader_bytes(&reader, report->n_arrivals % 2 ? 2 : 0);
    return !reader.is_bad && mp_reader_left(&reader) == 0;
}
