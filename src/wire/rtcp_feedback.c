/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTCP feedback as bytes.
 */
#include "wire/rtcp_feedback.h"

/* RFC 4585 section 6.1: transport-layer and payload-specific feedback, and their formats. */
#define TYPE_TRANSPORT 205
#define TYPE_PAYLOAD 206
#define FORMAT_NACK 1
#define FORMAT_TRANSPORT_CC 15
#define FORMAT_PLI 1
#define FORMAT_FIR 4

/* draft-holmer section 3.1: reference time in units of 64 ms, deltas in units of 0.25 ms. */
#define REFERENCE_UNIT MP_MSEC(64)
#define DELTA_UNIT (MP_MSEC(1) / 4)
/* Section 3.1.4: a status vector chunk of 7 symbols with 2 bits each. */
#define SYMBOLS 7
#define VECTOR_OF_TWO_BITS 0xc000

enum { NOT_RECEIVED = 0, SMALL_DELTA = 1, LARGE_DELTA = 2 };

static gsize begin(MpWriter *writer, guint format, guint8 type, guint32 sender, guint32 media)
{
    mp_writer_u8(writer, (guint8)(2 << 6 | format));
    mp_writer_u8(writer, type);
    mp_writer_u16(writer, 0);
    mp_writer_u32(writer, sender);
    mp_writer_u32(writer, media);
    return writer->position - 10;
}

static void finish(MpWriter *writer, gsize length_position)
{
    gsize bytes = writer->position - (length_position - 2);
    mp_writer_zeros(writer, (4 - bytes % 4) % 4);
    bytes = writer->position - (length_position - 2);
    mp_writer_patch_u16(writer, length_position, (guint16)(bytes / 4 - 1));
}

void mp_rtcp_write_nack(MpWriter *writer, guint32 sender, guint32 media, const guint16 *lost,
                        guint n_lost)
{
    g_assert(n_lost >= 1 && n_lost <= MP_RTCP_MOST_NACKED);
    gsize mark = begin(writer, FORMAT_NACK, TYPE_TRANSPORT, sender, media);
    for (guint i = 0; i < n_lost;) {
        guint16 first = lost[i++];
        guint16 others = 0; /* bit k: first + k + 1 is lost as well */
        for (; i < n_lost && (guint16)(lost[i] - first) <= 16; i++)
            others |= (guint16)(1 << (guint16)(lost[i] - first - 1));
        mp_writer_u16(writer, first);
        mp_writer_u16(writer, others);
    }
    finish(writer, mark);
}

void mp_rtcp_write_pli(MpWriter *writer, guint32 sender, guint32 media)
{
    finish(writer, begin(writer, FORMAT_PLI, TYPE_PAYLOAD, sender, media));
}

/* Transport-wide reports. */

static gint64 delta_of(const MpTransportArrival *arrival, MpTime *last)
{
    gint64 delta = (arrival->arrival - *last) / DELTA_UNIT;
    /* The far end adds the rounded deltas up, so we go on from what it has. */
    *last += CLAMP(delta, G_MININT16, G_MAXINT16) * DELTA_UNIT;
    return delta;
}

static guint symbol_of(const MpTransportArrival *arrival, MpTime *last)
{
    if (!arrival->has_come)
        return NOT_RECEIVED;
    gint64 delta = delta_of(arrival, last);
    return delta >= 0 && delta <= G_MAXUINT8 ? SMALL_DELTA : LARGE_DELTA;
}

static void write_symbols(MpWriter *writer, const MpTransportArrival *arrivals, guint n,
                          MpTime reference)
{
    for (guint i = 0; i < n; i += SYMBOLS) {
        guint chunk = VECTOR_OF_TWO_BITS;
        for (guint k = 0; k < SYMBOLS && i + k < n; k++)
            chunk |= symbol_of(&arrivals[i + k], &reference) << (2 * (SYMBOLS - 1 - k));
        mp_writer_u16(writer, (guint16)chunk);
    }
}

