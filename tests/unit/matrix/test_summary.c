/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is told of a matrix when it is over.
 */
#include "matrix/summary.h"

#include <mediapath/i18n.h>
#include <string.h>

#include "matrix/progress.h"

/* A summary without a journal: the test's own cells. */
static MpMatrixSummary *make_summary(void)
{
    MpMatrixSummary *summary = g_new0(MpMatrixSummary, 1);
    summary->name = g_strdup("test");
    summary->version = g_strdup("1.0");
    summary->shard = summary->n_shards = 1;
    summary->records = g_ptr_array_new_with_free_func((GDestroyNotify)mp_cell_record_free);
    summary->cells = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < MP_N_AXES; i++)
        summary->values[i] = g_ptr_array_new();
    return summary;
}

static MpCellRecord *add(MpMatrixSummary *summary, const char *network, MpCellState state)
{
    MpCellRecord *record = mp_cell_record_new(network, summary->cells->len);
    MpSummaryCell *cell = g_new0(MpSummaryCell, 1);
    record->parameters = g_strdup_printf("{\"networks\":\"%s\"}", network);
    record->state = state;
    record->attempts = 1;
    record->started = g_strdup("2026-01-02T03:04:05Z");
    record->duration_ms = 1500;
    if (state == MP_CELL_DONE) {
        record->exit = 1;
        record->verdict = g_strdup("degraded");
        record->findings = g_strdup("[\"udp-blocked\"]");
    }
    cell->record = record;
    cell->run = 1;
    /* The record lives longer. */
    cell->values[MP_AXIS_NETWORK] = record->id;
    g_ptr_array_add(summary->values[MP_AXIS_NETWORK], record->id);
    g_ptr_array_add(summary->records, record);
    g_ptr_array_add(summary->cells, cell);
    return record;
}

static void count(MpMatrixSummary *summary)
{
    memset(&summary->counts, 0, sizeof summary->counts);
    for (guint i = 0; i < summary->records->len; i++)
        mp_matrix_summary_count(&summary->counts, summary->records->pdata[i]);
}

static void test_exit_codes(void)
{
    const struct {
        MpCellState state;
        MpCellAnswer answer;
        int code;
    } rows[] = {
        {MP_CELL_DONE, MP_ANSWER_RECORDED, 0},  {MP_CELL_DONE, MP_ANSWER_EXPECTED, 0},
        {MP_CELL_DONE, MP_ANSWER_DIFFERENT, 1}, {MP_CELL_FAILED, MP_ANSWER_RECORDED, 3},
        {MP_CELL_DONE, MP_ANSWER_DIFFERENT, 3}, {MP_CELL_PENDING, MP_ANSWER_RECORDED, 3},
    };
    g_autoptr(MpMatrixSummary) summary = make_summary();
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        add(summary, "cell", rows[i].state)->answer = rows[i].answer;
        count(summary);
        g_assert_cmpint(mp_matrix_summary_exit_code(summary), ==, rows[i].code);
    }
}

static void test_junit_has_one_case_a_cell(void)
{
    g_autoptr(MpMatrixSummary) summary = make_summary();
    MpCellRecord *different = add(summary, "a", MP_CELL_DONE);
    different->answer = MP_ANSWER_DIFFERENT;
    different->expected = g_strdup("{\"verdict\":\"stable\"}");
    add(summary, "b", MP_CELL_FAILED)->error = g_strdup("exit 3: no nft");
    add(summary, "c", MP_CELL_PENDING);
    add(summary, "d", MP_CELL_DONE)->answer = MP_ANSWER_EXPECTED;
    count(summary);
    g_autofree char *xml = mp_matrix_summary_junit(summary);
    const char *const parts[] = {
        "<testsuite name=\"mediapath.test\" tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\" "
        "time=\"6.000\" timestamp=\"2026-01-02T03:04:05\">",
        "<testcase classname=\"mediapath.test.a\" name=\"a\" time=\"1.500\">",
        "<failure type=\"different\" message=\"verdict degraded instead of stable\">expected: "
        "{&quot;verdict&quot;:&quot;stable&quot;}",
        "<error type=\"not-carried-out\" message=\"exit 3: no nft\">exit 3: no nft</error>",
        "<skipped/>",
        "<testcase classname=\"mediapath.test.d\" name=\"d\" time=\"1.500\"/>",
    };
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        g_assert_nonnull(strstr(xml, parts[i]));
}

static void keep_text(GMarkupParseContext *context, const char *text, gsize length,
                      gpointer user_data, GError **error)
{
    (void)context;
    (void)error;
    g_string_append_len(user_data, text, (gssize)length);
}

