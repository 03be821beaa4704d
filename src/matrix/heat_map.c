/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The summary as one self-contained page: heat maps of two axes, further axes as further tables.
 * Every cell says in words what its colour says.
 */
#include <string.h>

#include "base/i18n.h"
#include "matrix/cell_difference.h"
#include "matrix/cell_result.h"
#include "matrix/heat_map_style.h"
#include "matrix/summary.h"
#include "matrix/words.h"

/* A longer list is folded, so that the map is in sight. */
#define MOST_OPEN 12

/* Which axes make the rows and columns; MP_N_AXES: none. */
typedef struct {
    const MpMatrixSummary *summary;
    const char *root;
    GString *html;
    guint rows;
    guint columns;
} Page;

static void append_escaped(GString *html, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *escaped = g_markup_escape_text(valid, -1);
    g_string_append(html, escaped);
}

/* <ELEMENT ATTRIBUTES>text</ELEMENT> */
static void append_element(GString *html, const char *element, const char *attributes,
                           const char *text)
{
    g_string_append_printf(html, "<%s%s%s>", element, *attributes ? " " : "", attributes);
    append_escaped(html, text);
    g_string_append_printf(html, "</%s>", element);
}

static const char *class_of(const MpCellRecord *record)
{
    if (record->state == MP_CELL_FAILED)
        return "failed";
    return record->state == MP_CELL_DONE ? record->verdict : "pending";
}

static const char *answer_word(const MpCellRecord *record)
{
    if (record->state != MP_CELL_DONE || record->answer == MP_ANSWER_RECORDED)
        return "";
    return record->answer == MP_ANSWER_EXPECTED ? _("✓ as expected") : _("✗ differs");
}

static void append_findings(GString *html, const MpCellRecord *record)
{
    g_autoptr(GPtrArray) findings = mp_cell_findings_from_json(record->findings);
    for (guint i = 0; i < findings->len; i++)
        append_element(html, "span", "class=\"finding\"", findings->pdata[i]);
}

static void append_link(const Page *page, const MpCellRecord *record)
{
    g_autofree char *id = g_uri_escape_string(record->id, "+", FALSE);
    const char *file = record->state == MP_CELL_DONE ? "result.json" : "log.txt";
    g_autofree char *attributes = g_strdup_printf("href=\"%scells/%s/%s\"", page->root, id, file);
    append_element(page->html, record->attempts ? "a" : "span", record->attempts ? attributes : "",
                   mp_cell_word(record));
}

static void append_record(const Page *page, const MpCellRecord *record)
{
    gboolean is_different = record->state == MP_CELL_DONE && record->answer == MP_ANSWER_DIFFERENT;
    g_string_append_printf(page->html, "<div class=\"cell %s%s\" title=\"", class_of(record),
                           is_different ? " different" : "");
    append_escaped(page->html, record->id);
    g_string_append(page->html, "\">");
    append_link(page, record);
    if (*answer_word(record))
        append_element(page->html, "span", "class=\"answer\"", answer_word(record));
    append_findings(page->html, record);
    if (record->is_spoiled)
        append_element(page->html, "span", "class=\"answer\"", _("⚠ machine too busy"));
    g_autofree char *trouble = mp_cell_trouble(record);
    if (trouble)
        append_element(page->html, "span", "class=\"why\"", trouble);
    g_string_append(page->html, "</div>");
}

/* The combination of all axes that are neither rows nor columns. */
static gboolean is_in_table(const Page *page, const MpSummaryCell *cell,
                            const MpSummaryCell *sample)
{
    for (guint i = 0; i < MP_N_AXES; i++)
        if (i != page->rows && i != page->columns &&
            g_strcmp0(cell->values[i], sample->values[i]) != 0)
            return FALSE;
    return TRUE;
}

static gboolean has_value(const MpSummaryCell *cell, guint axis, const char *value)
{
    return axis == MP_N_AXES || g_strcmp0(cell->values[axis], value) == 0;
}

