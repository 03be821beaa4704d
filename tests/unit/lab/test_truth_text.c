/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lines of the truth file, mediapath-link-truth/1.
 */
#include "lab/truth_text.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const MpTruthLane lanes[] = {
    {.link = "site", .seed = 7, .is_down = FALSE},
    {.link = "site", .seed = 7, .is_down = TRUE},
};

static void assert_line(GString *text, const char *expected)
{
    g_assert_cmpstr(text->str, ==, expected);
    g_autoptr(JsonNode) json = json_from_string(text->str, NULL);
    g_assert_nonnull(json);
    g_string_free(text, TRUE);
}

static MpTruthRecord record_of(MpFate fate)
{
    MpTruthRecord record = {
        .lane = 1,
        .outcome = {.number = 12,
                    .size = 128,
                    .fate = fate,
                    .corrupted_bit = -1,
                    .offered = MP_SEC(100) + MP_USEC(1500),
                    .due = MP_SEC(100) + MP_USEC(31500),
                    .queued = MP_USEC(10000)},
        .sent = MP_SEC(100) + MP_USEC(31520),
        .mark = {.flow = {.family = 4},
                 .identification = 99,
                 .head_length = 2,
                 .head = {0x80, 0x0f}},
    };
    return record;
}

static void the_first_line_names_the_links(void)
{
    GString *text = g_string_new(NULL);
    mp_truth_append_header(text, lanes, 2, MP_SEC(1790000000));
    assert_line(text, "{\"schema\":\"mediapath-link-truth/1\",\"start_unix_us\":1790000000000000,"
                      "\"links\":[{\"name\":\"site\",\"seed\":7}]}\n");
}

static void a_delivered_packet_says_when_and_how_late(void)
{
    GString *text = g_string_new(NULL);
    MpTruthRecord record = record_of(MP_FATE_DELIVERED);
    mp_truth_append_packet(text, &lanes[1], &record, 3, MP_SEC(100));
    assert_line(text, "{\"link\":\"site\",\"dir\":\"down\",\"n\":12,\"at_ms\":1.500,\"size\":128,"
                      "\"fate\":\"delivered\",\"delay_ms\":30.000,\"queue_ms\":10.000,"
                      "\"late_ms\":0.020,\"flow\":3,\"id\":99,\"head\":\"800f\"}\n");
}

static void a_lost_packet_is_never_late(void)
{
    GString *text = g_string_new(NULL);
    MpTruthRecord record = record_of(MP_FATE_QUEUE_MANAGED);
    mp_truth_append_packet(text, &lanes[0], &record, 3, MP_SEC(100));
    g_assert_null(strstr(text->str, "late_ms"));
    g_assert_nonnull(strstr(text->str, "\"fate\":\"queue-managed\""));
    g_string_free(text, TRUE);
}

static void a_second_copy_and_a_flipped_bit_are_told(void)
{
    GString *text = g_string_new(NULL);
    MpTruthRecord record = record_of(MP_FATE_DELIVERED);
    record.outcome.is_copy = TRUE;
    record.outcome.corrupted_bit = 0;
    mp_truth_append_packet(text, &lanes[0], &record, 3, MP_SEC(100));
    g_assert_nonnull(strstr(text->str, "\"copy\":true,\"corrupt\":0,"));
    g_string_free(text, TRUE);
}

static void what_was_not_measured_is_absent(void)
{
    GString *text = g_string_new(NULL);
    g_autofree MpLaneTally *empty = g_new0(MpLaneTally, 1);
    const MpLaneTally *const tallies[] = {empty, empty};
    const MpEmulatorReport report = {0};
    mp_truth_append_summary(text, lanes, tallies, 2, &report, 0);
    g_autoptr(JsonNode) json = json_from_string(text->str, NULL);
    g_assert_nonnull(json);
    g_assert_null(strstr(text->str, "delay_ms"));
    g_assert_null(strstr(text->str, "p50_ms"));
    g_assert_nonnull(strstr(text->str, "\"spoiled\":false}\n"));
    g_string_free(text, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lab/truth-text/header", the_first_line_names_the_links);
    g_test_add_func("/lab/truth-text/delivered", a_delivered_packet_says_when_and_how_late);
    g_test_add_func("/lab/truth-text/lost", a_lost_packet_is_never_late);
    g_test_add_func("/lab/truth-text/copy", a_second_copy_and_a_flipped_bit_are_told);
    g_test_add_func("/lab/truth-text/absent", what_was_not_measured_is_absent);
    return g_test_run();
}