static void test_junit_takes_any_bytes(void)
{
    g_autoptr(MpMatrixSummary) summary = make_summary();
    add(summary, "a", MP_CELL_FAILED)->error = g_strdup(
        "<&>\"'\x01\x1b[31m\x08 \xff\xfe \xef\xbf\xbf ]]> \t\xe7\xb6\xb2");
    count(summary);
    g_autofree char *xml = mp_matrix_summary_junit(summary);
    const GMarkupParser parser = {.text = keep_text};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, text, NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_markup_parse_context_parse(context, xml, -1, &error));
    g_assert_no_error(error);
    g_assert_nonnull(strstr(text->str, "<&>\"'[31m "));
    g_assert_nonnull(strstr(text->str, "]]> \t\xe7\xb6\xb2"));
    g_assert_true(g_utf8_validate(xml, -1, NULL));
    /* XML 1.0 section 2.2 forbids them also as references. */
    g_assert_null(strstr(xml, "&#x1;"));
    g_assert_null(strstr(xml, "&#x1b;"));
    g_assert_null(strstr(xml, "\xef\xbf\xbf"));
}

static void test_the_page_escapes_and_says_it_in_words(void)
{
    g_autoptr(MpMatrixSummary) summary = make_summary();
    MpCellRecord *record = add(summary, "a", MP_CELL_DONE);
    record->answer = MP_ANSWER_DIFFERENT;
    record->expected = g_strdup("{\"findings\":[\"<script>alert(1)</script>\"]}");
    count(summary);
    g_autofree char *html = mp_matrix_summary_html(summary, "../out/");
    g_assert_null(strstr(html, "<script"));
    g_assert_nonnull(strstr(html, "&lt;script&gt;"));
    g_assert_nonnull(strstr(html, "href=\"../out/cells/a/result.json\""));
    g_assert_nonnull(strstr(html, "differs"));
    g_assert_nonnull(strstr(html, "degraded"));
    g_assert_nonnull(strstr(html, "scope=\"row\""));
}

static void test_the_text_tells_what_differs_first(void)
{
    g_autoptr(MpMatrixSummary) summary = make_summary();
    add(summary, "good", MP_CELL_DONE)->answer = MP_ANSWER_EXPECTED;
    MpCellRecord *record = add(summary, "bad", MP_CELL_DONE);
    record->answer = MP_ANSWER_DIFFERENT;
    record->expected = g_strdup("{\"exit\":0}");
    count(summary);
    g_autofree char *text = mp_matrix_summary_text(summary, FALSE);
    g_assert_cmpstr(text, ==,
                    "differs  bad: exit 1 instead of 0\n\n"
                    "Network  cells  as expected  differ  degraded\n"
                    "good         1            1       -         1\n"
                    "bad          1            -       1         1\n\n"
                    "2 cells: 1 as expected, 1 not as expected\n");
}

static void test_links_from_where_the_page_is(void)
{
    const struct {
        const char *file;
        const char *folder;
        const char *root;
    } rows[] = {
        {"/a/out/map.html", "/a/out", ""},
        {"/a/map.html", "/a/out", "out/"},
        {"/a/b/map.html", "/a/out x", "../out%20x/"},
        {"/map.html", "/a/b", "a/b/"},
        {"/c/map.html", "/a/b", "../a/b/"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *root = mp_matrix_relative_root(rows[i].file, rows[i].folder);
        g_assert_cmpstr(root, ==, rows[i].root);
    }
}

static void test_the_remaining_time_is_by_this_runs_pace(void)
{
    MpMatrixProgress progress = {.n_cells = 10, .n_finished = 4, .elapsed = MP_SEC(20)};
    g_assert_cmpint(mp_matrix_progress_remaining(&progress), ==, -1);
    progress.n_finished_now = 2; /* 10 s each, 6 are left; an earlier run had two */
    g_assert_cmpint(mp_matrix_progress_remaining(&progress), ==, MP_SEC(60));
    progress.n_finished = 10;
    g_assert_cmpint(mp_matrix_progress_remaining(&progress), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mp_i18n_use("en");
    g_test_add_func("/summary/exit-codes", test_exit_codes);
    g_test_add_func("/summary/junit-has-one-case-a-cell", test_junit_has_one_case_a_cell);
    g_test_add_func("/summary/junit-takes-any-bytes", test_junit_takes_any_bytes);
    g_test_add_func("/summary/the-page-escapes-and-says-it-in-words",
                    test_the_page_escapes_and_says_it_in_words);
    g_test_add_func("/summary/the-text-tells-what-differs-first",
                    test_the_text_tells_what_differs_first);
    g_test_add_func("/summary/links-from-where-the-page-is", test_links_from_where_the_page_is);
    g_test_add_func("/summary/the-remaining-time-is-by-this-runs-pace",
                    test_the_remaining_time_is_by_this_runs_pace);
    return g_test_run();
}
