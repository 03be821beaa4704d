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
    const MpRecordEntry entry = {ssrc, sequence, 1000, TRUE, time, FALSE};
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

static MpJoined join_windows(const Records *records, const MpMediaWindow *windows, gsize n)
{
    g_autoptr(MpMediaJoin) join = mp_media_join_new(records->ours, records->theirs);
    return mp_media_join_windows(join, windows, n);
}

static MpJoined join_within(const Records *records, MpMediaWindow window)
{
    return join_windows(records, &window, 1);
}

static MpJoined join_handshake(const Records *records)
{
    g_autoptr(MpMediaJoin) join = mp_media_join_new(records->ours, records->theirs);
    return mp_media_join_handshake(join);
}

static MpSummary round_trips_of(const Records *records)
{
    g_autoptr(MpMediaJoin) join = mp_media_join_new(records->ours, records->theirs);
    return mp_media_join_round_trips(join, OUR_ECHO, THEIR_ECHO, &whole_call, 1);
}

static MpMediaClocks clocks_of(const Records *records)
{
    g_autoptr(MpMediaJoin) join = mp_media_join_new(records->ours, records->theirs);
    return *mp_media_join_clocks(join);
}

static void test_each_direction_has_its_own_loss(void)
{
    Records records = make_records();
    MpJoined joined = join_within(&records, whole_call);
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
    MpJoined joined = join_within(&records, window);
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
    const MpJoined joined = join_windows(&records, windows, 2);
    const MpJoined one = join_windows(&records, windows, 1);
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
    MpSummary summary = round_trips_of(&records);
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
    MpJoined joined = join_within(&records, call);
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
    MpJoined joined = join_within(&records, whole_call);
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
        const MpRecordEntry sent = {OURS, i, size, TRUE, left, FALSE};
        const MpRecordEntry came = {OURS, i, size, TRUE, left + UP, FALSE};
        g_array_append_val(records.ours->sent, sent);
        if (size == 122 && i % 8 != 0)
            g_array_append_val(records.theirs->received, came);
    }
    MpJoined joined = join_within(&records, whole_call);
    g_assert_cmpfloat(joined.up.largest_received, ==, 122);
    g_assert_cmpfloat(joined.up.smallest_missing, ==, 1122);
    g_assert_cmpfloat(joined.up.missing_packets, ==, 50);
    g_assert_cmpfloat(joined.up.loss_below_percent, ==, 26); /* 13 of 50 */
    free_records(&records);
}

static void test_where_all_sizes_come_none_is_missing(void)
{
    Records records = make_records();
    MpJoined joined = join_within(&records, whole_call);
    g_assert_true(isnan(joined.up.missing_packets));
    g_assert_true(isnan(joined.up.largest_received));
    free_records(&records);
}

static void test_no_far_record_is_not_measured(void)
{
    Records records = {mp_media_record_new(), mp_media_record_new()};
    MpJoined joined = join_within(&records, whole_call);
    g_assert_true(isnan(joined.up.stats.loss_percent));
    g_assert_true(isnan(joined.down.stats.loss_percent));
    MpSummary summary = round_trips_of(&records);
    g_assert_cmpuint(summary.count, ==, 0);
    g_assert_true(isnan(summary.p50));
    free_records(&records);
}

static void test_only_kernel_stamps_make_the_small_error(void)
{
    Records records = make_records();
    records.ours->timer_late_p99 = MP_MSEC(2);
    records.theirs->timer_late_p99 = MP_MSEC(3);
    MpJoined stamped = join_within(&records, whole_call);
    g_assert_cmpfloat(stamped.up.tester_error_ms, ==, 0.05);
    for (guint i = 0; i < records.ours->sent->len; i++)
        g_array_index(records.ours->sent, MpRecordEntry, i).is_kernel_stamped = FALSE;
    MpJoined unstamped = join_within(&records, whole_call);
    g_assert_cmpfloat(unstamped.up.tester_error_ms, ==, 5);
    g_assert_cmpfloat(unstamped.down.tester_error_ms, ==, 0.05);
    free_records(&records);
}

