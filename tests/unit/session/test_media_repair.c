/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is missing is asked for, and what was sent is sent again: RFC 4585, RFC 4588.
 */
#include "session/media_repair.h"
#include "session/media_resend.h"
#include "session/nack_list.h"
#include "wire/rtcp_feedback.h"

#define RTT MP_MSEC(100)

static void note_all_but(MpNackList *list, guint32 first, guint32 last, guint32 lost, MpTime now)
{
    for (guint32 sequence = first; sequence <= last; sequence++)
        if (sequence != lost)
            mp_nack_list_note(list, sequence, now);
}

static void test_a_gap_is_asked_for_at_once(void)
{
    g_autoptr(MpNackList) list = mp_nack_list_new();
    note_all_but(list, 65530, 65540, 65536, 0);
    guint16 lost[8];
    g_assert_cmpint(mp_nack_list_deadline(list), ==, 0);
    g_assert_cmpuint(mp_nack_list_take(list, 0, RTT, lost, 8), ==, 1);
    g_assert_cmpuint(lost[0], ==, 0); /* 65,536 in 16 bits */
    g_assert_cmpuint(mp_nack_list_take(list, 0, RTT, lost, 8), ==, 0);
    g_assert_cmpint(mp_nack_list_deadline(list), ==, MP_MSEC(20));
}

/* Every round trip, ten times, then never again. */
static void test_it_is_asked_for_again_after_a_round_trip(void)
{
    g_autoptr(MpNackList) list = mp_nack_list_new();
    note_all_but(list, 1, 5, 3, 0);
    guint16 lost[8];
    guint asked = 0;
    MpTime last = 0;
    for (MpTime now = 0; mp_nack_list_deadline(list) != MP_NEVER; now = mp_nack_list_deadline(list))
        while (mp_nack_list_take(list, now, RTT, lost, 8) > 0) {
            g_assert_true(asked == 0 || now - last >= RTT);
            g_assert_true(now - last <= RTT + MP_MSEC(20));
            last = now;
            asked++;
        }
    g_assert_cmpuint(asked, ==, 10);
}

static void test_what_came_is_not_asked_for(void)
{
    g_autoptr(MpNackList) list = mp_nack_list_new();
    guint16 lost[8];
    note_all_but(list, 1, 5, 3, 0);
    mp_nack_list_note(list, 3, 0); /* only late */
    g_assert_cmpuint(mp_nack_list_take(list, 0, RTT, lost, 8), ==, 0);
    note_all_but(list, 6, 9, 7, MP_SEC(1));
    mp_nack_list_note_repaired(list, 7);
    g_assert_cmpint(mp_nack_list_deadline(list), ==, MP_NEVER);
    mp_nack_list_note_repaired(list, 7); /* twice */
    mp_nack_list_note_repaired(list, 60000);
    g_assert_cmpint(mp_nack_list_deadline(list), ==, MP_NEVER);
}

static void test_many_are_asked_for_in_several_packets(void)
{
    g_autoptr(MpNackList) list = mp_nack_list_new();
    mp_nack_list_note(list, 1, 0);
    mp_nack_list_note(list, 1000, 0);
    guint16 lost[64];
    guint total = 0;
    guint n;
    while ((n = mp_nack_list_take(list, 0, RTT, lost, 64)) > 0)
        total += n;
    g_assert_cmpuint(total, ==, 998);
}

/* More than a list holds: no retransmission mends that. What is left behind is not asked for. */
static void test_an_outage_begins_anew(void)
{
    g_autoptr(MpNackList) list = mp_nack_list_new();
    guint16 lost[8];
    mp_nack_list_note(list, 1, 0);
    mp_nack_list_note(list, 5000, 0);
    g_assert_cmpint(mp_nack_list_deadline(list), ==, MP_NEVER);
    note_all_but(list, 5001, 5003, 5002, 0);
    g_assert_cmpuint(mp_nack_list_take(list, 0, RTT, lost, 8), ==, 1);
    note_all_but(list, 5004, 8000, 0, MP_SEC(1));
    g_assert_cmpuint(mp_nack_list_take(list, MP_SEC(2), RTT, lost, 8), ==, 0);
    g_assert_cmpint(mp_nack_list_deadline(list), ==, MP_NEVER);
}