static void append_data(const Page *page, const MpSummaryCell *sample, const char *row,
                        const char *column)
{
    const GPtrArray *cells = page->summary->cells;
    g_string_append(page->html, "<td>");
    for (guint i = 0; i < cells->len; i++) {
        const MpSummaryCell *cell = cells->pdata[i];
        if (is_in_table(page, cell, sample) && has_value(cell, page->rows, row) &&
            has_value(cell, page->columns, column))
            append_record(page, cell->record);
    }
    g_string_append(page->html, "</td>");
}

static gboolean row_has_cells(const Page *page, const MpSummaryCell *sample, const char *row)
{
    const GPtrArray *cells = page->summary->cells;
    for (guint i = 0; i < cells->len; i++)
        if (is_in_table(page, cells->pdata[i], sample) &&
            has_value(cells->pdata[i], page->rows, row))
            return TRUE;
    return FALSE;
}

/* What has not this axis at all (an included cell) stands in a column or row of its own. */
static GPtrArray *values_of(const Page *page, guint axis, const MpSummaryCell *sample)
{
    GPtrArray *values = g_ptr_array_new();
    if (axis == MP_N_AXES) {
        g_ptr_array_add(values, NULL);
        return values;
    }
    const GPtrArray *known = page->summary->values[axis];
    for (guint i = 0; i < known->len; i++)
        g_ptr_array_add(values, known->pdata[i]);
    for (guint i = 0; i < page->summary->cells->len; i++) {
        const MpSummaryCell *cell = page->summary->cells->pdata[i];
        if (!cell->values[axis] && is_in_table(page, cell, sample)) {
            g_ptr_array_add(values, NULL);
            break;
        }
    }
    return values;
}

static void append_header(const Page *page, const char *scope, guint axis, const char *value)
{
    g_autofree char *attributes = g_strdup_printf("scope=\"%s\"", scope);
    g_autofree char *word = value ? mp_axis_value_word((MpAxis)axis, value)
                                  : g_strdup(axis == MP_N_AXES ? _("Result") : "–");
    append_element(page->html, "th", attributes, word);
}

static void append_head(const Page *page, const GPtrArray *columns)
{
    g_autofree char *corner = page->columns == MP_N_AXES
                                  ? g_strdup(mp_axis_title((MpAxis)page->rows))
                                  : g_strdup_printf("%s \\ %s", mp_axis_title((MpAxis)page->rows),
                                                    mp_axis_title((MpAxis)page->columns));
    g_string_append(page->html, "<thead><tr>");
    append_element(page->html, "th", "scope=\"col\"", corner);
    for (guint i = 0; i < columns->len; i++)
        append_header(page, "col", page->columns, columns->pdata[i]);
    g_string_append(page->html, "</tr></thead>\n<tbody>\n");
}

static char *describe_table(const Page *page, const MpSummaryCell *sample)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < MP_N_AXES; i++) {
        if (i == page->rows || i == page->columns || !sample->values[i])
            continue;
        g_autofree char *word = mp_axis_value_word((MpAxis)i, sample->values[i]);
        g_string_append_printf(text, "%s%s: %s", text->len ? " · " : "", mp_axis_title((MpAxis)i),
                               word);
    }
    if (text->len == 0)
        g_string_append(text, _("All cells"));
    return g_string_free(text, FALSE);
}

static void append_map(const Page *page, const MpSummaryCell *sample)
{
    g_autoptr(GPtrArray) rows = values_of(page, page->rows, sample);
    g_autoptr(GPtrArray) columns = values_of(page, page->columns, sample);
    g_autofree char *caption = describe_table(page, sample);
    g_string_append_printf(page->html, "<div class=\"scroll\"><table%s>",
                           page->columns == MP_N_AXES ? " class=\"single\"" : "");
    append_element(page->html, "caption", "", caption);
    append_head(page, columns);
    for (guint i = 0; i < rows->len; i++) {
        if (!row_has_cells(page, sample, rows->pdata[i]))
            continue;
        g_string_append(page->html, "<tr>");
        append_header(page, "row", page->rows, rows->pdata[i]);
        for (guint j = 0; j < columns->len; j++)
            append_data(page, sample, rows->pdata[i], columns->pdata[j]);
        g_string_append(page->html, "</tr>\n");
    }
    g_string_append(page->html, "</tbody></table></div>\n");
}

