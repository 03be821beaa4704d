/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bounded reading and writing of big-endian fields. A reader or writer that is asked for more than
 * it has turns bad and stays bad: callers check once, at the end.
 */
#pragma once

#include <glib.h>

/* A lent piece of memory. */
typedef struct {
    const guint8 *data;
    gsize length;
} MpBytes;

typedef struct {
    const guint8 *data;
    gsize length;
    gsize position;
    gboolean is_bad; /* something past the end was asked for; every value since is 0 */
} MpReader;

MpReader mp_reader_init(const void *data, gsize length);
gsize mp_reader_left(const MpReader *reader);
guint8 mp_reader_u8(MpReader *reader);
guint16 mp_reader_u16(MpReader *reader);
guint32 mp_reader_u24(MpReader *reader);
guint32 mp_reader_u32(MpReader *reader);
guint64 mp_reader_u64(MpReader *reader);
/* Lends the next `length` bytes; {NULL, 0} when there are fewer. */
MpBytes mp_reader_bytes(MpReader *reader, gsize length);

typedef struct {
    guint8 *data;
    gsize capacity;
    gsize position;
    gboolean is_bad; /* something did not fit; nothing more is written */
} MpWriter;

MpWriter mp_writer_init(void *buffer, gsize capacity);
void mp_writer_u8(MpWriter *writer, guint8 value);
void mp_writer_u16(MpWriter *writer, guint16 value);
void mp_writer_u24(MpWriter *writer, guint32 value);
void mp_writer_u32(MpWriter *writer, guint32 value);
void mp_writer_u64(MpWriter *writer, guint64 value);
void mp_writer_bytes(MpWriter *writer, const void *data, gsize length);
void mp_writer_zeros(MpWriter *writer, gsize length);
/* Overwrites two bytes written before, at `position`: for length fields. */
void mp_writer_patch_u16(MpWriter *writer, gsize position, guint16 value);
