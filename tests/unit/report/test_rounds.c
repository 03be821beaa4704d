/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Round trips of the ways in the same rounds, as people and programs read them.
 */
#include "report/rounds.h"

#include <math.h>
#include <string.h>

#include "report/json_text.h"

static MpPath *path_with(const double *times, guint n)
{
    MpPath *path = mp_path_new(MP_WAY_TURN_TCP);
    path->rounds_ways = 3;
    g_array_append_vals(path->rounds_ms, times, n);
    return path;
}

static char *printed(MpPath *path)
{
    g_autoptr(MpResult) result = mp_result_new();
    g_ptr_array_add(result->paths, path);
    GString *out = g_string_new(NULL);
    const MpReport report = {
        .medium = &mp_medium_terminal, .result = result, .out = out, .columns = 120};
    mp_rounds_print(&report);
    return g_string_free(out, FALSE);
}

static void a_round_without_an_answer_is_null(void)
{
    const double times[] = {20, NAN, 22.5};
    g_autoptr(MpPath) path = path_with(times, 3);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), mp_rounds_json(path));
    g_autofree char *text = mp_json_text(node);
    g_auto(GStrv) parts = g_strsplit_set(text, " \n", -1);
    g_autofree char *compact = g_strjoinv("", parts);
    g_assert_cmpstr(compact, ==,
                    "{\"ways\":3,\"rtt_ms\":[20,null,22.5],\"missed\":1,\"p50\":20,"
                    "\"spread\":2.5}");
}

static void what_was_not_compared_is_not_there(void)
{
    g_autoptr(MpPath) path = mp_path_new(MP_WAY_TURN_TCP);
    g_assert_null(mp_rounds_json(path));
    g_autofree char *text = printed(mp_path_new(MP_WAY_TURN_TCP));
    g_assert_cmpstr(text, ==, "");
}

static void a_line_says_how_much_the_rounds_differ(void)
{
    const double times[] = {20, NAN, 22.5};
    g_autofree char *text = printed(path_with(times, 3));
    g_assert_nonnull(strstr(text, "RTT to the relay 20 ms, 20 to 22.5 ms in the same 3 rounds, 1 "
                                  "without an answer"));
    const double missed[] = {NAN, NAN};
    g_autofree char *nothing = printed(path_with(missed, 2));
    g_assert_nonnull(strstr(nothing, "no answer in 2 rounds"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report-rounds/json", a_round_without_an_answer_is_null);
    g_test_add_func("/report-rounds/nothing", what_was_not_compared_is_not_there);
    g_test_add_func("/report-rounds/line", a_line_says_how_much_the_rounds_differ);
    return g_test_run();
}
