/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Original packets are counted apart from their retransmissions.
 */
#include "probe/stream_tally.h"

static void add(GArray *entries, guint32 ssrc, guint32 sequence, MpTime time, gboolean is_rtx)
{
    const MpRecordEntry entry = {ssrc, sequence, 1000, TRUE, time, is_rtx};
    g_array_append_val(entries, entry);
}

static const MpMediaWindow window = {0, MP_SEC(100), 0};

static void test_repaired_losses_are_told_from_others(void)
{
    g_autoptr(GArray) sent = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    g_autoptr(GArray) came = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    for (guint32 i = 0; i < 10; i++) {
        add(sent, 7, 65530 + i, MP_MSEC(i), FALSE);
        if (i != 3 && i != 8 && i != 9)
            add(came, 7, 65530 + i, MP_MSEC(i), FALSE);
    }
    add(sent, 6, 1u << 16 | 65533, MP_MSEC(20), TRUE); /* lost itself */
    add(sent, 6, 2u << 16 | 65533, MP_MSEC(40), TRUE);
    add(sent, 6, 3u << 16 | 2, MP_MSEC(41), TRUE); /* 65,538 in 16 bits */
    add(came, 6, 2u << 16 | 65533, MP_MSEC(40), TRUE);
    add(came, 6, 3u << 16 | 2, MP_MSEC(41), TRUE);
    g_autoptr(MpRecordIndex) index = mp_record_index_new(came);
    g_autoptr(GArray) tallies = mp_stream_tally(sent, index, NULL, &window, 1);
    g_assert_cmpuint(tallies->len, ==, 1);
    const MpStreamTally *tally = &g_array_index(tallies, MpStreamTally, 0);
    g_assert_cmpuint(tally->ssrc, ==, 7);
    g_assert_cmpuint(tally->packets_sent, ==, 10);
    g_assert_cmpuint(tally->packets_received, ==, 7);
    g_assert_cmpuint(tally->repaired, ==, 2);
    g_assert_cmpuint(tally->rtx_sent, ==, 3);
    g_assert_cmpuint(tally->rtx_received, ==, 2);
    g_assert_cmpuint(tally->rtx_bytes, ==, 3000);
}

/* The same 16 bits long before or after are another packet. */
static void test_another_packets_repair_is_none(void)
{
    g_autoptr(GArray) sent = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    g_autoptr(GArray) came = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    add(sent, 7, 5, MP_SEC(1), FALSE);
    add(sent, 7, 65536 + 5, MP_SEC(70), FALSE);
    add(sent, 6, 1u << 16 | 5, MP_SEC(70) + MP_MSEC(50), TRUE);
    add(came, 6, 1u << 16 | 5, MP_SEC(71), TRUE);
    g_autoptr(MpRecordIndex) index = mp_record_index_new(came);
    g_autoptr(GArray) tallies = mp_stream_tally(sent, index, NULL, &window, 1);
    g_assert_cmpuint(g_array_index(tallies, MpStreamTally, 0).repaired, ==, 1);
}

static void test_only_the_windows_count(void)
{
    g_autoptr(GArray) sent = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    g_autoptr(GArray) came = g_array_new(FALSE, FALSE, sizeof(MpRecordEntry));
    for (guint32 i = 0; i < 10; i++)
        add(sent, 7, i, MP_SEC(i), FALSE);
    const MpMediaWindow windows[] = {{MP_SEC(1), MP_SEC(3), 0}, {MP_SEC(5), MP_SEC(6), 1}};
    g_autoptr(MpRecordIndex) index = mp_record_index_new(came);
    g_autoptr(GArray) tallies = mp_stream_tally(sent, index, NULL, windows, 2);
    g_assert_cmpuint(g_array_index(tallies, MpStreamTally, 0).packets_sent, ==, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stream-tally/repaired", test_repaired_losses_are_told_from_others);
    g_test_add_func("/stream-tally/other", test_another_packets_repair_is_none);
    g_test_add_func("/stream-tally/windows", test_only_the_windows_count);
    return g_test_run();
}
