/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTCP compounds and the round trip of RFC 3550 section 6.4.1.
 */
#include "wire/rtcp.h"

static void test_sender_report_survives(void)
{
    MpRtcpReport written = {.ssrc = 7,
                            .has_sender_info = TRUE,
                            .ntp_time = G_GUINT64_CONSTANT(0x1122334455667788),
                            .rtp_timestamp = 9,
                            .packet_count = 10,
                            .octet_count = 11,
                            .n_blocks = 2,
                            .is_bye = TRUE};
    written.blocks[0] = (MpRtcpBlock){1, 255, -1, 3, 4, 5, 6};
    written.blocks[1] = (MpRtcpBlock){2, 0, 0x7fffff, 30, 40, 50, 60};
    guint8 packet[256];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write(&writer, &written, "x");
    g_assert_false(writer.is_bad);
    g_assert_cmpuint(writer.position % 4, ==, 0);

    MpRtcpReport read;
    g_assert_true(mp_rtcp_parse(packet, writer.position, &read));
    g_assert_true(read.has_sender_info && read.is_bye);
    g_assert_cmphex(read.ntp_time, ==, written.ntp_time);
    g_assert_cmpuint(read.octet_count, ==, 11);
    g_assert_cmpuint(read.n_blocks, ==, 2);
    g_assert_cmpint(read.blocks[0].cumulative_lost, ==, -1);
    g_assert_cmpint(read.blocks[1].cumulative_lost, ==, 0x7fffff);
    g_assert_cmpuint(read.blocks[0].fraction_lost, ==, 255);
    g_assert_cmpuint(read.blocks[1].delay_since_sr, ==, 60);
}

static void test_app_survives(void)
{
    static const guint8 body[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const MpRtcpReport written = {
        .ssrc = 7, .app = {.subtype = 2, .name = "MPCP", .data = {body, sizeof body}}};
    guint8 packet[256];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write(&writer, &written, "x");
    g_assert_false(writer.is_bad);
    MpRtcpReport read;
    g_assert_true(mp_rtcp_parse(packet, writer.position, &read));
    g_assert_cmpuint(read.app.subtype, ==, 2);
    g_assert_cmpstr(read.app.name, ==, "MPCP");
    g_assert_cmpmem(read.app.data.data, read.app.data.length, body, sizeof body);
    /* Cut off inside its name. */
    packet[writer.position - sizeof body - 9] = 1;
    g_assert_false(mp_rtcp_parse(packet, writer.position - sizeof body - 4, &read));
}

static void test_every_cname_length_ends_on_a_word(void)
{
    for (guint length = 1; length <= 8; length++) {
        const MpRtcpReport report = {.ssrc = 1};
        g_autofree char *cname = g_strnfill(length, 'c');
        guint8 packet[64];
        MpWriter writer = mp_writer_init(packet, sizeof packet);
        mp_rtcp_write(&writer, &report, cname);
        g_assert_cmpuint(writer.position % 4, ==, 0);
        MpRtcpReport read;
        g_assert_true(mp_rtcp_parse(packet, writer.position, &read));
    }
}

static void test_a_compound_must_begin_with_a_report(void)
{
    static const guint8 only_bye[] = {0x81, 203, 0, 1, 0, 0, 0, 1};
    static const guint8 cut[] = {0x80, 201, 0, 2, 0, 0, 0, 1};
    static const guint8 lying_count[] = {0x9f, 201, 0, 1, 0, 0, 0, 1};
    MpRtcpReport report;
    g_assert_false(mp_rtcp_parse(only_bye, sizeof only_bye, &report));
    g_assert_false(mp_rtcp_parse(cut, sizeof cut, &report));
    g_assert_false(mp_rtcp_parse(lying_count, sizeof lying_count, &report));
    g_assert_false(mp_rtcp_parse(only_bye, 0, &report));
}

/* The example of RFC 3550 figure 2: A = xb710:8000, LSR = xb705:2000, DLSR = x0005:4000, so the
 * round trip is 6.125 s. */
static void test_round_trip_is_that_of_figure_2(void)
{
    const MpRtcpBlock block = {.last_sr = 0xb7052000, .delay_since_sr = 0x00054000};
    MpTime round_trip = mp_rtcp_round_trip(&block, G_GUINT64_CONSTANT(0xb7108000) << 16);
    g_assert_cmpint(round_trip, ==, MP_MSEC(6125));
}

static void test_no_sender_report_means_no_round_trip(void)
{
    const MpRtcpBlock none = {0};
    const MpRtcpBlock in_future = {.last_sr = 0xb7052000, .delay_since_sr = 0x00010000};
    g_assert_cmpint(mp_rtcp_round_trip(&none, 1), ==, -1);
    g_assert_cmpint(mp_rtcp_round_trip(&in_future, G_GUINT64_CONSTANT(0xb7052000) << 16), ==, -1);
}

static void test_ntp_time_counts_from_1900(void)
{
    g_assert_cmphex(mp_rtcp_ntp_time(MP_MSEC(500)), ==,
                    G_GUINT64_CONSTANT(2208988800) << 32 | 0x80000000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rtcp/app", test_app_survives);
    g_test_add_func("/rtcp/sender-report", test_sender_report_survives);
    g_test_add_func("/rtcp/cname", test_every_cname_length_ends_on_a_word);
    g_test_add_func("/rtcp/compound", test_a_compound_must_begin_with_a_report);
    g_test_add_func("/rtcp/round-trip", test_round_trip_is_that_of_figure_2);
    g_test_add_func("/rtcp/no-round-trip", test_no_sender_report_means_no_round_trip);
    g_test_add_func("/rtcp/ntp", test_ntp_time_counts_from_1900);
    return g_test_run();
}
