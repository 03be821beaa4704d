/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTP headers and the telling apart of what shares a component.
 */
#include "wire/rtp.h"

static void test_header_survives_writing_and_reading(void)
{
    guint8 packet[MP_RTP_HEADER_SIZE + 3];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    const MpRtpHeader written = {TRUE, 96, 65535, 0xdeadbeef, 0x01020304};
    mp_rtp_write_header(&writer, &written);
    mp_writer_bytes(&writer, "abc", 3);
    g_assert_false(writer.is_bad);

    MpRtpHeader read;
    MpBytes payload;
    g_assert_true(mp_rtp_parse(packet, sizeof packet, &read, &payload));
    g_assert_true(read.marker);
    g_assert_cmpuint(read.payload_type, ==, 96);
    g_assert_cmpuint(read.sequence, ==, 65535);
    g_assert_cmphex(read.timestamp, ==, 0xdeadbeef);
    g_assert_cmphex(read.ssrc, ==, 0x01020304);
    g_assert_cmpmem(payload.data, payload.length, "abc", 3);
}

static void test_padding_extension_and_csrc_are_left_out(void)
{
    /* V=2 P=1 X=1 CC=1, one CSRC, one extension word, payload "hi", two bytes of padding. */
    static const guint8 packet[] = {0xb1, 0x60, 0,    1,    0, 0, 0, 2, 0, 0, 0,   3,   9, 9,
                                    9,    9,    0xbe, 0xde, 0, 1, 1, 2, 3, 4, 'h', 'i', 0, 2};
    MpRtpHeader header;
    MpBytes payload;
    g_assert_true(mp_rtp_parse(packet, sizeof packet, &header, &payload));
    g_assert_cmpmem(payload.data, payload.length, "hi", 2);
}

static void test_what_lies_about_its_length_is_refused(void)
{
    static const guint8 short_header[] = {0x80, 0x60, 0, 1};
    static const guint8 too_much_padding[] = {0xa0, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 200};
    static const guint8 no_padding_count[] = {0xa0, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0};
    static const guint8 long_extension[] = {0x90, 0x60, 0, 1, 0,    0,    0,    2,
                                            0,    0,    0, 3, 0xbe, 0xde, 0xff, 0xff};
    MpRtpHeader header;
    MpBytes payload;
    g_assert_false(mp_rtp_parse(short_header, sizeof short_header, &header, &payload));
    g_assert_false(mp_rtp_parse(too_much_padding, sizeof too_much_padding, &header, &payload));
    g_assert_false(mp_rtp_parse(no_padding_count, sizeof no_padding_count, &header, &payload));
    g_assert_false(mp_rtp_parse(long_extension, sizeof long_extension, &header, &payload));
}

static void test_kinds_are_told_apart_as_rfc_7983_says(void)
{
    static const struct {
        guint8 first;
        guint8 second;
        MpPacketKind kind;
    } rows[] = {
        {0, 1, MP_PACKET_STUN},          {3, 0, MP_PACKET_STUN},
        {4, 0, MP_PACKET_OTHER},         {19, 0, MP_PACKET_OTHER},
        {20, 0, MP_PACKET_DTLS},         {63, 0, MP_PACKET_DTLS},
        {64, 0, MP_PACKET_TURN_CHANNEL}, {79, 255, MP_PACKET_TURN_CHANNEL},
        {80, 0, MP_PACKET_OTHER},        {127, 0, MP_PACKET_OTHER},
        {128, 96, MP_PACKET_RTP},        {128, 191, MP_PACKET_RTP},
        {128, 192, MP_PACKET_RTCP},      {129, 200, MP_PACKET_RTCP},
        {191, 223, MP_PACKET_RTCP},      {128, 224, MP_PACKET_RTP},
        {192, 0, MP_PACKET_OTHER},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const guint8 packet[] = {rows[i].first, rows[i].second, 0, 0};
        g_assert_cmpint(mp_packet_kind(packet, sizeof packet), ==, rows[i].kind);
        g_assert_cmpint(mp_packet_kind(packet, 3), ==, MP_PACKET_OTHER);
    }
}