/* One table for each combination, told by its first cell. */
static void append_maps(const Page *page)
{
    const GPtrArray *cells = page->summary->cells;
    for (guint i = 0; i < cells->len; i++) {
        gboolean is_first = TRUE;
        for (guint j = 0; j < i && is_first; j++)
            is_first = !is_in_table(page, cells->pdata[j], cells->pdata[i]);
        if (is_first)
            append_map(page, cells->pdata[i]);
    }
}

static void append_problems(const Page *page)
{
    const MpSummaryCounts *counts = &page->summary->counts;
    if (counts->different + counts->failed == 0)
        return;
    guint n_problems = counts->different + counts->failed;
    g_string_append_printf(page->html, "<details%s><summary>",
                           n_problems > MOST_OPEN ? "" : " open");
    append_escaped(page->html, _("What to look at"));
    g_string_append_printf(page->html, " (%u)</summary>\n<ul>", n_problems);
    for (guint i = 0; i < page->summary->cells->len; i++) {
        const MpSummaryCell *cell = page->summary->cells->pdata[i];
        const MpCellRecord *record = cell->record;
        g_autofree char *trouble = mp_cell_trouble(record);
        if (!trouble)
            continue;
        g_string_append(page->html, "<li>");
        append_element(page->html, "code", "", record->id);
        g_string_append(page->html, " ");
        append_link(page, record);
        append_element(page->html, "span", "class=\"why\"", trouble);
        g_string_append(page->html, "</li>\n");
    }
    g_string_append(page->html, "</ul></details>\n");
}

static void append_legend(const Page *page)
{
    static const struct {
        const char *class;
        const char *word;
    } marks[] = {
        {"stable", N_("stable")},   {"degraded", N_("degraded")},      {"unstable", N_("unstable")},
        {"unknown", N_("unknown")}, {"failed", N_("not carried out")},
    };
    g_string_append(page->html, "<p class=\"legend\">");
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
        g_autofree char *attributes = g_strdup_printf("class=\"mark %s\"", marks[i].class);
        append_element(page->html, "span", attributes, _(marks[i].word));
    }
    g_string_append(page->html, "</p>\n");
}

/* The first two axes with several values. */
static void choose_axes(Page *page)
{
    guint found[2] = {MP_AXIS_NETWORK, MP_N_AXES};
    guint n_found = 0;
    for (guint i = 0; i < MP_N_AXES && n_found < G_N_ELEMENTS(found); i++)
        if (page->summary->values[i]->len > 1)
            found[n_found++] = i;
    page->rows = found[0];
    page->columns = found[1];
}

char *mp_matrix_summary_html(const MpMatrixSummary *summary, const char *root)
{
    Page page = {.summary = summary, .root = root, .html = g_string_new("<!DOCTYPE html>\n")};
    g_autofree char *sentence = mp_counts_sentence(&summary->counts);
    choose_axes(&page);
    /* Translators: the language of the page, as HTML's lang attribute: "en" or "ja". */
    g_string_append_printf(page.html,
                           "<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width\">\n"
                           "<title>%s – mediapath matrix</title>\n<style>%s</style></head>\n<body>",
                           _("en"), summary->name, MP_HEAT_MAP_STYLE);
    append_element(page.html, "h1", "", summary->name);
    append_element(page.html, "p", "class=\"counts\"", sentence);
    append_problems(&page);
    append_legend(&page);
    append_maps(&page);
    g_string_append(page.html, "<p class=\"foot\">");
    g_string_append_printf(page.html, "mediapath %s", summary->version);
    if (summary->n_shards > 1)
        g_string_append_printf(page.html, " · %s %u/%u", _("shard"), summary->shard,
                               summary->n_shards);
    g_string_append(page.html, "</p></body></html>\n");
    return g_string_free(page.html, FALSE);
}
