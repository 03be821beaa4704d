/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ChannelData and the framing of a TCP or TLS stream.
 */
#include "wire/turn.h"

#include "wire/stun.h"

static gsize padded(gsize length)
{
    return (length + 3) & ~(gsize)3;
}

gboolean mp_turn_parse_channel_data(const void *bytes, gsize length, guint16 *channel,
                                    MpBytes *payload)
{
    MpReader reader = mp_reader_init(bytes, length);
    guint16 number = mp_reader_u16(&reader);
    gsize payload_length = mp_reader_u16(&reader);
    MpBytes found = mp_reader_bytes(&reader, payload_length);
    if (reader.is_bad || number < MP_TURN_FIRST_CHANNEL || number > MP_TURN_LAST_CHANNEL)
        return FALSE;
    *channel = number;
    *payload = found;
    return TRUE;
}

gsize mp_turn_write_channel_data(void *buffer, gsize capacity, guint16 channel, MpBytes payload,
                                 gboolean is_stream)
{
    if (payload.length > G_MAXUINT16)
        return 0;
    MpWriter writer = mp_writer_init(buffer, capacity);
    mp_writer_u16(&writer, channel);
    mp_writer_u16(&writer, (guint16)payload.length);
    mp_writer_bytes(&writer, payload.data, payload.length);
    if (is_stream)
        mp_writer_zeros(&writer, padded(payload.length) - payload.length);
    return writer.is_bad ? 0 : writer.position;
}

/* As many bytes of the cookie as have come must be right, so that garbage is told at once and not
 * when a length made of garbage has been read. */
static gboolean cookie_is_possible(MpBytes bytes)
{
    for (gsize i = 4; i < MIN(bytes.length, 8); i++)
        if (bytes.data[i] != (guint8)(MP_STUN_COOKIE >> (8 * (7 - i))))
            return FALSE;
    return TRUE;
}

static MpTurnFrame find_stun(MpBytes bytes, gsize *frame_length)
{
    if (!cookie_is_possible(bytes))
        return MP_TURN_FRAME_GARBAGE;
    if (bytes.length < 4)
        return MP_TURN_FRAME_PARTIAL;
    gsize body = (gsize)bytes.data[2] << 8 | bytes.data[3];
    if (body % 4 != 0)
        return MP_TURN_FRAME_GARBAGE;
    *frame_length = MP_STUN_HEADER_LENGTH + body;
    return bytes.length < *frame_length ? MP_TURN_FRAME_PARTIAL : MP_TURN_FRAME_COMPLETE;
}

static MpTurnFrame find_channel_data(MpBytes bytes, guint16 last_channel, gsize *frame_length)
{
    if (last_channel < MP_TURN_FIRST_CHANNEL || bytes.data[0] > last_channel >> 8)
        return MP_TURN_FRAME_GARBAGE;
    if (bytes.length >= 2 && (bytes.data[0] << 8 | bytes.data[1]) > last_channel)
        return MP_TURN_FRAME_GARBAGE;
    if (bytes.length < MP_TURN_CHANNEL_HEADER_LENGTH)
        return MP_TURN_FRAME_PARTIAL;
    gsize payload = (gsize)bytes.data[2] << 8 | bytes.data[3];
    *frame_length = MP_TURN_CHANNEL_HEADER_LENGTH + padded(payload);
    return bytes.length < *frame_length ? MP_TURN_FRAME_PARTIAL : MP_TURN_FRAME_COMPLETE;
}

MpTurnFrame mp_turn_find_frame(const void *bytes, gsize length, guint16 last_channel,
                               gsize *frame_length)
{
    MpBytes start = {bytes, length};
    gsize found = 0;
    if (length == 0)
        return MP_TURN_FRAME_PARTIAL;

    MpTurnFrame frame = MP_TURN_FRAME_GARBAGE;
    if (start.data[0] >> 6 == 0)
        frame = find_stun(start, &found);
    else if (start.data[0] >> 6 == 1)
        frame = find_channel_data(start, last_channel, &found);
    if (frame == MP_TURN_FRAME_COMPLETE)
        *frame_length = found;
    return frame;
}
