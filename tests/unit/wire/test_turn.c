/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ChannelData and the framing of a byte stream, RFC 8656 section 12.
 */
#include <glib.h>
#include <string.h>

#include "wire/stun_builder.h"
#include "wire/turn.h"

static void test_channel_data_survives(void)
{
    guint8 buffer[64];
    MpBytes payload = {(const guint8 *)"hello", 5};
    gsize length = mp_turn_write_channel_data(buffer, sizeof buffer, 0x4001, payload, FALSE);
    g_assert_cmpuint(length, ==, 9);
    guint16 channel;
    MpBytes got;
    g_assert_true(mp_turn_parse_channel_data(buffer, length, &channel, &got));
    g_assert_cmphex(channel, ==, 0x4001);
    g_assert_cmpmem(got.data, got.length, "hello", 5);
}

static void test_channel_data_is_padded_on_a_stream(void)
{
    guint8 buffer[64];
    MpBytes payload = {(const guint8 *)"hello", 5};
    gsize length = mp_turn_write_channel_data(buffer, sizeof buffer, 0x4000, payload, TRUE);
    g_assert_cmpuint(length, ==, 12);
    gsize frame = 0;
    g_assert_cmpint(mp_turn_find_frame(buffer, length, 0x4000, &frame), ==, MP_TURN_FRAME_COMPLETE);
    g_assert_cmpuint(frame, ==, 12);
    g_assert_cmpint(mp_turn_find_frame(buffer, 9, 0x4000, &frame), ==, MP_TURN_FRAME_PARTIAL);
}

static void test_wrong_channel_data_is_refused(void)
{
    guint16 channel;
    MpBytes payload;
    g_assert_false(mp_turn_parse_channel_data("\x40\x00\x00\x05hell", 8, &channel, &payload));
    g_assert_false(mp_turn_parse_channel_data("\x50\x00\x00\x00", 4, &channel, &payload));
    g_assert_false(mp_turn_parse_channel_data("\x3f\xff\x00\x00", 4, &channel, &payload));
    g_assert_false(mp_turn_parse_channel_data("\x40\x00\x00", 3, &channel, &payload));
    guint8 buffer[8];
    MpBytes long_payload = {(const guint8 *)"hello", 5};
    g_assert_cmpuint(mp_turn_write_channel_data(buffer, sizeof buffer, 0x4000, long_payload, FALSE),
                     ==, 0);
}

/* However the stream is cut, the frames that come out are those that went in. */
static void test_stream_is_cut_anywhere(void)
{
    guint8 stream[128];
    static const MpStunId id = {{7}};
    MpStunBuilder builder = mp_stun_builder_init(stream, sizeof stream, MP_STUN_SUCCESS,
                                                 MP_STUN_METHOD_BINDING, &id);
    mp_stun_add_text(&builder, MP_STUN_ATTRIBUTE_SOFTWARE, "server");
    gsize first = mp_stun_builder_end(&builder);
    MpBytes payload = {(const guint8 *)"x", 1};
    gsize second = mp_turn_write_channel_data(stream + first, sizeof stream - first, 0x4000,
                                              payload, TRUE);
    for (gsize cut = 0; cut < first + second; cut++) {
        gsize frame = 0;
        MpTurnFrame expected = cut < first ? MP_TURN_FRAME_PARTIAL : MP_TURN_FRAME_COMPLETE;
        g_assert_cmpint(mp_turn_find_frame(stream, cut, 0x4000, &frame), ==, expected);
        g_assert_cmpuint(frame, ==, cut < first ? 0 : first);
    }
    gsize frame = 0;
    g_assert_cmpint(mp_turn_find_frame(stream + first, second, 0x4000, &frame), ==,
                    MP_TURN_FRAME_COMPLETE);
    g_assert_cmpuint(frame, ==, second);
}

static void assert_garbage(const char *bytes, gsize length, guint16 last_channel)
{
    gsize frame;
    g_assert_cmpint(mp_turn_find_frame(bytes, length, last_channel, &frame), ==,
                    MP_TURN_FRAME_GARBAGE);
}

static void test_other_protocols_are_told_at_once(void)
{
    assert_garbage("HTTP/1.1 400 Bad Request\r\n", 26, 0);
    assert_garbage("HTTP/1.1 400 Bad Request\r\n", 26, 0x4000);
    assert_garbage("H", 1, 0x4000);
    assert_garbage("SSH-2.0-OpenSSH_9.2\r\n", 21, 0x4000);
    assert_garbage("\x15\x03\x03\x00\x02\x02\x46", 7, 0x4000); /* a TLS alert */
    assert_garbage("\x40\x01\x00\x00", 4, 0x4000);             /* a channel nobody bound */
    assert_garbage("\x40\x00\x00\x00", 4, 0);
    assert_garbage("\x00\x01\x00\x02\x21\x12\xa4\x42", 8, 0); /* no multiple of four */
    assert_garbage("\xff", 1, 0x4000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turn/channel_data_survives", test_channel_data_survives);
    g_test_add_func("/turn/channel_data_is_padded_on_a_stream",
                    test_channel_data_is_padded_on_a_stream);
    g_test_add_func("/turn/wrong_channel_data_is_refused", test_wrong_channel_data_is_refused);
    g_test_add_func("/turn/stream_is_cut_anywhere", test_stream_is_cut_anywhere);
    g_test_add_func("/turn/other_protocols_are_told_at_once",
                    test_other_protocols_are_told_at_once);
    return g_test_run();
}
