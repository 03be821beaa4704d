/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of every packet, read back: what is written is what was read.
 */
#include "input/packets_reader.h"

#include <mediapath/report.h>
#include <string.h>

#include "base/error.h"
#include "model/packet_fate.h"

#define HEAD                                                                                       \
    "# mediapath-packets/1\n# measurement\tdirection\tstream\tsequence\tbytes\tsent_us\t"          \
    "received_us\tstamps\n"
#define FIRST "media-udp\tup\t00000abc\t7\t1130\t0\t20123\tkernel\n"

static MpResult *new_result(void)
{
    MpResult *result = mp_result_new();
    g_ptr_array_add(result->measurements,
                    mp_measurement_new("media-udp", "media", "far", MP_TRANSPORT_UDP));
    g_ptr_array_add(result->measurements,
                    mp_measurement_new("stun:a", "stun", "a", MP_TRANSPORT_UDP));
    return result;
}

static void test_what_is_written_is_what_was_read(void)
{
    static const char text[] = HEAD
        "# start\tmedia-udp\t1763890000000001\n" FIRST
        "media-udp\tup\t00000abc\t8\t99\t500\tlost\tprogram\n"
        "media-udp\tup\tffffffff\t4294967295\t65535\t600\toverflow\tprogram\n"
        "media-udp\tdown\t00000abc\t7\t1130\t100\t20123\tkernel\n";
    g_autoptr(MpResult) result = new_result();
    g_autoptr(GError) error = NULL;
    mp_packets_parse("p", text, strlen(text), result, &error);
    g_assert_no_error(error);
    g_autofree char *written = mp_report_packets(result);
    g_assert_cmpstr(written, ==, text);

    const MpMeasurement *media = result->measurements->pdata[0];
    const MpPacketFate *packet = &g_array_index(media->packets_up, MpPacketFate, 0);
    g_assert_cmpint(packet->sent, ==, MP_USEC(1763890000000001));
    g_assert_cmpint(packet->received, ==, packet->sent + MP_USEC(20123));
    g_assert_cmpint(g_array_index(media->packets_up, MpPacketFate, 1).received, ==, MP_NEVER);
}

static void test_what_the_file_names_replaces_what_was_there(void)
{
    g_autoptr(MpResult) result = new_result();
    g_assert_true(mp_packets_parse("p", HEAD FIRST FIRST, strlen(HEAD FIRST FIRST), result, NULL));
    g_assert_true(mp_packets_parse("p", HEAD FIRST, strlen(HEAD FIRST), result, NULL));
    g_assert_true(mp_packets_parse("p", HEAD, strlen(HEAD), result, NULL));
    const MpMeasurement *media = result->measurements->pdata[0];
    g_assert_cmpuint(media->packets_up->len, ==, 1);
    g_assert_null(media->packets_down);
}

/* The same measurement's name in both: a verdict on somebody else's packets. */
static void test_packets_of_another_check_are_refused(void)
{
    static const char text[] = HEAD "# start\tmedia-udp\t1763890003000000\n" FIRST;
    g_autoptr(MpResult) same = new_result();
    g_autoptr(MpResult) earlier = new_result();
    g_autoptr(GError) error = NULL;
    same->started = g_strdup("2025-11-23T09:26:41Z");
    earlier->started = g_strdup("2025-11-23T09:20:00Z");
    same->duration_ms = earlier->duration_ms = 12000;
    g_assert_true(mp_packets_parse("p", text, strlen(text), same, NULL));
    g_assert_false(mp_packets_parse("p", text, strlen(text), earlier, &error));
    g_assert_nonnull(strstr(error->message, "p:3:19: \"1763890003000000\" was found, expected "));
    g_assert_nonnull(strstr(error->message, "during the check of the result"));
}

static void test_each_mistake_is_told_with_its_place(void)
{
    static const struct {
        const char *text;
        const char *expected;
    } rows[] = {
        {"", "p:1:1: \"\" was found, expected \"# mediapath-packets/1\", which mediapath check "
             "--packets writes"},
        {"# mediapath-packets/2\n",
         "p:1:1: \"# mediapath-packets/2\" was found, expected \"# mediapath-packets/1\", which "
         "mediapath check --packets writes"},
        {HEAD "stun:a\tup\n", "p:3:1: \"stun:a\" was found, expected the id of a measurement of "
                              "media in the result"},
        {HEAD "media-udp\tside\t", "p:3:11: \"side\" was found, expected up or down"},
        {HEAD "media-udp\tup\tabc\t7",
         "p:3:14: \"abc\" was found, expected a stream of 8 hexadecimal digits"},
        {HEAD "media-udp\tup\t00000abc\t-7\t",
         "p:3:23: \"-7\" was found, expected a sequence number from 0 to 4294967295"},
        {HEAD "media-udp\tup\t00000abc\t7\t65536\t",
         "p:3:25: \"65536\" was found, expected bytes from 0 to 65535"},
        {HEAD "media-udp\tup\t00000abc\t7\t1130\t0.5\t",
         "p:3:30: \"0.5\" was found, expected whole microseconds, in the order of sending"},
        {HEAD "media-udp\tup\t00000abc\t7\t1130\t0\tgone\t",
         "p:3:32: \"gone\" was found, expected whole microseconds, lost or overflow"},
        {HEAD "media-udp\tup\t00000abc\t7\t1130\t0\tlost\tclock\n",
         "p:3:37: \"clock\" was found, expected kernel or program"},
        {HEAD "media-udp\tup\t00000abc\t7\t1130\t0\tlost\n",
         "p:3:36: \"\" was found, expected 8 fields with tabs between them"},
        {HEAD FIRST "media-udp\tup\t00000abc\t7\t1130\t-1\tlost\tkernel\n",
         "p:4:30: \"-1\" was found, expected whole microseconds, in the order of sending"},
        {HEAD FIRST "# start\tmedia-udp\t5\n",
         "p:4:19: \"5\" was found, expected whole microseconds since 1970, during the check of the "
         "result, before the packets of the measurement"},
        {HEAD "# start\tstun:a\t5\n",
         "p:3:9: \"stun:a\" was found, expected the id of a measurement of media in the result"},
        {HEAD "# start\tmedia-udp", "p:3:18: \"\" was found, expected 3 fields with tabs between "
                                    "them"},
        {HEAD FIRST "\n", "p:4:1: \"\" was found, expected 8 fields with tabs between them"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(MpResult) result = new_result();
        g_autoptr(GError) error = NULL;
        g_assert_false(mp_packets_parse("p", rows[i].text, strlen(rows[i].text), result, &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_INPUT);
        g_assert_cmpstr(error->message, ==, rows[i].expected);
        g_assert_null(((const MpMeasurement *)result->measurements->pdata[0])->packets_up);
    }
}

static void test_a_zero_byte_is_no_text(void)
{
    static const char text[] = HEAD "media-udp\0\n";
    g_autoptr(MpResult) result = new_result();
    g_autoptr(GError) error = NULL;
    g_assert_false(mp_packets_parse("p", text, sizeof text - 1, result, &error));
    g_assert_cmpstr(error->message, ==, "p:3:10: a zero byte was found, expected text");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packets_reader/round_trip", test_what_is_written_is_what_was_read);
    g_test_add_func("/packets_reader/replaces", test_what_the_file_names_replaces_what_was_there);
    g_test_add_func("/packets_reader/another-check", test_packets_of_another_check_are_refused);
    g_test_add_func("/packets_reader/mistakes", test_each_mistake_is_told_with_its_place);
    g_test_add_func("/packets_reader/zero", test_a_zero_byte_is_no_text);
    return g_test_run();
}