static void test_a_repeated_arrival_counts_once(void)
{
    Records records = make_records();
    add(records.ours->received, THEIRS, 0, MP_SEC(100));
    MpJoined joined = join_within(&records, whole_call);
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
    MpJoined joined = join_handshake(&records);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, 1);
    g_assert_cmpfloat(joined.up.stats.packets_received, ==, 0);
    g_assert_cmpfloat(joined.down.stats.packets_sent, ==, 2);
    g_assert_cmpfloat(joined.down.stats.packets_received, ==, 1);
    joined = join_within(&records, whole_call);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, PACKETS);
    g_assert_cmpfloat(joined.down.stats.packets_sent, ==, PACKETS);
    free_records(&records);
}

/* No overflow where the clocks differ, and every packet. */
static void test_always_is_longer_than_any_call(void)
{
    Records records = make_records();
    MpJoined joined = join_within(&records, MP_MEDIA_ALWAYS);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, PACKETS);
    g_assert_cmpfloat(joined.down.stats.packets_received, ==, 75);
    free_records(&records);
}

static void test_the_offset_is_known_to_half_the_round_trip(void)
{
    Records records = make_records();
    const MpMediaClocks clocks = clocks_of(&records);
    g_assert_cmpint(clocks.offset, ==, FAR_AHEAD + (UP - DOWN) / 2);
    g_assert_cmpfloat(clocks.offset_bound_ms, ==, 20);
    g_assert_cmpfloat_with_epsilon(clocks.skew_ppm, 0, 1e-6);
    g_assert_false(clocks.is_corrected);
    g_assert_false(mp_media_clocks_are_stepped(&clocks));
    free_records(&records);
}

/* The far clock gains 200 ppm: over a minute that is 12 ms of delay that is none. */
static Records make_drifting(void)
{
    Records records = {mp_media_record_new(), mp_media_record_new()};
    for (guint32 i = 0; i < 3000; i++) {
        const MpTime since = INTERVAL * i;
        const MpTime left = MP_SEC(1) + since;
        const MpTime gained = (MpTime)(200e-6 * (double)since);
        const MpTime jitter = MP_USEC(10) * (i % 7);
        add(records.ours->sent, OURS, i, left);
        add(records.theirs->received, OURS, i, left + UP + FAR_AHEAD + gained + jitter);
        add(records.theirs->sent, THEIRS, i, left + FAR_AHEAD + gained);
        add(records.ours->received, THEIRS, i, left + DOWN + jitter);
    }
    return records;
}

static void test_a_skew_beyond_doubt_is_taken_out(void)
{
    Records records = make_drifting();
    const MpMediaClocks clocks = clocks_of(&records);
    g_assert_cmpfloat_with_epsilon(clocks.skew_ppm, 200, 1);
    g_assert_cmpfloat(clocks.skew_bound_ppm, <, 5);
    g_assert_true(clocks.is_corrected);
    const MpJoined joined = join_within(&records, whole_call);
    g_assert_cmpfloat(joined.up.stats.pdv_max_ms, <, 0.2);
    g_assert_cmpfloat(joined.down.stats.pdv_max_ms, <, 0.2);
    free_records(&records);
}

/* One direction alone gets slower: a queue, not a clock. */
static void test_a_growing_queue_is_no_skew(void)
{
    Records records = make_records();
    for (guint i = 0; i < records.theirs->received->len; i++)
        g_array_index(records.theirs->received, MpRecordEntry, i).time += MP_USEC(100) * i;
    const MpMediaClocks clocks = clocks_of(&records);
    g_assert_false(clocks.is_corrected);
    g_assert_cmpfloat(clocks.skew_bound_ppm, >, fabs(clocks.skew_ppm));
    const MpJoined joined = join_within(&records, whole_call);
    g_assert_cmpfloat_with_epsilon(joined.up.stats.pdv_max_ms, 8.9, 1e-6);
    free_records(&records);
}

