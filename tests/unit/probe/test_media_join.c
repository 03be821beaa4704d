/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two records of a made-up call, whose truth the test knows: 10 ms up, 30 ms down, and a far clock
 * that is five hours ahead.
 */
#include "probe/media_join.h"

#include <math.h>

#define OURS 1
#define THEIRS 2
#define OUR_ECHO 3
#define THEIR_ECHO 4
#define FAR_AHEAD MP_SEC(5 * 60 * 60)
#define UP MP_MSEC(10)
#define DOWN MP_MSEC(30)
#define INTERVAL MP_MSEC(20)
#define PACKETS 100

static const MpMediaWindow whole_call = {0, MP_SEC(1000), 0};

static void add(GArray *entries, guint32 ssrc, guint32 sequence, MpTime time)
{
    const MpRecordEntry entry = {ssrc, sequence, 1000, TRUE, time};
    g_array_append_val(entries, entry);
}

typedef struct {
    MpMediaRecord *ours;
    MpMediaRecord *theirs;
} Records;

/* Packet i leaves both ends at i * 20 ms; every tenth up is lost, and every fourth down. */
static Records make_records(void)
{
    Records records = {mp_media_record_new(), mp_media_record_new()};
    for (guint32 i = 0; i < PACKETS; i++) {
        MpTime left = MP_SEC(1) + INTERVAL * i;
        add(records.ours->sent, OURS, i, left);
        if (i % 10 != 9)
            add(records.theirs->received, OURS, i, left + UP + FAR_AHEAD);
        add(records.theirs->sent, THEIRS, i, left + FAR_AHEAD);
        if (i % 4 != 3)
            add(records.ours->received, THEIRS, i, left + DOWN);
    }
    return records;
}

static void free_records(Records *records)
{
    mp_media_record_free(records->ours);
    mp_media_record_free(records->theirs);
}

static void test_each_direction_has_its_own_loss(void)
{
    Records records = make_records();
    MpJoined joined = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, 100);
    g_assert_cmpfloat(joined.up.stats.loss_percent, ==, 10);
    g_assert_cmpfloat(joined.down.stats.packets_sent, ==, 100);
    g_assert_cmpfloat(joined.down.stats.loss_percent, ==, 25);
    g_assert_cmpfloat(joined.up.stats.burst_length, ==, 1);
    g_assert_cmpfloat(joined.up.stats.pdv_p95_ms, ==, 0);
    free_records(&records);
}

/* A second of 50 packets, though the far end's entries carry a clock of its own. */
static void test_a_window_cuts_both_directions_alike(void)
{
    Records records = make_records();
    const MpMediaWindow window = {MP_SEC(1), MP_SEC(2) - 1, 0};
    MpJoined joined = mp_media_join(records.ours, records.theirs, &window, 1);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, 50);
    /* Known to half the round trip's asymmetry: here 10 ms, half a packet. */
    g_assert_cmpfloat(fabs(joined.down.stats.packets_sent - 50), <=, 1);
    free_records(&records);
}

/* The figures are those of a call that never rested: its rate is not of the time between. */
static void test_rests_between_windows_count_for_nothing(void)
{
    Records records = make_records();
    const MpMediaWindow windows[] = {
        {MP_SEC(1), MP_SEC(1) + MP_MSEC(399), 0},
        {MP_SEC(2), MP_SEC(2) + MP_MSEC(399), 1},
    };
    const MpJoined joined = mp_media_join(records.ours, records.theirs, windows, 2);
    const MpJoined one = mp_media_join(records.ours, records.theirs, windows, 1);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, 40);
    g_assert_cmpfloat(joined.up.stats.loss_percent, ==, 10);
    g_assert_cmpfloat(joined.up.stats.pdv_p95_ms, ==, 0);
    g_assert_cmpfloat(fabs(joined.down.stats.packets_sent - 40), <=, 2);
    g_assert_cmpfloat(fabs(joined.up.stats.offered_kbps - one.up.stats.offered_kbps), <,
                      0.03 * one.up.stats.offered_kbps);
    free_records(&records);
}

