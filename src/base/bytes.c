/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bounded reading and writing of big-endian fields.
 */
#include "base/bytes.h"

#include <string.h>

MpReader mp_reader_init(const void *data, gsize length)
{
    return (MpReader){.data = data, .length = length};
}

gsize mp_reader_left(const MpReader *reader)
{
    return reader->is_bad ? 0 : reader->length - reader->position;
}

MpBytes mp_reader_bytes(MpReader *reader, gsize length)
{
    if (reader->is_bad || length > reader->length - reader->position) {
        reader->is_bad = TRUE;
        return (MpBytes){NULL, 0};
    }
    MpBytes bytes = {reader->data + reader->position, length};
    reader->position += length;
    return bytes;
}

static guint64 read_number(MpReader *reader, gsize size)
{
    MpBytes bytes = mp_reader_bytes(reader, size);
    guint64 value = 0;
    for (gsize i = 0; i < bytes.length; i++)
        value = value << 8 | bytes.data[i];
    return value;
}

guint8 mp_reader_u8(MpReader *reader)
{
    return (guint8)read_number(reader, 1);
}

guint16 mp_reader_u16(MpReader *reader)
{
    return (guint16)read_number(reader, 2);
}

guint32 mp_reader_u24(MpReader *reader)
{
    return (guint32)read_number(reader, 3);
}

guint32 mp_reader_u32(MpReader *reader)
{
    return (guint32)read_number(reader, 4);
}

guint64 mp_reader_u64(MpReader *reader)
{
    return read_number(reader, 8);
}

MpWriter mp_writer_init(void *buffer, gsize capacity)
{
    return (MpWriter){.data = buffer, .capacity = capacity};
}

static guint8 *claim(MpWriter *writer, gsize length)
{
    if (writer->is_bad || length > writer->capacity - writer->position) {
        writer->is_bad = TRUE;
        return NULL;
    }
    guint8 *place = writer->data + writer->position;
    writer->position += length;
    return place;
}

void mp_writer_bytes(MpWriter *writer, const void *data, gsize length)
{
    guint8 *place = claim(writer, length);
    if (place && length > 0)
        memcpy(place, data, length);
}

void mp_writer_zeros(MpWriter *writer, gsize length)
{
    guint8 *place = claim(writer, length);
    if (place)
        memset(place, 0, length);
}

static void write_number(MpWriter *writer, guint64 value, gsize size)
{
    guint8 *place = claim(writer, size);
    if (!place)
        return;
    for (gsize i = size; i > 0; i--, value >>= 8)
        place[i - 1] = (guint8)value;
}

void mp_writer_u8(MpWriter *writer, guint8 value)
{
    write_number(writer, value, 1);
}

void mp_writer_u16(MpWriter *writer, guint16 value)
{
    write_number(writer, value, 2);
}

void mp_writer_u24(MpWriter *writer, guint32 value)
{
    write_number(writer, value, 3);
}

void mp_writer_u32(MpWriter *writer, guint32 value)
{
    write_number(writer, value, 4);
}

void mp_writer_u64(MpWriter *writer, guint64 value)
{
    write_number(writer, value, 8);
}

void mp_writer_patch_u16(MpWriter *writer, gsize position, guint16 value)
{
    if (writer->is_bad)
        return;
    g_assert(position + 2 <= writer->position);
    writer->data[position] = (guint8)(value >> 8);
    writer->data[position + 1] = (guint8)value;
}
