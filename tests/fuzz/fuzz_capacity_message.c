/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a train's packet, an order and a report, fed to both ends of a measurement.
 */
#include "session/capacity_far_end.h"
#include "session/capacity_tester.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void feed_far_end(MpBytes bytes)
{
    const MpCapacityLimits limits = {.greatest_bps = 1000000, .most_bytes = 50000};
    g_autoptr(MpCapacityFarEnd) far_end = mp_capacity_far_end_new(&limits);
    MpCapacityProbe probe;
    MpCapacityOrder order;
    MpCapacityMessage message;
    if (mp_capacity_probe_parse(bytes, &probe))
        mp_capacity_far_end_take_probe(far_end, &probe, 0, 0);
    if (mp_capacity_order_parse(bytes, &order))
        mp_capacity_far_end_take_order(far_end, &order, 0);
    while (mp_capacity_far_end_next(far_end, MP_SEC(1), &message))
        continue;
    g_assert(mp_capacity_far_end_sent_bytes(far_end) <= limits.most_bytes);
}

static void feed_tester(MpBytes bytes)
{
    const MpCapacityConfig config = {.need_bps = 300000, .overhead = 44, .most_time = MP_SEC(4)};
    g_autoptr(MpCapacityTester) tester = mp_capacity_tester_new(&config, 0);
    MpCapacityProbe probe;
    MpCapacityReport report;
    MpCapacityMessage message;
    while (mp_capacity_tester_next(tester, 0, &message))
        continue;
    if (mp_capacity_probe_parse(bytes, &probe))
        mp_capacity_tester_take_probe(tester, &probe, MP_MSEC(10), MP_MSEC(10));
    if (mp_capacity_report_parse(bytes, &report))
        mp_capacity_tester_take_report(tester, &report, (guint)bytes.length, MP_MSEC(10));
    for (MpTime now = 0; now < MP_SEC(5); now += MP_MSEC(500))
        while (mp_capacity_tester_next(tester, now, &message))
            continue;
    g_assert(mp_capacity_tester_is_done(tester));
    mp_capacity_tester_result(tester);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    feed_far_end((MpBytes){data, size});
    feed_tester((MpBytes){data, size});
    return 0;
}