static void test_round_trip_leaves_the_far_ends_time_out(void)
{
    Records records = make_records();
    for (guint32 i = 0; i < PACKETS; i++) {
        MpTime left = MP_SEC(1) + INTERVAL * i;
        MpTime arrived = left + UP + FAR_AHEAD;
        MpTime replied = arrived + MP_MSEC(7);
        add(records.ours->sent, OUR_ECHO, i, left);
        add(records.theirs->received, OUR_ECHO, i, arrived);
        add(records.theirs->sent, THEIR_ECHO, i, replied);
        if (i != 50)
            add(records.ours->received, THEIR_ECHO, i, replied - FAR_AHEAD + DOWN);
    }
    MpSummary summary = mp_media_round_trips(records.ours, records.theirs, OUR_ECHO, THEIR_ECHO,
                                             &whole_call, 1);
    g_assert_cmpuint(summary.count, ==, 99);
    g_assert_cmpfloat(summary.min, ==, 40);
    g_assert_cmpfloat(summary.max, ==, 40);
    free_records(&records);
}

/* Nothing of ours arrived; the other direction keeps its packets though the clocks differ. */
static void test_one_way_media_keeps_the_direction_that_works(void)
{
    Records records = make_records();
    g_array_set_size(records.theirs->received, 0);
    const MpMediaWindow call = {MP_SEC(1), MP_SEC(4), 0};
    MpJoined joined = mp_media_join(records.ours, records.theirs, &call, 1);
    g_assert_cmpfloat(joined.up.stats.loss_percent, ==, 100);
    g_assert_cmpfloat(joined.down.stats.packets_sent, >=, 98);
    g_assert_cmpfloat(joined.down.stats.loss_percent, <, 26);
    free_records(&records);
}

static void test_a_direction_that_stops_says_when(void)
{
    Records records = make_records();
    g_array_set_size(records.theirs->received,
                     45); /* of the packets 0 to 48: 49 was lost as well */
    MpJoined joined = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_cmpfloat(joined.up.stopped_after_ms, ==, 48 * 20);
    g_assert_cmpfloat(joined.up.silent_ms, ==, (99 - 48) * 20);
    g_assert_cmpfloat(joined.down.silent_ms, ==, 20);
    free_records(&records);
}

/* Every second packet is large, and no large one comes; every fourth is lost anyway. */
static void test_sizes_that_never_come_are_known(void)
{
    Records records = {mp_media_record_new(), mp_media_record_new()};
    for (guint32 i = 0; i < PACKETS; i++) {
        const MpTime left = MP_SEC(1) + INTERVAL * i;
        const guint16 size = i % 2 ? 1122 : 122;
        const MpRecordEntry sent = {OURS, i, size, TRUE, left};
        const MpRecordEntry came = {OURS, i, size, TRUE, left + UP};
        g_array_append_val(records.ours->sent, sent);
        if (size == 122 && i % 8 != 0)
            g_array_append_val(records.theirs->received, came);
    }
    MpJoined joined = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_cmpfloat(joined.up.largest_received, ==, 122);
    g_assert_cmpfloat(joined.up.smallest_missing, ==, 1122);
    g_assert_cmpfloat(joined.up.missing_packets, ==, 50);
    g_assert_cmpfloat(joined.up.loss_below_percent, ==, 26); /* 13 of 50 */
    free_records(&records);
}

static void test_where_all_sizes_come_none_is_missing(void)
{
    Records records = make_records();
    MpJoined joined = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_true(isnan(joined.up.missing_packets));
    g_assert_true(isnan(joined.up.largest_received));
    free_records(&records);
}

static void test_no_far_record_is_not_measured(void)
{
    g_autoptr(MpMediaRecord) ours = mp_media_record_new();
    g_autoptr(MpMediaRecord) theirs = mp_media_record_new();
    MpJoined joined = mp_media_join(ours, theirs, &whole_call, 1);
    g_assert_true(isnan(joined.up.stats.loss_percent));
    g_assert_true(isnan(joined.down.stats.loss_percent));
    MpSummary summary = mp_media_round_trips(ours, theirs, OUR_ECHO, THEIR_ECHO, &whole_call, 1);
    g_assert_cmpuint(summary.count, ==, 0);
    g_assert_true(isnan(summary.p50));
}

