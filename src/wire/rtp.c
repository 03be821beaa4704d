/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTP packets, RFC 3550 section 5.1.
 */
#include "wire/rtp.h"

/* RFC 8285 sections 4.2 and 4.3. */
#define ONE_BYTE_FORM 0xbede
#define TWO_BYTE_FORM 0x1000
#define TWO_BYTE_MASK 0xfff0
#define STOP 15
/* The bit of the first byte. */
#define EXTENDED 0x10

static void write_fixed(MpWriter *writer, const MpRtpHeader *header, guint8 extended)
{
    mp_writer_u8(writer, (guint8)(2 << 6 | extended));
    mp_writer_u8(writer, (guint8)((header->marker ? 0x80 : 0) | (header->payload_type & 0x7f)));
    mp_writer_u16(writer, header->sequence);
    mp_writer_u32(writer, header->timestamp);
    mp_writer_u32(writer, header->ssrc);
}

void mp_rtp_write_header(MpWriter *writer, const MpRtpHeader *header)
{
    write_fixed(writer, header, 0);
}

void mp_rtp_write_extended(MpWriter *writer, const MpRtpHeader *header, guint id, guint16 value)
{
    write_fixed(writer, header, EXTENDED);
    mp_writer_u16(writer, ONE_BYTE_FORM);
    mp_writer_u16(writer, 1);
    mp_writer_u8(writer, (guint8)(id << 4 | (sizeof value - 1)));
    mp_writer_u16(writer, value);
    mp_writer_u8(writer, 0);
}

gboolean mp_rtp_parse(const guint8 *data, gsize length, MpRtpHeader *header, MpBytes *payload)
{
    MpReader reader = mp_reader_init(data, length);
    guint8 first = mp_reader_u8(&reader);
    guint8 second = mp_reader_u8(&reader);
    *header = (MpRtpHeader){
        .marker = second >> 7,
        .payload_type = second & 0x7f,
        .sequence = mp_reader_u16(&reader),
        .timestamp = mp_reader_u32(&reader),
        .ssrc = mp_reader_u32(&reader),
    };
    mp_reader_bytes(&reader, (gsize)4 * (first & 0x0f));
    if (first & 0x10) {
        mp_reader_u16(&reader);
        mp_reader_bytes(&reader, (gsize)4 * mp_reader_u16(&reader));
    }
    if (reader.is_bad || first >> 6 != 2)
        return FALSE;

    gsize left = mp_reader_left(&reader);
    gsize padding = first & 0x20 ? data[length - 1] : 0;
    if (padding > left || ((first & 0x20) && padding == 0))
        return FALSE;
    *payload = mp_reader_bytes(&reader, left - padding);
    return TRUE;
}

static gboolean next_element(MpReader *reader, guint form, guint *id, MpBytes *value)
{
    *id = 0;
    while (*id == 0 && mp_reader_left(reader) > 0) {
        guint8 first = mp_reader_u8(reader);
        gsize length = 0;
        *id = form == ONE_BYTE_FORM ? first >> 4 : first;
        if (*id != 0)
            length = form == ONE_BYTE_FORM ? (first & 0x0fu) + 1u : mp_reader_u8(reader);
        *value = mp_reader_bytes(reader, length);
    }
    return *id != 0 && !reader->is_bad && !(form == ONE_BYTE_FORM && *id == STOP);
}

gboolean mp_rtp_extension(const guint8 *data, gsize length, guint id, MpBytes *value)
{
    if (length < MP_RTP_HEADER_SIZE || !(data[0] & 0x10))
        return FALSE;
    MpReader reader = mp_reader_init(data, length);
    mp_reader_bytes(&reader, MP_RTP_HEADER_SIZE + (gsize)4 * (data[0] & 0x0f));
    guint form = mp_reader_u16(&reader);
    MpBytes elements = mp_reader_bytes(&reader, (gsize)4 * mp_reader_u16(&reader));
    if (reader.is_bad || (form != ONE_BYTE_FORM && (form & TWO_BYTE_MASK) != TWO_BYTE_FORM))
        return FALSE;
    MpReader content = mp_reader_init(elements.data, elements.length);
    guint found;
    MpBytes lent;
    while (next_element(&content, form, &found, &lent)) {
        if (found != id)
            continue;
        *value = lent;
        return TRUE;
    }
    return FALSE;
}

MpPacketKind mp_packet_kind(const guint8 *data, gsize length)
{
    if (length < 4)
        return MP_PACKET_OTHER;
    if (data[0] <= 3)
        return MP_PACKET_STUN;
    if (data[0] >= 20 && data[0] <= 63)
        return MP_PACKET_DTLS;
    if (data[0] >= 64 && data[0] <= 79)
        return MP_PACKET_TURN_CHANNEL;
    if (data[0] < 128 || data[0] > 191)
        return MP_PACKET_OTHER;
    return data[1] >= 192 && data[1] <= 223 ? MP_PACKET_RTCP : MP_PACKET_RTP;
}

guint32 mp_rtp_unwrap(guint32 last, guint16 sequence)
{
    gint16 step = (gint16)(guint16)(sequence - (guint16)last);
    /* Before the first packet there is nothing to step back to. */
    if (step < 0 && last < (guint32)-step)
        return sequence;
    return last + (guint32)step;
}
