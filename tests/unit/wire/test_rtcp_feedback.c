/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTCP feedback: the bytes of RFC 4585, RFC 5104 and the transport-wide report.
 */
#include "wire/rtcp_feedback.h"

#include <string.h>

#define SENDER 0x01020304
#define MEDIA 0x0a0b0c0d

static void test_a_nack_packs_seventeen_numbers(void)
{
    static const guint16 lost[] = {65535, 0, 15, 16, 100};
    static const guint8 expected[] = {0x81, 205, 0, 5, 1, 2, 3, 4, 0x0a, 0x0b, 0x0c, 0x0d,
                                      /* 65535 and the 1st and 16th after it */
                                      0xff, 0xff, 0x80, 0x01, 0, 16, 0, 0, 0, 100, 0, 0};
    guint8 packet[64];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write_nack(&writer, SENDER, MEDIA, lost, G_N_ELEMENTS(lost));
    g_assert_cmpmem(packet, writer.position, expected, sizeof expected);

    MpRtcpFeedback read;
    g_assert_true(mp_rtcp_feedback_parse(packet, writer.position, &read));
    g_assert_cmpuint(read.n_nacked, ==, G_N_ELEMENTS(lost));
    for (guint i = 0; i < read.n_nacked; i++) {
        g_assert_cmpuint(read.nacked[i].sequence, ==, lost[i]);
        g_assert_cmphex(read.nacked[i].ssrc, ==, MEDIA);
    }
}

static void test_pli_and_fir_ask_for_a_picture(void)
{
    guint8 packet[64];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write_pli(&writer, SENDER, MEDIA);
    static const guint8 fir[] = {0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 42, 9, 0, 0, 0};
    mp_writer_bytes(&writer, fir, sizeof fir);
    MpRtcpFeedback read;
    g_assert_true(mp_rtcp_feedback_parse(packet, writer.position, &read));
    g_assert_cmpuint(read.n_pictures, ==, 2);
    g_assert_cmphex(read.pictures[0], ==, MEDIA);
    g_assert_cmphex(read.pictures[1], ==, 42);
    g_assert_cmpuint(read.n_nacked, ==, 0);
}

static void test_other_packets_are_passed_over(void)
{
    static const guint8 compound[] = {0x80, 201, 0, 1, 0,   0,   0,   1, /* RR */
                                      0x8f, 206, 0, 3, 0,   0,   0,   1, /* REMB */
                                      0,    0,   0, 0, 'R', 'E', 'M', 'B', 0x81, 206,
                                      0,    2,   0, 0, 0,   1,   0,   0,   0,    7};
    MpRtcpFeedback read;
    g_assert_true(mp_rtcp_feedback_parse(compound, sizeof compound, &read));
    g_assert_cmpuint(read.n_pictures, ==, 1);
    g_assert_cmpuint(read.pictures[0], ==, 7);
    for (gsize cut = 1; cut < sizeof compound; cut++)
        if (cut != 8 && cut != 24)
            g_assert_false(mp_rtcp_feedback_parse(compound, cut, &read));
}

static void test_a_flood_stays_inside_its_bounds(void)
{
    guint8 packet[12 + 4 * 100];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_writer_u32(&writer, 0x81cd0000 | (2 + 100));
    mp_writer_u32(&writer, SENDER);
    mp_writer_u32(&writer, MEDIA);
    for (guint i = 0; i < 100; i++)
        mp_writer_u32(&writer, 0x1000ffff);
    MpRtcpFeedback read;
    g_assert_true(mp_rtcp_feedback_parse(packet, writer.position, &read));
    g_assert_cmpuint(read.n_nacked, ==, MP_RTCP_MOST_NACKED);
}

/* Section 3.1 by hand: base 5; 5 came at 64 ms, 6 did not, 7 came 1 ms later, 8 came 100 ms later,
 * 9 came 0.5 ms before that. */
static void test_a_transport_report_has_the_bytes_of_the_draft(void)
{
    static const MpTransportArrival arrivals[] = {{TRUE, MP_MSEC(64)},
                                                  {FALSE, 0},
                                                  {TRUE, MP_MSEC(65)},
                                                  {TRUE, MP_MSEC(165)},
                                                  {TRUE, MP_MSEC(165) - MP_MSEC(1) / 2}};
    static const guint8 expected[] = {
        0x8f, 205,  0,    6,    1,    2,    3, 4,
        0x0a, 0x0b, 0x0c, 0x0d, 0,    5,    0, 5, /* base, count */
        0,    0,    1,    9,                      /* reference 64 ms, report 9 */
        0xd1, 0xa0,                               /* 11 | 01 00 01 10 10 00 00 */
        0,    4,    0x01, 0x90, 0xff, 0xfe,       /* 0 ms; 1 ms; 100 ms; -0.5 ms */
    };
    guint8 packet[64];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write_transport(&writer, SENDER, MEDIA, 5, arrivals, G_N_ELEMENTS(arrivals), 9);
    g_assert_cmpmem(packet, writer.position, expected, sizeof expected);
}

/* Each delta is rounded to 0.25 ms, and the rounding must not add up. */
static void test_rounding_does_not_add_up(void)
{
    MpTransportArrival arrivals[MP_TRANSPORT_MOST];
    for (guint i = 0; i < G_N_ELEMENTS(arrivals); i++)
        arrivals[i] = (MpTransportArrival){TRUE, (MpTime)i * (MP_MSEC(1) / 3)};
    guint8 packet[1500];
    MpWriter writer = mp_writer_init(packet, sizeof packet);
    mp_rtcp_write_transport(&writer, SENDER, MEDIA, 0, arrivals, G_N_ELEMENTS(arrivals), 0);
    g_assert_false(writer.is_bad);
    gsize deltas = 20 + (G_N_ELEMENTS(arrivals) + 6) / 7 * 2;
    guint sum = 0;
    for (guint i = 0; i < G_N_ELEMENTS(arrivals); i++)
        sum += packet[deltas + i];
    g_assert_cmpuint(sum, ==, 339); /* 84.99 ms in quarters */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rtcp-feedback/nack", test_a_nack_packs_seventeen_numbers);
    g_test_add_func("/rtcp-feedback/picture", test_pli_and_fir_ask_for_a_picture);
    g_test_add_func("/rtcp-feedback/others", test_other_packets_are_passed_over);
    g_test_add_func("/rtcp-feedback/flood", test_a_flood_stays_inside_its_bounds);
    g_test_add_func("/rtcp-feedback/transport", test_a_transport_report_has_the_bytes_of_the_draft);
    g_test_add_func("/rtcp-feedback/rounding", test_rounding_does_not_add_up);
    return g_test_run();
}
