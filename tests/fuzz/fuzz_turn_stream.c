/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The framing of a TURN stream: cut off in any piece, the frames are the same as in the whole.
 */
#include "wire/turn.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* What one more byte may do: turn a partial frame into anything, but never take garbage back. */
static void feed_bytewise(const guint8 *data, gsize size, guint16 last_channel)
{
    MpTurnFrame before = MP_TURN_FRAME_PARTIAL;
    gsize frame_before = 0;
    for (gsize length = 0; length <= size; length++) {
        gsize frame = 0;
        MpTurnFrame found = mp_turn_find_frame(data, length, last_channel, &frame);
        if (before != MP_TURN_FRAME_PARTIAL) {
            g_assert_cmpint(found, ==, before);
            g_assert_cmpuint(frame, ==, frame_before);
        }
        if (found == MP_TURN_FRAME_COMPLETE)
            g_assert_true(frame >= 4 && frame <= length && frame % 4 == 0);
        before = found;
        frame_before = frame;
    }
}

static void walk(const guint8 *data, gsize size, guint16 last_channel)
{
    gsize at = 0;
    gsize frame = 0;
    while (mp_turn_find_frame(data + at, size - at, last_channel, &frame) ==
           MP_TURN_FRAME_COMPLETE) {
        guint16 channel;
        MpBytes payload;
        if (mp_turn_parse_channel_data(data + at, frame, &channel, &payload))
            g_assert_true(channel <= last_channel && payload.length <= frame - 4);
        at += frame;
    }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    if (size < 2)
        return 0;
    guint16 last_channel = (guint16)(data[0] << 8 | data[1]);
    if (last_channel > MP_TURN_LAST_CHANNEL)
        last_channel = 0;
    feed_bytewise(data + 2, MIN(size - 2, 256), last_channel);
    walk(data + 2, size - 2, last_channel);
    return 0;
}
