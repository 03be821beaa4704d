/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Report blocks from what came in.
 */
#include "session/media_streams.h"

static void receive(MpMediaStreams *streams, guint16 sequence, MpTime arrival)
{
    const MpRtpHeader header = {
        .sequence = sequence, .ssrc = 5, .timestamp = (guint32)(arrival / MP_MSEC(20) * 960)};
    mp_media_streams_receive(streams, &header, ((MpStreamNature){48000, MP_STREAM_IS_STEADY}),
                             arrival);
}

static MpRtcpReport report_at(MpMediaStreams *streams, MpTime now)
{
    MpRtcpReport report = {0};
    mp_media_streams_report(streams, now, &report);
    return report;
}

static void test_fraction_lost_is_since_the_report_before(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    for (guint16 i = 0; i < 100; i++)
        if (i % 4 != 3)
            receive(streams, i, MP_MSEC(20) * i);
    MpRtcpReport first = report_at(streams, MP_SEC(2));
    /* 75 of the 99 from 0 to 98: the last is not yet expected. */
    g_assert_cmpuint(first.blocks[0].fraction_lost, ==, 24 * 256 / 99);
    g_assert_cmpint(first.blocks[0].cumulative_lost, ==, 24);
    g_assert_cmpuint(first.blocks[0].highest_sequence, ==, 98);

    for (guint16 i = 100; i < 200; i++)
        receive(streams, i, MP_MSEC(20) * i);
    MpRtcpReport second = report_at(streams, MP_SEC(4));
    g_assert_cmpuint(second.blocks[0].fraction_lost, ==, 256 / 101);
    g_assert_cmpint(second.blocks[0].cumulative_lost, ==, 25);
}

static void test_loss_can_start_anew(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, -1);
    receive(streams, 0, 0);
    receive(streams, 3, MP_MSEC(60));
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 50);
    mp_media_streams_restart_loss(streams);
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, -1);
    receive(streams, 4, MP_MSEC(80));
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 0);
}

static void receive_of(MpMediaStreams *streams, guint32 ssrc, guint16 sequence)
{
    const MpRtpHeader header = {.sequence = sequence, .ssrc = ssrc};
    mp_media_streams_receive(streams, &header, ((MpStreamNature){90000, MP_STREAM_IS_CAMERA}),
                             MP_MSEC(20) * sequence);
}

/* No gap shows a stream that is lost as a whole; the others show that time goes by. */
static void test_a_stream_that_falls_silent_is_lost(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    receive_of(streams, 1, 0);
    receive_of(streams, 2, 0);
    mp_media_streams_restart_loss(streams);
    for (guint16 i = 1; i < 20; i++)
        receive_of(streams, 1, i);
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 0);
    receive_of(streams, 1, 20);
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 100);
    receive_of(streams, 2, 1);
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 0);
}

static void test_even_arrivals_have_no_jitter(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    for (guint16 i = 0; i < 100; i++)
        receive(streams, i, MP_MSEC(20) * i);
    g_assert_cmpuint(report_at(streams, MP_SEC(2)).blocks[0].jitter, ==, 0);
}

static void test_sequence_wraps_into_the_cycle_count(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    for (guint i = 65530; i < 65546; i++)
        receive(streams, (guint16)i, MP_MSEC(20) * (MpTime)i);
    MpRtcpReport report = report_at(streams, MP_SEC(1));
    g_assert_cmpuint(report.blocks[0].highest_sequence, ==, 65545);
    g_assert_cmpint(report.blocks[0].cumulative_lost, ==, 0);
}

static void test_delay_since_sender_report_counts_in_65536ths(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    receive(streams, 0, 0);
    g_assert_cmpuint(report_at(streams, 0).blocks[0].last_sr, ==, 0);
    mp_media_streams_note_sender_report(streams, G_GUINT64_CONSTANT(0x0001122334450000),
                                        MP_SEC(10));
    MpRtcpReport report = report_at(streams, MP_SEC(10) + MP_MSEC(500));
    g_assert_cmphex(report.blocks[0].last_sr, ==, 0x12233445);
    g_assert_cmpuint(report.blocks[0].delay_since_sr, ==, 32768);
}

static void test_one_stream_too_many_is_left_out(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    for (guint32 ssrc = 1; ssrc <= 129; ssrc++) {
        const MpRtpHeader header = {.ssrc = ssrc, .sequence = 1};
        mp_media_streams_receive(streams, &header, ((MpStreamNature){48000, MP_STREAM_IS_STEADY}),
                                 0);
    }
    /* RFC 3550 section 6.4.1: a report has 31 blocks. */
    g_assert_cmpuint(report_at(streams, 0).n_blocks, ==, 31);
    const MpRtpHeader header = {.ssrc = 129, .sequence = 70};
    g_assert_cmpuint(mp_media_streams_receive(streams, &header,
                                              ((MpStreamNature){48000, MP_STREAM_IS_STEADY}), 0),
                     ==, 70);
}

static void receive_many(MpMediaStreams *streams, guint32 ssrc, MpStreamHabit habit, guint first)
{
    for (guint i = 0; i < 30; i++) {
        const MpRtpHeader header = {.ssrc = ssrc, .sequence = (guint16)(first + i)};
        mp_media_streams_receive(streams, &header, (MpStreamNature){90000, habit}, 0);
    }
}

/* What rests by its nature, or because video is paused, or has made room for other streams, is not
 * lost. */
static void test_a_stream_that_may_rest_is_not_lost(void)
{
    g_autoptr(MpMediaStreams) streams = mp_media_streams_new();
    receive_many(streams, 1, MP_STREAM_IS_STEADY, 0);
    receive_many(streams, 2, MP_STREAM_IS_CAMERA, 0);
    receive_many(streams, 3, MP_STREAM_MAY_REST, 0);
    mp_media_streams_restart_loss(streams);
    receive_many(streams, 1, MP_STREAM_IS_STEADY, 30);
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 100);
    mp_media_streams_pause_video(streams, TRUE);
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 0);
    mp_media_streams_pause_video(streams, FALSE);
    mp_media_streams_retire(streams, 1);
    g_assert_cmpfloat(mp_media_streams_loss_percent(streams), ==, 0);
    g_assert_cmpuint(report_at(streams, 0).n_blocks, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/media-streams/fraction", test_fraction_lost_is_since_the_report_before);
    g_test_add_func("/media-streams/restart", test_loss_can_start_anew);
    g_test_add_func("/media-streams/jitter", test_even_arrivals_have_no_jitter);
    g_test_add_func("/media-streams/wrap", test_sequence_wraps_into_the_cycle_count);
    g_test_add_func("/media-streams/delay", test_delay_since_sender_report_counts_in_65536ths);
    g_test_add_func("/media-streams/too-many", test_one_stream_too_many_is_left_out);
    g_test_add_func("/media-streams/rest", test_a_stream_that_may_rest_is_not_lost);
    g_test_add_func("/media-streams/silent-stream", test_a_stream_that_falls_silent_is_lost);
    return g_test_run();
}