static void test_nacks_are_of_the_stream_that_misses(void)
{
    g_autoptr(MpMediaRepair) repair = mp_media_repair_new();
    for (guint32 sequence = 1; sequence < 10; sequence++) {
        mp_media_repair_note(repair, 7, sequence, 0);
        if (sequence != 4)
            mp_media_repair_note(repair, 9, sequence, 0);
    }
    guint8 bytes[64];
    MpWriter writer = mp_writer_init(bytes, sizeof bytes);
    g_assert_true(mp_media_repair_write(repair, 0, RTT, 1, &writer));
    MpRtcpFeedback feedback;
    g_assert_true(mp_rtcp_feedback_parse(bytes, writer.position, &feedback));
    g_assert_cmpuint(feedback.n_nacked, ==, 1);
    g_assert_cmpuint(feedback.nacked[0].ssrc, ==, 9);
    g_assert_cmpuint(feedback.nacked[0].sequence, ==, 4);
    g_assert_false(mp_media_repair_write(repair, 0, RTT, 1, &writer));
    g_assert_cmpint(mp_media_repair_deadline(repair), ==, MP_MSEC(20));
    mp_media_repair_note_rtx(repair, mp_media_rtx_ssrc(9), 4);
    g_assert_false(mp_media_repair_write(repair, MP_SEC(1), RTT, 1, &writer));
    g_assert_cmpint(mp_media_repair_deadline(repair), ==, MP_NEVER);
}

static MpMediaResend *sent(guint32 first, guint count, MpTime when)
{
    MpMediaResend *resend = mp_media_resend_new(3);
    for (guint i = 0; i < count; i++)
        mp_media_resend_add(resend, 2, &(MpSentPacket){first + i, 1000, TRUE, 90, when, FALSE});
    return resend;
}

static void test_what_is_asked_for_is_sent_again(void)
{
    g_autoptr(MpMediaResend) resend = sent(65530, 20, 0);
    guint16 number;
    guint16 next;
    const MpSentPacket *packet = mp_media_resend_take(resend, 2, 2, RTT, RTT, 2500, &number);
    g_assert_nonnull(packet);
    g_assert_cmpuint(packet->sequence, ==, 65538);
    g_assert_cmpuint(packet->payload_size, ==, 1000);
    /* Asked for again before it can have come: once is enough. */
    g_assert_null(mp_media_resend_take(resend, 2, 2, RTT + MP_MSEC(50), RTT, 2500, &next));
    g_assert_nonnull(mp_media_resend_take(resend, 2, 2, 2 * RTT, RTT, 2500, &next));
    g_assert_cmpuint(next, ==, (guint16)(number + 1));
}

static void test_what_is_gone_is_not_sent_again(void)
{
    g_autoptr(MpMediaResend) resend = sent(1, 2000, 0);
    guint16 number;
    g_assert_null(mp_media_resend_take(resend, 2, 3, RTT, RTT, 2500, &number)); /* 1,024 kept */
    g_assert_null(mp_media_resend_take(resend, 1, 1999, RTT, RTT, 2500, &number));
    g_assert_null(mp_media_resend_take(resend, 2, 1999, MP_SEC(2), RTT, 2500, &number));
    g_assert_nonnull(mp_media_resend_take(resend, 2, 1999, MP_SEC(2), MP_MSEC(700), 2500, &number));
}

/* 2,500 kbps are 156,250 bytes in half a second: the 157th packet of 1,000 waits. */
static void test_no_more_than_the_streams_take_is_sent_again(void)
{
    g_autoptr(MpMediaResend) resend = sent(1, 1000, 0);
    guint16 number;
    guint count = 0;
    while (mp_media_resend_take(resend, 2, (guint16)(count + 1), RTT, RTT, 2500, &number))
        count++;
    g_assert_cmpuint(count, ==, 157);
    g_assert_nonnull(mp_media_resend_take(resend, 2, 200, RTT + MP_MSEC(10), RTT, 2500, &number));
}

/* What the tier before lost must not take the line of the next one. */
static void another_rate_sends_nothing_of_the_one_before(void)
{
    g_autoptr(MpMediaResend) resend = mp_media_resend_new(1);
    guint16 number;
    mp_media_resend_add(resend, 0, &(MpSentPacket){7, 1000, TRUE, 90, 0, FALSE});
    mp_media_resend_forget(resend);
    g_assert_null(mp_media_resend_take(resend, 0, 7, RTT, RTT, 2500, &number));
    mp_media_resend_add(resend, 0, &(MpSentPacket){8, 1000, TRUE, 90, 0, FALSE});
    g_assert_nonnull(mp_media_resend_take(resend, 0, 8, RTT, RTT, 2500, &number));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media-repair/gap", test_a_gap_is_asked_for_at_once);
    g_test_add_func("/media-repair/again", test_it_is_asked_for_again_after_a_round_trip);
    g_test_add_func("/media-repair/came", test_what_came_is_not_asked_for);
    g_test_add_func("/media-repair/many", test_many_are_asked_for_in_several_packets);
    g_test_add_func("/media-repair/outage", test_an_outage_begins_anew);
    g_test_add_func("/media-repair/nack", test_nacks_are_of_the_stream_that_misses);
    g_test_add_func("/media-resend/again", test_what_is_asked_for_is_sent_again);
    g_test_add_func("/media-resend/gone", test_what_is_gone_is_not_sent_again);
    g_test_add_func("/media-resend/budget", test_no_more_than_the_streams_take_is_sent_again);
    g_test_add_func("/media-repair/another-rate", another_rate_sends_nothing_of_the_one_before);
    return g_test_run();
}