static void test_sequence_numbers_continue_over_the_wrap(void)
{
    g_assert_cmpuint(mp_rtp_unwrap(65535, 0), ==, 65536);
    g_assert_cmpuint(mp_rtp_unwrap(65536, 65535), ==, 65535);
    g_assert_cmpuint(mp_rtp_unwrap(131070, 5), ==, 131077);
    g_assert_cmpuint(mp_rtp_unwrap(10, 5), ==, 5);
    g_assert_cmpuint(mp_rtp_unwrap(10, 65530), ==, 65530);
}

/* RFC 8285 sections 4.2 and 4.3: padding, the identifier that ends the list, both forms. */
static void test_header_extensions_are_found_in_both_forms(void)
{
    static const guint8 one_byte[] = {
        0x91, 0x60, 0, 1, 0, 0,    0, 2,    0,    0,    0, 3, 9,    9,    9, 9, /* CSRC */
        0xbe, 0xde, 0, 3, 0, 0x10, 7, 0x41, 0x12, 0x34, 0, 0, 0xf0, 0x50, 1, 0, 0x30};
    static const guint8 two_bytes[] = {0x90, 0x60, 0, 1, 0,  0, 0,    2,    0, 0, 0, 3,
                                       0x10, 0x00, 0, 2, 20, 2, 0x12, 0x34, 0, 4, 1, 5};
    MpBytes value;
    g_assert_true(mp_rtp_extension(one_byte, sizeof one_byte, 4, &value));
    g_assert_cmpmem(value.data, value.length, "\x12\x34", 2);
    g_assert_true(mp_rtp_extension(one_byte, sizeof one_byte, 1, &value));
    g_assert_false(mp_rtp_extension(one_byte, sizeof one_byte, 5, &value)); /* behind the end */
    g_assert_true(mp_rtp_extension(two_bytes, sizeof two_bytes, 20, &value));
    g_assert_cmpmem(value.data, value.length, "\x12\x34", 2);
    g_assert_true(mp_rtp_extension(two_bytes, sizeof two_bytes, 4, &value));
    g_assert_false(mp_rtp_extension(two_bytes, sizeof two_bytes, 1, &value));
    for (gsize cut = 0; cut < sizeof two_bytes; cut++)
        g_assert_false(mp_rtp_extension(two_bytes, cut, 20, &value));
}

/* draft-holmer section 2: one extension of two bytes. */
static void test_an_extension_is_written_and_read(void)
{
    const MpRtpHeader header = {.payload_type = 96, .sequence = 5, .ssrc = 7};
    guint8 packet[22] = {0};
    MpWriter writer = mp_writer_init(packet, 20);
    mp_rtp_write_extended(&writer, &header, 3, 0xabcd);
    g_assert_false(writer.is_bad);
    g_assert_cmpuint(writer.position, ==, 20);
    MpBytes value;
    g_assert_true(mp_rtp_extension(packet, sizeof packet, 3, &value));
    g_assert_cmpuint(value.length, ==, 2);
    g_assert_cmphex(value.data[0], ==, 0xab);
    g_assert_cmphex(value.data[1], ==, 0xcd);
    g_assert_false(mp_rtp_extension(packet, sizeof packet, 4, &value));
    MpRtpHeader read;
    MpBytes payload;
    g_assert_true(mp_rtp_parse(packet, sizeof packet, &read, &payload));
    g_assert_cmpuint(read.ssrc, ==, 7);
    g_assert_cmpuint(payload.length, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rtp/header", test_header_survives_writing_and_reading);
    g_test_add_func("/rtp/optional-parts", test_padding_extension_and_csrc_are_left_out);
    g_test_add_func("/rtp/lying-lengths", test_what_lies_about_its_length_is_refused);
    g_test_add_func("/rtp/kinds", test_kinds_are_told_apart_as_rfc_7983_says);
    g_test_add_func("/rtp/unwrap", test_sequence_numbers_continue_over_the_wrap);
    g_test_add_func("/rtp/extension", test_header_extensions_are_found_in_both_forms);
    g_test_add_func("/rtp/extension-written", test_an_extension_is_written_and_read);
    return g_test_run();
}
