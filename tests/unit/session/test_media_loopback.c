/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Media sent back to where it came from, in virtual time: numbers, repairs, key frames, reports.
 */
#include "session/key_frame.h"
#include "session/loopback_description.h"

#define THEIRS 77
#define RTX_TYPE 97
#define VIDEO_TYPE 96

static const guint8 key_frame[] = {0x10, 0x00};
static const guint8 delta_frame[] = {0x10, 0x01};

typedef struct {
    MpMediaLoopback *media;
    MpLoopbackFormat format;
    GArray *sent; /* MpRtpHeader */
    MpRtcpReport report;
    MpRtcpFeedback feedback;
    guint transport_reports;
} World;

static void emit(guint8 *packet, gsize length, const MpRtpHeader *header, gpointer user_data)
{
    World *world = user_data;
    if (header) {
        g_array_append_val(world->sent, *header);
        return;
    }
    MpRtcpReport report;
    MpRtcpFeedback feedback;
    g_assert_true(mp_rtcp_parse(packet, length, &report));
    g_assert_true(mp_rtcp_feedback_parse(packet, length, &feedback));
    if (report.n_blocks > 0 || report.has_sender_info)
        world->report = report;
    if (feedback.n_nacked || feedback.n_pictures)
        world->feedback = feedback;
    for (gsize i = 0; i + 1 < length; i += 4)
        world->transport_reports += packet[i] == 0x8f && packet[i + 1] == 205;
}

static void begin(World *world)
{
    *world = (World){.sent = g_array_new(FALSE, FALSE, sizeof(MpRtpHeader))};
    world->format = (MpLoopbackFormat){.is_video = TRUE,
                                       .sends_back = TRUE,
                                       .encoding = "VP8",
                                       .payload_type = VIDEO_TYPE,
                                       .rtx_type = RTX_TYPE,
                                       .clock_rate = 90000,
                                       .has_nack = TRUE,
                                       .has_pli = TRUE,
                                       .transport_id = 4,
                                       .ssrc = 5,
                                       .rtx_ssrc = 6};
    const MpLoopbackConfig config = {.n_formats = 1, .formats = {world->format}};
    world->media = mp_media_loopback_new(&config, emit, world);
    mp_media_loopback_start(world->media, 0);
}

static void end(World *world)
{
    mp_media_loopback_free(world->media);
    g_array_unref(world->sent);
}

static void give(World *world, MpRtpHeader header, const guint8 *payload, gsize length, MpTime now)
{
    header.ssrc = header.payload_type == RTX_TYPE ? THEIRS + 1 : THEIRS;
    guint8 packet[64];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtp_write_header(&writer, &header);
    packet[0] |= 0x10;
    /* The transport-wide number in the one-byte form: identifier 4, two bytes. */
    mp_writer_u32(&writer, 0xbede0001);
    mp_writer_u32(&writer, 0x41000000u | (guint32)header.sequence << 8);
    mp_writer_bytes(&writer, payload, length);
    mp_media_loopback_take_rtp(world->media, packet, &header,
                               (MpBytes){packet + writer.position - length, length}, now, now);
}

static void give_frame(World *world, guint16 sequence, const guint8 *payload, MpTime now)
{
    give(world,
         (MpRtpHeader){.marker = TRUE,
                       .payload_type = VIDEO_TYPE,
                       .sequence = sequence,
                       .timestamp = sequence * 3000u},
         payload, 2, now);
}

static guint16 sent(const World *world, guint i)
{
    return g_array_index(world->sent, MpRtpHeader, i).sequence;
}

