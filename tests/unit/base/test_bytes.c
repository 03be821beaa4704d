/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bounded reading and writing.
 */
#include "base/bytes.h"

static void test_fields_go_both_ways_in_network_order(void)
{
    guint8 buffer[18];
    MpWriter writer = mp_writer_init(buffer, sizeof buffer);
    mp_writer_u8(&writer, 1);
    mp_writer_u16(&writer, 0x0203);
    mp_writer_u24(&writer, 0x040506);
    mp_writer_u32(&writer, 0x0708090a);
    mp_writer_u64(&writer, G_GUINT64_CONSTANT(0x0b0c0d0e0f101112));
    g_assert_false(writer.is_bad);
    for (guint8 i = 0; i < sizeof buffer; i++)
        g_assert_cmpuint(buffer[i], ==, i + 1);

    MpReader reader = mp_reader_init(buffer, sizeof buffer);
    g_assert_cmphex(mp_reader_u8(&reader), ==, 1);
    g_assert_cmphex(mp_reader_u16(&reader), ==, 0x0203);
    g_assert_cmphex(mp_reader_u24(&reader), ==, 0x040506);
    g_assert_cmphex(mp_reader_u32(&reader), ==, 0x0708090a);
    g_assert_cmphex(mp_reader_u64(&reader), ==, G_GUINT64_CONSTANT(0x0b0c0d0e0f101112));
    g_assert_cmpuint(mp_reader_left(&reader), ==, 0);
    g_assert_false(reader.is_bad);
}

static void test_a_reader_past_the_end_stays_bad_and_reads_zero(void)
{
    static const guint8 data[] = {0xff, 0xff, 0xff};
    MpReader reader = mp_reader_init(data, sizeof data);
    g_assert_cmphex(mp_reader_u32(&reader), ==, 0);
    g_assert_true(reader.is_bad);
    g_assert_cmphex(mp_reader_u8(&reader), ==, 0);
    g_assert_cmpuint(mp_reader_left(&reader), ==, 0);
    g_assert_null(mp_reader_bytes(&reader, 1).data);
}

static void test_a_full_writer_stays_bad_and_writes_nothing_more(void)
{
    guint8 buffer[4] = {9, 9, 9, 9};
    MpWriter writer = mp_writer_init(buffer, 3);
    mp_writer_u16(&writer, 0);
    mp_writer_u32(&writer, 0);
    mp_writer_u8(&writer, 0);
    g_assert_true(writer.is_bad);
    g_assert_cmpuint(writer.position, ==, 2);
    g_assert_cmpuint(buffer[2], ==, 9);
    g_assert_cmpuint(buffer[3], ==, 9);
}

static void test_a_length_can_be_filled_in_later(void)
{
    guint8 buffer[4];
    MpWriter writer = mp_writer_init(buffer, sizeof buffer);
    mp_writer_u16(&writer, 0);
    mp_writer_zeros(&writer, 2);
    mp_writer_patch_u16(&writer, 0, 0x1234);
    g_assert_cmphex(buffer[0], ==, 0x12);
    g_assert_cmphex(buffer[1], ==, 0x34);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bytes/fields", test_fields_go_both_ways_in_network_order);
    g_test_add_func("/bytes/past-the-end", test_a_reader_past_the_end_stays_bad_and_reads_zero);
    g_test_add_func("/bytes/full", test_a_full_writer_stays_bad_and_writes_nothing_more);
    g_test_add_func("/bytes/patch", test_a_length_can_be_filled_in_later);
    return g_test_run();
}
