/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Base packets of STAMP and the walk along their TLVs.
 */
#include "wire/stamp.h"

#include <string.h>

/* RFC 8762 section 4.2.2: the HMAC covers the first six blocks of 16 bytes. */
#define SEALED_SIZE 96
#define SEQUENCE_SIZE 4
/* Seconds from 1900, NTP's era 0, to 1970: RFC 5905 figure 4. */
#define NTP_TO_UNIX G_GUINT64_CONSTANT(2208988800)
#define NTP_ERA (G_GUINT64_CONSTANT(1) << 32)

guint64 mp_stamp_time_write(MpTime realtime)
{
    guint64 seconds = (guint64)(realtime / MP_SEC(1)) + NTP_TO_UNIX;
    guint64 nanoseconds = (guint64)(realtime % MP_SEC(1));
    guint64 fraction = ((nanoseconds << 32) + MP_SEC(1) / 2) / MP_SEC(1);
    return (seconds << 32) + fraction;
}

/* A number of seconds before 1970 is taken for one of the next era, from 2036. */
MpTime mp_stamp_time_read(guint64 timestamp)
{
    guint64 seconds = timestamp >> 32;
    if (seconds < NTP_TO_UNIX)
        seconds += NTP_ERA;
    guint64 fraction = timestamp & G_MAXUINT32;
    guint64 nanoseconds = (fraction * MP_SEC(1) + (NTP_ERA / 2)) >> 32;
    return MP_SEC(seconds - NTP_TO_UNIX) + (MpTime)nanoseconds;
}

typedef struct {
    gsize size;
    gsize after_sequence; /* zeros that fill up blocks of 16 bytes */
    gsize after_session;
    gsize after_receive;
    gsize after_sender_sequence;
    gsize after_sender_error;
} Layout;

/* RFC 8762 sections 4.3.1 and 4.3.2, with the SSID of RFC 8972 section 3. The fields of a request
 * stand at the same places as those of a reply. */
static const Layout layouts[] = {
    [MP_STAMP_OPEN] = {MP_STAMP_BASE_SIZE, 0, 0, 0, 0, 2},
    [MP_STAMP_AUTHENTICATED] = {MP_STAMP_AUTH_SIZE, 12, 4, 8, 12, 6},
};

static void write_reflected(MpWriter *writer, const Layout *layout, const MpStampPacket *packet)
{
    mp_writer_zeros(writer, layout->after_session);
    mp_writer_u64(writer, packet->receive_timestamp);
    mp_writer_zeros(writer, layout->after_receive);
    mp_writer_u32(writer, packet->sender_sequence);
    mp_writer_zeros(writer, layout->after_sender_sequence);
    mp_writer_u64(writer, packet->sender_timestamp);
    mp_writer_u16(writer, packet->sender_error_estimate);
    mp_writer_zeros(writer, layout->after_sender_error);
    mp_writer_u8(writer, packet->sender_ttl);
}

void mp_stamp_write(MpWriter *writer, MpStampMode mode, MpStampDirection direction,
                    const MpStampPacket *packet)
{
    const Layout *layout = &layouts[mode];
    gsize end = writer->position + layout->size;
    mp_writer_u32(writer, packet->sequence);
    mp_writer_zeros(writer, layout->after_sequence);
    mp_writer_u64(writer, packet->timestamp);
    mp_writer_u16(writer, packet->error_estimate);
    mp_writer_u16(writer, packet->session_id);
    if (direction == MP_STAMP_REPLY)
        write_reflected(writer, layout, packet);
    if (!writer->is_bad)
        mp_writer_zeros(writer, end - writer->position);
}

static void read_reflected(MpReader *reader, const Layout *layout, MpStampPacket *packet)
{
    mp_reader_bytes(reader, layout->after_session);
    packet->receive_timestamp = mp_reader_u64(reader);
    mp_reader_bytes(reader, layout->after_receive);
    packet->sender_sequence = mp_reader_u32(reader);
    mp_reader_bytes(reader, layout->after_sender_sequence);
    packet->sender_timestamp = mp_reader_u64(reader);
    packet->sender_error_estimate = mp_reader_u16(reader);
    mp_reader_bytes(reader, layout->after_sender_error);
    packet->sender_ttl = mp_reader_u8(reader);
}