static void test_a_loss_is_asked_for_and_leaves_no_gap_in_what_goes_back(void)
{
    World world;
    begin(&world);
    give_frame(&world, 10, key_frame, 0);
    give_frame(&world, 12, delta_frame, 0);
    g_assert_cmpuint(world.sent->len, ==, 1);
    mp_media_loopback_advance(world.media, MP_MSEC(10), MP_MSEC(10));
    g_assert_cmpuint(world.feedback.n_nacked, ==, 1);
    g_assert_cmpuint(world.feedback.nacked[0].sequence, ==, 11);
    g_assert_cmpuint(world.feedback.nacked[0].ssrc, ==, THEIRS);
    static const guint8 again[] = {0, 11, 0x10, 0x01};
    give(&world, (MpRtpHeader){.payload_type = RTX_TYPE, .sequence = 900}, again, 4, MP_MSEC(50));
    g_assert_cmpuint(world.sent->len, ==, 3);
    for (guint i = 1; i < 3; i++)
        g_assert_cmpuint((guint16)(sent(&world, i) - sent(&world, 0)), ==, i);
    const MpLoopbackStream *stream = mp_media_loopback_stream(world.media, 0);
    g_assert_cmpuint(mp_loopback_stream_repair(stream).repaired, ==, 1);
    /* The count of losses is of the stream, whatever was mended. */
    g_assert_cmpuint(mp_loopback_intake_lost(mp_loopback_stream_intake(stream, FALSE)), ==, 1);
    end(&world);
}

static void test_after_a_hole_nothing_goes_back_until_a_key_frame(void)
{
    World world;
    begin(&world);
    give_frame(&world, 10, key_frame, 0);
    give_frame(&world, 12, delta_frame, 0);
    mp_media_loopback_advance(world.media, MP_MSEC(600), MP_MSEC(600));
    g_assert_cmpuint(world.sent->len, ==, 1);
    g_assert_cmpuint(world.feedback.n_pictures, ==, 1);
    give_frame(&world, 13, delta_frame, MP_MSEC(620));
    give_frame(&world, 14, key_frame, MP_MSEC(640));
    give_frame(&world, 15, delta_frame, MP_MSEC(660));
    g_assert_cmpuint(world.sent->len, ==, 3);
    g_assert_cmpuint((guint16)(sent(&world, 1) - sent(&world, 0)), ==, 1);
    const MpLoopbackRepair repair = mp_loopback_stream_repair(
        mp_media_loopback_stream(world.media, 0));
    g_assert_cmpuint(repair.given_up, ==, 1);
    g_assert_cmpuint(repair.left_out, ==, 2);
    end(&world);
}

static void ask(World *world, const guint16 *lost, guint n, MpTime now)
{
    guint8 packet[128];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    const MpRtcpReport report = {.ssrc = THEIRS};
    mp_rtcp_write(&writer, &report, "x");
    mp_rtcp_write_nack(&writer, THEIRS, world->format.ssrc, lost, n);
    mp_rtcp_write_pli(&writer, THEIRS, world->format.ssrc);
    mp_media_loopback_take_rtcp(world->media, packet, writer.position, now, now);
}

static void test_what_the_far_end_misses_is_sent_again_under_rtx(void)
{
    World world;
    begin(&world);
    give_frame(&world, 10, key_frame, 0);
    const guint16 lost[] = {sent(&world, 0), (guint16)(sent(&world, 0) + 1)};
    ask(&world, lost, 2, MP_MSEC(50));
    g_assert_cmpuint(world.sent->len, ==, 2);
    const MpRtpHeader again = g_array_index(world.sent, MpRtpHeader, 1);
    g_assert_cmpuint(again.payload_type, ==, RTX_TYPE);
    g_assert_cmpuint(again.ssrc, ==, world.format.rtx_ssrc);
    const MpLoopbackOutput *output = mp_loopback_stream_output(
        mp_media_loopback_stream(world.media, 0));
    g_assert_cmpuint(output->retransmitted, ==, 1);
    g_assert_cmpuint(output->unanswered, ==, 1);
    /* Its wish for a key frame goes on to the encoder. */
    mp_media_loopback_advance(world.media, MP_MSEC(51), MP_MSEC(51));
    g_assert_cmpuint(world.feedback.n_pictures, ==, 1);
    g_assert_cmpuint(world.feedback.pictures[0], ==, THEIRS);
    end(&world);
}

