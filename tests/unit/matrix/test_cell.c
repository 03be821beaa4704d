/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The network that a cell is run in, and what is read out of its result.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/i18n.h"
#include "input/matrix_reader.h"
#include "lab/lab.h"
#include "lab/network.h"
#include "matrix/cell_difference.h"
#include "matrix/cell_network.h"
#include "matrix/cell_result.h"

/* The single cell of a matrix with these axes. */
static GPtrArray *cells_of(const char *axes)
{
    g_autofree char *text = g_strdup_printf("schema: mediapath-matrix/1\nname: t\naxes: {%s}\n",
                                            axes);
    g_autoptr(GError) error = NULL;
    g_autoptr(MpMatrix) matrix = mp_matrix_parse("m.yaml", text, strlen(text), &error);
    g_assert_no_error(error);
    return mp_matrix_cells(matrix);
}

static void assert_link(const char *network, const char *axes, const char *expected)
{
    g_autoptr(GPtrArray) cells = cells_of(axes);
    g_autoptr(JsonNode) root = json_from_string(network, NULL);
    JsonObject *object = json_node_get_object(root);
    mp_cell_network_lay_link(object, ((const MpMatrixCell *)cells->pdata[0])->point);
    JsonNode *link = json_object_get_member(object, "link");
    g_autofree char *text = link ? json_to_string(link, FALSE) : g_strdup("none");
    g_assert_cmpstr(text, ==, expected);
}

static void test_the_cells_link_is_laid_over_the_networks(void)
{
    assert_link("{}", "networks: [clean]", "none");
    assert_link("{}", "networks: [clean], delay: [100]",
                "{\"up\":{\"delay_ms\":50.0},\"down\":{\"delay_ms\":50.0}}");
    assert_link("{\"link\":{\"seed\":7,\"both\":{\"delay_ms\":5,\"rate_kbps\":900}}}",
                "networks: [clean], rate: [{up: 400}]",
                "{\"seed\":7,\"up\":{\"delay_ms\":5,\"rate_kbps\":400.0},"
                "\"down\":{\"delay_ms\":5,\"rate_kbps\":900}}");
}