static void test_only_kernel_stamps_make_the_small_error(void)
{
    Records records = make_records();
    records.ours->timer_late_p99 = MP_MSEC(2);
    records.theirs->timer_late_p99 = MP_MSEC(3);
    MpJoined stamped = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_cmpfloat(stamped.up.tester_error_ms, ==, 0.05);
    for (guint i = 0; i < records.ours->sent->len; i++)
        g_array_index(records.ours->sent, MpRecordEntry, i).is_kernel_stamped = FALSE;
    MpJoined unstamped = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_cmpfloat(unstamped.up.tester_error_ms, ==, 5);
    g_assert_cmpfloat(unstamped.down.tester_error_ms, ==, 0.05);
    free_records(&records);
}

static void test_a_repeated_arrival_counts_once(void)
{
    Records records = make_records();
    add(records.ours->received, THEIRS, 0, MP_SEC(100));
    MpJoined joined = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_cmpfloat(joined.down.stats.packets_received, ==, 75);
    g_assert_cmpfloat(joined.down.stats.pdv_p99_ms, ==, 0);
    free_records(&records);
}

/* Media and the handshake are two things to join. */
static void test_the_handshake_is_joined_apart(void)
{
    Records records = make_records();
    add(records.ours->sent, MP_RECORD_DTLS, 0, MP_SEC(1));
    add(records.theirs->sent, MP_RECORD_DTLS, 0, MP_SEC(1) + FAR_AHEAD);
    add(records.theirs->sent, MP_RECORD_DTLS, 1, MP_SEC(1) + FAR_AHEAD);
    add(records.ours->received, MP_RECORD_DTLS, 1, MP_SEC(1) + DOWN);
    MpJoined joined = mp_media_join_handshake(records.ours, records.theirs);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, 1);
    g_assert_cmpfloat(joined.up.stats.packets_received, ==, 0);
    g_assert_cmpfloat(joined.down.stats.packets_sent, ==, 2);
    g_assert_cmpfloat(joined.down.stats.packets_received, ==, 1);
    joined = mp_media_join(records.ours, records.theirs, &whole_call, 1);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, PACKETS);
    g_assert_cmpfloat(joined.down.stats.packets_sent, ==, PACKETS);
    free_records(&records);
}

/* No overflow where the clocks differ, and every packet. */
static void test_always_is_longer_than_any_call(void)
{
    Records records = make_records();
    MpJoined joined = mp_media_join(records.ours, records.theirs, &MP_MEDIA_ALWAYS, 1);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, PACKETS);
    g_assert_cmpfloat(joined.down.stats.packets_received, ==, 75);
    free_records(&records);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media-join/loss", test_each_direction_has_its_own_loss);
    g_test_add_func("/media-join/window", test_a_window_cuts_both_directions_alike);
    g_test_add_func("/media-join/windows", test_rests_between_windows_count_for_nothing);
    g_test_add_func("/media-join/round-trip", test_round_trip_leaves_the_far_ends_time_out);
    g_test_add_func("/media-join/one-way", test_one_way_media_keeps_the_direction_that_works);
    g_test_add_func("/media-join/no-record", test_no_far_record_is_not_measured);
    g_test_add_func("/media-join/error", test_only_kernel_stamps_make_the_small_error);
    g_test_add_func("/media-join/repeated", test_a_repeated_arrival_counts_once);
    g_test_add_func("/media-join/stops", test_a_direction_that_stops_says_when);
    g_test_add_func("/media-join/handshake", test_the_handshake_is_joined_apart);
    g_test_add_func("/media-join/always", test_always_is_longer_than_any_call);
    g_test_add_func("/media-join/sizes", test_sizes_that_never_come_are_known);
    g_test_add_func("/media-join/all-sizes", test_where_all_sizes_come_none_is_missing);
    return g_test_run();
}