static void test_reports_tell_what_came_and_when(void)
{
    World world;
    begin(&world);
    give_frame(&world, 10, key_frame, 0);
    give_frame(&world, 13, delta_frame, 0);
    mp_media_loopback_advance(world.media, MP_MSEC(100), MP_MSEC(100));
    g_assert_cmpuint(world.transport_reports, ==, 1);
    mp_media_loopback_advance(world.media, MP_MSEC(500), MP_MSEC(500));
    g_assert_true(world.report.has_sender_info);
    g_assert_cmpuint(world.report.packet_count, ==, 1);
    g_assert_cmpuint(world.report.n_blocks, ==, 1);
    g_assert_cmpuint(world.report.blocks[0].ssrc, ==, THEIRS);
    g_assert_cmpint(world.report.blocks[0].cumulative_lost, ==, 2);
    /* No turn of the loop is asked for in the past. */
    g_assert_cmpint(mp_media_loopback_deadline(world.media), >, MP_MSEC(500));
    end(&world);
}

static void test_key_frames_are_told_by_the_first_bytes(void)
{
    static const struct {
        const char *encoding;
        guint8 bytes[6];
        gboolean begins;
    } rows[] = {
        {"VP8", {0x10, 0x00}, TRUE},
        {"VP8", {0x10, 0x01}, FALSE},
        {"VP8", {0x00, 0x00}, FALSE},
        {"vp8", {0x90, 0xc0, 0x81, 0x02, 0x03, 0x00}, TRUE},
        {"VP8", {0x90, 0xc0, 0x81, 0x02, 0x03, 0x01}, FALSE},
        {"VP8", {0x90, 0x80, 0x81, 0x02, 0x00}, TRUE},
        {"VP9", {0x88, 0x01}, TRUE},
        {"VP9", {0xc8, 0x01}, FALSE},
        {"H264", {0x67}, TRUE},
        {"H264", {0x61}, FALSE},
        {"H264", {0x78, 0x00, 0x09, 0x67}, TRUE},
        {"H264", {0x7c, 0x85}, TRUE},
        {"H264", {0x7c, 0x05}, FALSE},
        {"AV1", {0x18}, TRUE},
        {"AV1", {0x10}, FALSE},
        {"H265", {0x26}, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(mp_key_frame_begins(rows[i].encoding, (MpBytes){rows[i].bytes, 6}), ==,
                        rows[i].begins);
    g_assert_false(mp_key_frame_begins("VP8", (MpBytes){NULL, 0}));
}

#define BROWSER                                                                                    \
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\n"                      \
    "a=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 "                                   \
    "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:"   \
    "88:99\r\na=setup:actpass\r\n"                                                                 \
    "m=video 9 UDP/TLS/RTP/SAVPF 49 96 97\r\na=mid:0\r\na=rtpmap:49 H265/90000\r\n"                \
    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 goog-remb\r\n"                     \
    "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"                                                \
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n"

static void test_an_offer_is_answered_with_what_we_know(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MpSdp) offer = mp_sdp_parse(BROWSER, sizeof BROWSER - 1, &error);
    g_assert_no_error(error);
    MpLoopbackConfig config;
    g_assert_true(mp_loopback_description_choose(offer, &config));
    g_assert_cmpuint(config.n_formats, ==, 1);
    g_assert_cmpuint(config.formats[0].payload_type, ==, 96);
    g_assert_cmpuint(config.formats[0].rtx_type, ==, 97);
    g_autoptr(MpSdp) answer = mp_sdp_new();
    mp_loopback_description_answer(offer, &config, 10000, answer);
    const MpSdpMedia *first = answer->media->pdata[0];
    const MpSdpMedia *second = answer->media->pdata[1];
    g_assert_cmpuint(first->formats->len, ==, 2);
    g_assert_cmpuint(((const MpSdpFormat *)first->formats->pdata[0])->feedback, ==, MP_SDP_NACK);
    g_assert_cmpuint(first->most_kbps, ==, 10000);
    g_assert_true(second->is_refused);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/loopback/repair",
                    test_a_loss_is_asked_for_and_leaves_no_gap_in_what_goes_back);
    g_test_add_func("/loopback/hole", test_after_a_hole_nothing_goes_back_until_a_key_frame);
    g_test_add_func("/loopback/rtx", test_what_the_far_end_misses_is_sent_again_under_rtx);
    g_test_add_func("/loopback/reports", test_reports_tell_what_came_and_when);
    g_test_add_func("/loopback/key-frames", test_key_frames_are_told_by_the_first_bytes);
    g_test_add_func("/loopback/answer", test_an_offer_is_answered_with_what_we_know);
    return g_test_run();
}
