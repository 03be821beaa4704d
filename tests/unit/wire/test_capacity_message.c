/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Trains, orders and reports of a capacity measurement as bytes.
 */
#include "wire/capacity_message.h"

static void test_probe(void)
{
    guint8 bytes[64];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    const MpCapacityProbe probe = {.train = 3, .index = 41, .count = 42, .sent = MP_SEC(5)};
    mp_capacity_probe_write(&writer, &probe);
    g_assert_cmpuint(writer.position, ==, MP_CAPACITY_PROBE_LENGTH);
    MpCapacityProbe read;
    g_assert_true(mp_capacity_probe_parse((MpBytes){bytes, sizeof bytes}, &read));
    g_assert_cmpuint(read.train, ==, 3);
    g_assert_cmpuint(read.index, ==, 41);
    g_assert_cmpuint(read.count, ==, 42);
    g_assert_cmpint(read.sent, ==, MP_SEC(5));
    g_assert_false(mp_capacity_probe_parse((MpBytes){bytes, 19}, &read));
    bytes[7] = 42; /* the index is past the train's end */
    g_assert_false(mp_capacity_probe_parse((MpBytes){bytes, sizeof bytes}, &read));
}

static void test_order(void)
{
    guint8 bytes[12];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    const MpCapacityOrder order = {.train = 1, .size = 1180, .count = 625, .interval_ns = 640000};
    mp_capacity_order_write(&writer, &order);
    MpCapacityOrder read;
    g_assert_true(mp_capacity_order_parse((MpBytes){bytes, writer.position}, &read));
    g_assert_cmpuint(read.size, ==, 1180);
    g_assert_cmpuint(read.count, ==, 625);
    g_assert_cmpuint(read.interval_ns, ==, 640000);
    g_assert_false(mp_capacity_order_parse((MpBytes){bytes, 11}, &read));
}

static void test_report(void)
{
    guint8 bytes[1500];
    MpCapacityReport report = {.train = 9,
                               .received = 5 * MP_CAPACITY_MOST_ARRIVALS,
                               .dropped = 255,
                               .n_arrivals = MP_CAPACITY_MOST_ARRIVALS};
    for (guint i = 0; i < report.n_arrivals; i++)
        report.arrivals[i] = (MpCapacityArrival){
            .index = 6 * i, .before = 5 * i, .came = MP_SEC(1700000000) + MP_USEC(123) * i};
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    mp_capacity_report_write(&writer, &report);
    g_assert_false(writer.is_bad);
    /* With RTP, SRTCP and a relay's header it fits into what IPv6 carries everywhere. */
    g_assert_cmpuint(writer.position, <=, 1150);
    MpCapacityReport read;
    g_assert_true(mp_capacity_report_parse((MpBytes){bytes, writer.position}, &read));
    g_assert_cmpuint(read.received, ==, report.received);
    g_assert_cmpuint(read.dropped, ==, 255);
    g_assert_cmpuint(read.n_arrivals, ==, report.n_arrivals);
    g_assert_cmpuint(read.arrivals[111].index, ==, 666);
    g_assert_cmpuint(read.arrivals[111].before, ==, 555);
    g_assert_cmpint(read.arrivals[111].came, ==, report.arrivals[111].came);
    g_assert_false(mp_capacity_report_parse((MpBytes){bytes, writer.position - 1}, &read));
    bytes[3] = MP_CAPACITY_MOST_ARRIVALS + 1;
    g_assert_false(mp_capacity_report_parse((MpBytes){bytes, sizeof bytes}, &read));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/capacity_message/probe", test_probe);
    g_test_add_func("/capacity_message/order", test_order);
    g_test_add_func("/capacity_message/report", test_report);
    return g_test_run();
}