/* What a lab will be built from must say what the file said. */
static void test_every_built_in_network_can_be_read_again(void)
{
    g_autoptr(GPtrArray) cells = cells_of("networks: [\"*\"]");
    g_autofree char *folder = g_dir_make_tmp("mediapath-cell-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "network.json", NULL);
    g_assert_cmpuint(cells->len, >=, 60);
    for (guint i = 0; i < cells->len; i++) {
        const MpMatrixCell *cell = cells->pdata[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(MpCellNetwork) made = mp_cell_network_make(cell->point, &error);
        g_assert_no_error(error);
        g_assert_true(g_file_set_contents(path, made->text, -1, NULL));
        g_autoptr(MpNetwork) again = mp_network_load(path, &error);
        g_assert_no_error(error);
        g_autoptr(MpNetwork) original = mp_network_load(cell->id, &error);
        g_autofree char *expected = mp_lab_plan(original);
        g_autofree char *plan = mp_lab_plan(again);
        g_assert_cmpstr(plan, ==, expected);
    }
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void test_bursts_stay_bursts_and_states_go(void)
{
    assert_link("{\"link\":{\"both\":{\"loss\":{\"percent\":1,\"burst_length\":4}}}}",
                "networks: [clean], loss: [{down: 3}]",
                "{\"up\":{\"loss\":{\"percent\":1,\"burst_length\":4}},"
                "\"down\":{\"loss\":{\"percent\":3.0,\"burst_length\":4}}}");
    assert_link("{\"link\":{\"both\":{\"loss\":{\"in_good_percent\":1,\"in_bad_percent\":50}}}}",
                "networks: [clean], loss: [3]",
                "{\"up\":{\"loss\":{\"percent\":3.0}},\"down\":{\"loss\":{\"percent\":3.0}}}");
}

static void test_no_limit_takes_the_rate_away(void)
{
    assert_link("{\"link\":{\"both\":{\"rate_kbps\":900,\"delay_ms\":1}}}",
                "networks: [clean], rate: [0]",
                "{\"up\":{\"delay_ms\":1},\"down\":{\"delay_ms\":1}}");
}

static void test_a_plain_cell_has_its_networks_expectation(void)
{
    g_autoptr(GPtrArray) cells = cells_of("networks: [office-udp-blocked], loss: [2]");
    g_autoptr(GError) error = NULL;
    g_autoptr(MpCellNetwork)
        network = mp_cell_network_make(((const MpMatrixCell *)cells->pdata[0])->point, &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(network->text, "\"percent\" : 2.0"));
    g_assert_cmpstr(network->expectation->findings[0], ==, "udp-blocked");
}

#define RESULT                                                                                     \
    "{\"verdict\":\"degraded\",\"findings\":[{\"id\":\"udp-blocked\",\"severity\":\"error\"},"     \
    "{\"id\":\"note\",\"severity\":\"info\"}],\"forecast\":{\"screen_share\":{\"verdict\":"        \
    "\"stable\"},\"live_video\":{\"verdict\":\"degraded\",\"limiting_factor\":\"loss\"}}}"

static MpCellResult *read_result(const char *text, const char *session)
{
    g_autoptr(GError) error = NULL;
    MpCellResult *result = mp_cell_result_parse(text, session, &error);
    g_assert_no_error(error);
    return result;
}

static void test_the_session_decides_the_verdict(void)
{
    g_autoptr(MpCellResult) whole = read_result(RESULT, NULL);
    g_autoptr(MpCellResult) screen = read_result(RESULT, "screen_share");
    g_assert_cmpstr(whole->verdict, ==, "degraded");
    g_assert_cmpstr(screen->verdict, ==, "stable");
    g_assert_cmpuint(whole->findings->len, ==, 1);
    g_assert_false(whole->is_spoiled);
}

static void test_what_is_no_result_is_told(void)
{
    const char *const texts[] = {"", "{", "[]", "{\"verdict\":1}", "null", "{\"forecast\":3}"};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(mp_cell_result_parse(texts[i], NULL, &error));
        g_assert_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE);
    }
}

static void test_a_busy_machine_spoils(void)
{
    g_autoptr(MpCellResult) finding = read_result(
        "{\"verdict\":\"stable\",\"findings\":[{\"id\":\"host-limited\",\"severity\":\"error\"}]}",
        NULL);
    g_autoptr(MpCellResult) processor = read_result(
        "{\"verdict\":\"degraded\",\"forecast\":{\"virtual_background\":{\"verdict\":\"degraded\","
        "\"limiting_factor\":\"cpu_headroom\"}}}",
        NULL);
    g_assert_true(finding->is_spoiled);
    g_assert_true(processor->is_spoiled);
    g_assert_true(mp_cell_truth_is_spoiled("{\"n\":1}\n{\"spoiled\":true}\n"));
    g_assert_false(mp_cell_truth_is_spoiled("{\"spoiled\":true}\n{\"spoiled\":false}\n"));
}

static void test_a_record_that_breaks_off_spoils(void)
{
    g_assert_true(mp_cell_truth_is_spoiled("{\"spoiled\":false}\nhalf a li"));
    g_assert_true(mp_cell_truth_is_spoiled("{\"n\":1}\n"));
    g_assert_true(mp_cell_truth_is_spoiled("null"));
    g_assert_true(mp_cell_truth_is_spoiled(""));
}

static MpCellRecord *degraded_record(const char *expected)
{
    MpCellRecord *record = mp_cell_record_new("cell", 0);
    record->state = MP_CELL_DONE;
    record->expected = g_strdup(expected);
    record->verdict = g_strdup("degraded");
    record->findings = g_strdup("[\"udp-blocked\"]");
    record->exit = 1;
    return record;
}

/* The journal keeps what was found, so that any reader has it in their own words. */
static void test_differences_in_japanese(void)
{
    g_autoptr(MpCellRecord)
        record = degraded_record("{\"verdict\":\"stable\",\"findings\":[\"a\"],\"exit\":0}");
    mp_i18n_use("ja");
    g_autofree char *difference = mp_cell_difference(record);
    mp_i18n_use("en");
    g_assert_cmpstr(difference, ==,
                    "判定が安定ではなく品質低下; 所見 a がない; 終了コードが 0 ではなく 1");
}

static void test_differences_in_words(void)
{
    const struct {
        const char *expected;
        const char *difference;
    } rows[] = {
        {NULL, NULL},
        {"{\"verdict\":\"degraded\",\"findings\":[\"udp-blocked\"],\"exit\":1}", NULL},
        {"{}", NULL},
        {"{\"verdict\":\"stable\"}", "verdict degraded instead of stable"},
        {"{\"exit\":0}", "exit 1 instead of 0"},
        {"{\"findings\":[]}", "finding udp-blocked where none was expected"},
        {"{\"findings\":[\"a\",\"b\"],\"exit\":2}",
         "no finding a; no finding b; exit 1 instead of 2"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(MpCellRecord) record = degraded_record(rows[i].expected);
        g_autofree char *difference = mp_cell_difference(record);
        g_assert_cmpstr(difference, ==, rows[i].difference);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cell/the-cells-link-is-laid-over-the-networks",
                    test_the_cells_link_is_laid_over_the_networks);
    g_test_add_func("/cell/every-built-in-network-can-be-read-again",
                    test_every_built_in_network_can_be_read_again);
    g_test_add_func("/cell/bursts-stay-bursts-and-states-go",
                    test_bursts_stay_bursts_and_states_go);
    g_test_add_func("/cell/no-limit-takes-the-rate-away", test_no_limit_takes_the_rate_away);
    g_test_add_func("/cell/a-plain-cell-has-its-networks-expectation",
                    test_a_plain_cell_has_its_networks_expectation);
    g_test_add_func("/cell/the-session-decides-the-verdict", test_the_session_decides_the_verdict);
    g_test_add_func("/cell/what-is-no-result-is-told", test_what_is_no_result_is_told);
    g_test_add_func("/cell/a-busy-machine-spoils", test_a_busy_machine_spoils);
    g_test_add_func("/cell/a-record-that-breaks-off-spoils", test_a_record_that_breaks_off_spoils);
    g_test_add_func("/cell/differences-in-words", test_differences_in_words);
    g_test_add_func("/cell/differences-in-japanese", test_differences_in_japanese);
    return g_test_run();
}
