/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The flights of a handshake are shown for a way that broke there, and for no other.
 */
#include <mediapath/report.h>
#include <string.h>

#include "report/section.h"

static const char flights[] =
    "{\"flights\": [{\"from\": \"here\", \"messages\": [\"ClientHello\"], \"datagrams\": 6, "
    "\"records\": 6, \"bytes\": 1308, \"largest_bytes\": 218, \"retransmissions\": 5, "
    "\"first_ms\": 0, \"last_ms\": 3100}, {\"from\": \"there\", \"messages\": [\"ServerHello\", "
    "\"ServerHelloDone\"], \"datagrams\": 4, \"records\": 5, \"bytes\": 700, \"largest_bytes\": "
    "136, \"retransmissions\": 1, \"first_ms\": 700.5, \"last_ms\": 3101}]}";

static MpResult *result_with(MpOutcome outcome)
{
    MpResult *result = mp_result_new();
    MpMeasurement *media = mp_measurement_new("media-udp", "media", NULL, MP_TRANSPORT_UDP);
    mp_measurement_add_stage(media, "dtls", outcome, 0, 0, NULL);
    g_autoptr(GError) error = NULL;
    JsonNode *node = json_from_string(flights, &error);
    g_assert_no_error(error);
    json_object_set_member(media->facts, "dtls", node);
    g_ptr_array_add(result->measurements, media);
    MpPath *path = mp_path_new(MP_WAY_UDP);
    g_ptr_array_add(path->measurements, media);
    g_ptr_array_add(result->paths, path);
    return result;
}

static char *section_of(const MpResult *result)
{
    const MpReport report = {
        .medium = &mp_medium_terminal, .result = result, .columns = 80, .out = g_string_new(NULL)};
    mp_section_handshakes(&report);
    return g_string_free(report.out, FALSE);
}

static void a_broken_handshake_is_shown_flight_by_flight(void)
{
    g_autoptr(MpResult) result = result_with(MP_OUTCOME_SILENT);
    g_autofree char *text = section_of(result);
    g_assert_cmpstr(
        text, ==,
        "\nHandshake, UDP, direct\n"
        "  From   Datagrams  Largest  Again         When  Messages\n"
        "  here           6      218      5    0-3100 ms  ClientHello\n"
        "  there          4      136      1  700-3101 ms  ServerHello - ServerHelloDone\n");
}

static void a_handshake_that_ended_is_not_shown(void)
{
    g_autoptr(MpResult) result = result_with(MP_OUTCOME_ANSWERED);
    g_autofree char *text = section_of(result);
    g_assert_cmpstr(text, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/handshakes/broken", a_broken_handshake_is_shown_flight_by_flight);
    g_test_add_func("/handshakes/ended", a_handshake_that_ended_is_not_shown);
    return g_test_run();
}