/* Losses are still counted, over the whole call; times say nothing. */
static void test_a_clock_that_was_set_spoils_times_only(void)
{
    Records records = make_records();
    records.theirs->clock_stepped = MP_SEC(3600);
    for (guint i = 40; i < records.theirs->received->len; i++)
        g_array_index(records.theirs->received, MpRecordEntry, i).time += MP_SEC(3600);
    for (guint i = 50; i < records.theirs->sent->len; i++)
        g_array_index(records.theirs->sent, MpRecordEntry, i).time += MP_SEC(3600);
    const MpMediaClocks clocks = clocks_of(&records);
    g_assert_true(mp_media_clocks_are_stepped(&clocks));
    g_assert_cmpfloat(clocks.stepped_there_ms, ==, 3600e3);
    const MpMediaWindow window = {MP_SEC(1), MP_SEC(2), 0};
    const MpJoined joined = join_within(&records, window);
    g_assert_cmpfloat(joined.up.stats.packets_sent, ==, PACKETS);
    g_assert_cmpfloat(joined.up.stats.loss_percent, ==, 10);
    g_assert_cmpfloat(joined.down.stats.loss_percent, ==, 25);
    g_assert_true(isnan(joined.up.stats.pdv_p95_ms));
    g_assert_true(isnan(joined.down.stats.jitter_ms));
    g_assert_true(isnan(joined.up.stopped_after_ms));
    g_assert_cmpuint(round_trips_of(&records).count, ==, 0);
    free_records(&records);
}

/* The socket was full for a while: what came then was not lost; what is missing elsewhere was. */
static void test_what_a_full_socket_drops_is_not_lost(void)
{
    Records records = make_records();
    const MpTime after = MP_SEC(1) + INTERVAL * 8 + DOWN;
    mp_media_record_add_drop(records.ours, after, after + INTERVAL * 3, 5);
    MpJoined joined = join_within(&records, whole_call);
    /* The packet 11 of each fourth alone lies in that time, though five datagrams were dropped. */
    g_assert_cmpfloat(joined.down.stats.dropped_here, ==, 1);
    g_assert_cmpfloat(joined.down.stats.loss.runs.lost, ==, 24);
    g_assert_cmpfloat(joined.down.stats.loss_percent, ==, 24);
    g_assert_cmpfloat(joined.down.stats.packets_received, ==, 75);
    g_assert_cmpfloat(joined.up.stats.dropped_here, ==, 0);

    /* The far end's, by its own clock: no more than it counted. */
    const MpTime far = MP_SEC(1) + FAR_AHEAD;
    mp_media_record_add_drop(records.theirs, far, far + INTERVAL * PACKETS, 3);
    joined = join_within(&records, whole_call);
    g_assert_cmpfloat(joined.up.stats.dropped_here, ==, 3);
    g_assert_cmpfloat(joined.up.stats.loss_percent, ==, 7);
    free_records(&records);
}

/* A core that is taken away takes no stamps. */
static void test_stolen_time_widens_the_error(void)
{
    Records records = make_records();
    records.ours->timer_late_p99 = MP_MSEC(2);
    records.ours->watched = MP_SEC(10);
    records.ours->stolen = MP_MSEC(90);
    g_assert_cmpfloat(join_within(&records, whole_call).up.tester_error_ms, ==, 0.05);
    records.ours->stolen = MP_MSEC(110);
    g_assert_cmpfloat(join_within(&records, whole_call).up.tester_error_ms, ==, 2.05);
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
    g_test_add_func("/media-join/offset", test_the_offset_is_known_to_half_the_round_trip);
    g_test_add_func("/media-join/skew", test_a_skew_beyond_doubt_is_taken_out);
    g_test_add_func("/media-join/queue-is-no-skew", test_a_growing_queue_is_no_skew);
    g_test_add_func("/media-join/step", test_a_clock_that_was_set_spoils_times_only);
    g_test_add_func("/media-join/dropped-here", test_what_a_full_socket_drops_is_not_lost);
    g_test_add_func("/media-join/stolen", test_stolen_time_widens_the_error);
    return g_test_run();
}