gboolean mp_stamp_read(MpStampPacket *packet, MpStampMode mode, MpStampDirection direction,
                       MpBytes bytes)
{
    const Layout *layout = &layouts[mode];
    if (bytes.length < layout->size)
        return FALSE;
    MpReader reader = mp_reader_init(bytes.data, bytes.length);
    *packet = (MpStampPacket){.sequence = mp_reader_u32(&reader)};
    mp_reader_bytes(&reader, layout->after_sequence);
    packet->timestamp = mp_reader_u64(&reader);
    packet->error_estimate = mp_reader_u16(&reader);
    packet->session_id = mp_reader_u16(&reader);
    if (direction == MP_STAMP_REPLY)
        read_reflected(&reader, layout, packet);
    return TRUE;
}

void mp_stamp_seal(guint8 packet[MP_STAMP_AUTH_SIZE], MpStampKey *key)
{
    mp_stamp_key_sign(key, (MpBytes){packet, SEALED_SIZE}, (MpBytes){NULL, 0},
                      packet + SEALED_SIZE);
}

gboolean mp_stamp_is_sealed(MpBytes packet, MpStampKey *key)
{
    return packet.length >= MP_STAMP_AUTH_SIZE &&
           mp_stamp_key_verify(key, (MpBytes){packet.data, SEALED_SIZE}, (MpBytes){NULL, 0},
                               packet.data + SEALED_SIZE);
}

MpReader mp_stamp_tlvs(MpBytes packet, MpStampMode mode)
{
    MpReader reader = mp_reader_init(packet.data, packet.length);
    mp_reader_bytes(&reader, layouts[mode].size);
    return reader;
}

gboolean mp_stamp_next(MpReader *reader, MpStampItem *item)
{
    if (reader->is_bad || mp_reader_left(reader) == 0)
        return FALSE;
    item->offset = reader->position;
    item->flags = mp_reader_u8(reader);
    item->type = mp_reader_u8(reader);
    item->value = mp_reader_bytes(reader, mp_reader_u16(reader));
    return !reader->is_bad;
}

gboolean mp_stamp_find(MpStampItem *item, MpBytes packet, MpStampMode mode, guint8 type)
{
    MpReader reader = mp_stamp_tlvs(packet, mode);
    while (mp_stamp_next(&reader, item)) {
        if (item->type == type)
            return TRUE;
    }
    return FALSE;
}

void mp_stamp_write_tlv(MpWriter *writer, guint8 type, const void *value, gsize length)
{
    g_return_if_fail(length <= G_MAXUINT16);
    mp_writer_u8(writer, MP_STAMP_FLAG_UNRECOGNIZED);
    mp_writer_u8(writer, type);
    mp_writer_u16(writer, (guint16)length);
    mp_writer_bytes(writer, value, length);
}

void mp_stamp_write_padding(MpWriter *writer, gsize length)
{
    if (length < MP_STAMP_TLV_HEADER)
        return;
    gsize zeros = length - MP_STAMP_TLV_HEADER;
    g_return_if_fail(zeros <= G_MAXUINT16);
    mp_stamp_write_tlv(writer, MP_STAMP_TLV_PADDING, NULL, 0);
    mp_writer_patch_u16(writer, writer->position - 2, (guint16)zeros);
    mp_writer_zeros(writer, zeros);
}

void mp_stamp_write_hmac(MpWriter *writer, MpStampMode mode, MpStampKey *key)
{
    guint8 hmac[MP_STAMP_HMAC_SIZE];
    gsize start = layouts[mode].size;
    g_return_if_fail(writer->is_bad || writer->position >= start);
    if (writer->is_bad)
        return;
    mp_stamp_key_sign(key, (MpBytes){writer->data, SEQUENCE_SIZE},
                      (MpBytes){writer->data + start, writer->position - start}, hmac);
    mp_stamp_write_tlv(writer, MP_STAMP_TLV_HMAC, hmac, sizeof hmac);
}

gboolean mp_stamp_has_hmac(MpBytes packet, MpStampMode mode, MpStampKey *key)
{
    MpReader reader = mp_stamp_tlvs(packet, mode);
    MpStampItem item;
    MpStampItem hmac = {.offset = 0};
    while (mp_stamp_next(&reader, &item)) {
        if (item.type == MP_STAMP_TLV_HMAC && hmac.offset == 0)
            hmac = item;
        else if (hmac.offset > 0 && item.type != MP_STAMP_TLV_PADDING)
            return FALSE; /* what follows is not protected */
    }
    gsize start = layouts[mode].size;
    return !reader.is_bad && hmac.offset >= start && hmac.value.length == MP_STAMP_HMAC_SIZE &&
           mp_stamp_key_verify(key, (MpBytes){packet.data, SEQUENCE_SIZE},
                               (MpBytes){packet.data + start, hmac.offset - start},
                               hmac.value.data);
}