static void write_deltas(MpWriter *writer, const MpTransportArrival *arrivals, guint n,
                         MpTime reference)
{
    for (guint i = 0; i < n; i++) {
        if (!arrivals[i].has_come)
            continue;
        gint64 delta = delta_of(&arrivals[i], &reference);
        if (delta >= 0 && delta <= G_MAXUINT8)
            mp_writer_u8(writer, (guint8)delta);
        else
            mp_writer_u16(writer, (guint16)CLAMP(delta, G_MININT16, G_MAXINT16));
    }
}

void mp_rtcp_write_transport(MpWriter *writer, guint32 sender, guint32 media, guint16 base,
                             const MpTransportArrival *arrivals, guint n, guint8 count)
{
    g_assert(n >= 1 && n <= MP_TRANSPORT_MOST);
    guint first = 0;
    while (first < n && !arrivals[first].has_come)
        first++;
    g_assert(first < n);
    guint32 reference = (guint32)(arrivals[first].arrival / REFERENCE_UNIT) & 0x7fffff;
    MpTime start = arrivals[first].arrival / REFERENCE_UNIT * REFERENCE_UNIT;

    gsize mark = begin(writer, FORMAT_TRANSPORT_CC, TYPE_TRANSPORT, sender, media);
    mp_writer_u16(writer, base);
    mp_writer_u16(writer, (guint16)n);
    mp_writer_u24(writer, reference);
    mp_writer_u8(writer, count);
    write_symbols(writer, arrivals, n, start);
    write_deltas(writer, arrivals, n, start);
    finish(writer, mark);
}

/* Reading. */

static void add_nack(MpRtcpFeedback *feedback, guint32 ssrc, guint16 sequence)
{
    if (feedback->n_nacked < MP_RTCP_MOST_NACKED)
        feedback->nacked[feedback->n_nacked++] = (MpRtcpNack){ssrc, sequence};
}

static void add_picture(MpRtcpFeedback *feedback, guint32 ssrc)
{
    if (feedback->n_pictures < MP_RTCP_MOST_PICTURES)
        feedback->pictures[feedback->n_pictures++] = ssrc;
}

static void read_nack(MpReader *reader, guint32 media, MpRtcpFeedback *feedback)
{
    while (mp_reader_left(reader) >= 4) {
        guint16 first = mp_reader_u16(reader);
        guint16 others = mp_reader_u16(reader);
        add_nack(feedback, media, first);
        for (guint k = 0; k < 16; k++)
            if (others & 1 << k)
                add_nack(feedback, media, (guint16)(first + k + 1));
    }
}

/* The SSRC of a FIR stands in its entries; the media SSRC before them is 0. */
static void read_fir(MpReader *reader, MpRtcpFeedback *feedback)
{
    while (mp_reader_left(reader) >= 8) {
        add_picture(feedback, mp_reader_u32(reader));
        mp_reader_u32(reader);
    }
}

static void read_packet(MpReader *reader, guint8 type, guint format, MpRtcpFeedback *feedback)
{
    mp_reader_u32(reader);
    guint32 media = mp_reader_u32(reader);
    if (type == TYPE_TRANSPORT && format == FORMAT_NACK)
        read_nack(reader, media, feedback);
    else if (type == TYPE_PAYLOAD && format == FORMAT_PLI && !reader->is_bad)
        add_picture(feedback, media);
    else if (type == TYPE_PAYLOAD && format == FORMAT_FIR)
        read_fir(reader, feedback);
}

gboolean mp_rtcp_feedback_parse(const guint8 *data, gsize length, MpRtcpFeedback *feedback)
{
    *feedback = (MpRtcpFeedback){0};
    MpReader reader = mp_reader_init(data, length);
    while (mp_reader_left(&reader) > 0) {
        guint8 first = mp_reader_u8(&reader);
        guint8 type = mp_reader_u8(&reader);
        MpBytes body = mp_reader_bytes(&reader, (gsize)4 * mp_reader_u16(&reader));
        if (reader.is_bad || first >> 6 != 2)
            return FALSE;
        if (type != TYPE_TRANSPORT && type != TYPE_PAYLOAD)
            continue;
        MpReader content = mp_reader_init(body.data, body.length);
        read_packet(&content, type, first & 0x1f, feedback);
        if (content.is_bad)
            return FALSE;
    }
    return length > 0;
}
