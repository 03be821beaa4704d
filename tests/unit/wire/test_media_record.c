/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The record that a responder hands over.
 */
#include "base/error.h"
#include "wire/media_record.h"

static GBytes *written(void)
{
    g_autoptr(MpMediaRecord) record = mp_media_record_new();
    const MpRecordEntry sent = {1, 2, 3, TRUE, 1700000000000000001, FALSE};
    const MpRecordEntry received = {4, 70000, 6, FALSE, -5, TRUE};
    g_array_append_val(record->sent, sent);
    g_array_append_val(record->received, received);
    g_array_append_val(record->received, received);
    record->receive_overflows = 9;
    record->timer_late_p99 = MP_MSEC(3);
    record->duplicates = 5;
    mp_media_record_add_drop(record, 10, 20, 30);
    record->clock_stepped = MP_SEC(3600);
    record->watched = MP_SEC(10);
    record->run_queue = MP_MSEC(7);
    record->stolen = MP_MSEC(8);
    return mp_media_record_write(record);
}

static void test_record_survives(void)
{
    g_autoptr(GBytes) bytes = written();
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpMediaRecord) record = mp_media_record_parse(data, length, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(record->sent->len, ==, 1);
    g_assert_cmpuint(record->received->len, ==, 2);
    g_assert_cmpuint(record->receive_overflows, ==, 9);
    g_assert_cmpint(record->timer_late_p99, ==, MP_MSEC(3));
    g_assert_cmpuint(record->duplicates, ==, 5);
    g_assert_cmpuint(record->drops->len, ==, 1);
    g_assert_cmpint(g_array_index(record->drops, MpRecordDrop, 0).until, ==, 20);
    g_assert_cmpuint(g_array_index(record->drops, MpRecordDrop, 0).packets, ==, 30);
    g_assert_cmpint(record->clock_stepped, ==, MP_SEC(3600));
    g_assert_cmpint(record->watched, ==, MP_SEC(10));
    g_assert_cmpint(record->run_queue, ==, MP_MSEC(7));
    g_assert_cmpint(record->stolen, ==, MP_MSEC(8));
    const MpRecordEntry *sent = &g_array_index(record->sent, MpRecordEntry, 0);
    g_assert_true(sent->is_kernel_stamped);
    g_assert_cmpint(sent->time, ==, 1700000000000000001);
    const MpRecordEntry *received = &g_array_index(record->received, MpRecordEntry, 1);
    g_assert_false(received->is_kernel_stamped);
    g_assert_true(received->is_retransmission && !sent->is_retransmission);
    g_assert_cmpuint(received->sequence, ==, 70000);
    g_assert_cmpint(received->time, ==, -5);
}

static void test_every_truncation_is_refused(void)
{
    g_autoptr(GBytes) bytes = written();
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    for (gsize cut = 0; cut < length; cut++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(mp_media_record_parse(data, cut, &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_MALFORMED);
    }
}

static void test_a_count_beyond_the_bytes_is_refused(void)
{
    g_autoptr(GBytes) bytes = written();
    gsize length;
    g_autofree guint8 *data = g_memdup2(g_bytes_get_data(bytes, &length), g_bytes_get_size(bytes));
    data[8] = 0xff; /* 4 thousand million entries */
    length = g_bytes_get_size(bytes);
    g_autoptr(GError) error = NULL;
    g_assert_null(mp_media_record_parse(data, length, &error));
    g_assert_error(error, MP_ERROR, MP_ERROR_MALFORMED);
}

/* A far end that floods us with DTLS takes no room from media. */
static void test_a_handshake_is_bounded(void)
{
    static const guint8 hello[] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0};
    g_autoptr(MpMediaRecord) record = mp_media_record_new();
    mp_media_record_add_dtls(record->sent, (const guint8 *)"none", 4, 1);
    g_assert_cmpuint(record->sent->len, ==, 0);
    for (guint i = 0; i < 1000; i++)
        mp_media_record_add_dtls(record->sent, hello, sizeof hello, i);
    g_assert_cmpuint(record->sent->len, ==, 256);
    const MpRecordEntry *entry = &g_array_index(record->sent, MpRecordEntry, 0);
    g_assert_cmpuint(entry->ssrc, ==, MP_RECORD_DTLS);
    g_assert_cmpuint(entry->sequence, ==, 7);
    g_assert_cmpuint(entry->size, ==, sizeof hello);
}

/* However often a socket is full, none of it is forgotten. */
static void test_drops_are_bounded(void)
{
    g_autoptr(MpMediaRecord) record = mp_media_record_new();
    guint64 packets = 0;
    for (MpTime i = 0; i < 2000; i++)
        mp_media_record_add_drop(record, i, i + 1, 2);
    for (guint i = 0; i < record->drops->len; i++)
        packets += g_array_index(record->drops, MpRecordDrop, i).packets;
    g_assert_cmpuint(record->drops->len, ==, 1000);
    g_assert_cmpuint(packets, ==, 4000);
    g_assert_cmpint(g_array_index(record->drops, MpRecordDrop, 999).until, ==, 2000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media-record/survives", test_record_survives);
    g_test_add_func("/media-record/handshake", test_a_handshake_is_bounded);
    g_test_add_func("/media-record/truncated", test_every_truncation_is_refused);
    g_test_add_func("/media-record/lying-count", test_a_count_beyond_the_bytes_is_refused);
    g_test_add_func("/media-record/drops", test_drops_are_bounded);
    return g_test_run();
}
