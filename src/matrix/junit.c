/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JUnit XML as continuous integration reads it. There is no standard; what is written here is what
 * all of the published schemas have in common.
 */
#include <string.h>

#include "matrix/cell_difference.h"
#include "matrix/summary.h"

/* XML 1.0 section 2.2: most control characters may not stand in a document, not even escaped. */
static gboolean is_legal(gunichar character)
{
    return character == '\t' || character == '\n' || character == '\r' ||
           (character >= 0x20 && character != 0xfffe && character != 0xffff);
}

static char *escape(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) legal = g_string_new(NULL);
    for (const char *place = valid; *place; place = g_utf8_next_char(place))
        if (is_legal(g_utf8_get_char(place)))
            g_string_append_unichar(legal, g_utf8_get_char(place));
    /* It writes C1 controls as references, which is legal. */
    return g_markup_escape_text(legal->str, -1);
}

static void append_problem(GString *xml, const char *element, const char *type, const char *message,
                           const char *body)
{
    g_autofree char *safe_message = escape(message);
    g_autofree char *safe_body = escape(body);
    g_string_append_printf(xml, "      <%s type=\"%s\" message=\"%s\">%s</%s>\n", element, type,
                           safe_message, safe_body, element);
}

static void append_difference(GString *xml, const MpCellRecord *record)
{
    g_autofree char *body = g_strdup_printf(
        "expected: %s\nfound:    {\"findings\":%s,\"verdict\":\"%s\",\"exit\":%d}%s\n"
        "result:   cells/%s/result.json\n",
        record->expected, record->findings, record->verdict, record->exit,
        record->is_spoiled ? "\nspoiled:  this machine was too busy, three times" : "", record->id);
    g_autofree char *difference = mp_cell_difference(record);
    append_problem(xml, "failure", "different", difference, body);
}

static void append_case(GString *xml, const MpMatrixSummary *summary, const MpSummaryCell *cell)
{
    const MpCellRecord *record = cell->record;
    char seconds[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(seconds, sizeof seconds, "%.3f", record->duration_ms / 1000);
    g_autofree char *id = escape(record->id);
    g_autofree char *network = escape(cell->values[MP_AXIS_NETWORK] ? cell->values[MP_AXIS_NETWORK]
                                                                    : "");
    g_string_append_printf(xml,
                           "    <testcase classname=\"mediapath.%s.%s\" name=\"%s\" time=\"%s\"",
                           summary->name, network, id, seconds);
    gsize empty = xml->len;
    g_string_append(xml, ">\n");
    gsize filled = xml->len;
    if (record->state == MP_CELL_FAILED)
        append_problem(xml, "error", "not-carried-out", record->error, record->error);
    else if (record->state != MP_CELL_DONE)
        g_string_append(xml, "      <skipped/>\n");
    else if (record->answer == MP_ANSWER_DIFFERENT)
        append_difference(xml, record);
    if (xml->len > filled) {
        g_string_append(xml, "    </testcase>\n");
        return;
    }
    g_string_truncate(xml, empty);
    g_string_append(xml, "/>\n");
}

static const char *first_start(const MpMatrixSummary *summary)
{
    const char *first = NULL;
    for (guint i = 0; i < summary->cells->len; i++) {
        const char *started = ((const MpSummaryCell *)summary->cells->pdata[i])->record->started;
        if (started && (!first || strcmp(started, first) < 0))
            first = started;
    }
    return first;
}

static void append_suite(GString *xml, const MpMatrixSummary *summary, const char *seconds)
{
    const MpSummaryCounts *counts = &summary->counts;
    const char *started = first_start(summary);
    g_string_append_printf(xml,
                           "  <testsuite name=\"mediapath.%s\" tests=\"%u\" failures=\"%u\" "
                           "errors=\"%u\" skipped=\"%u\" time=\"%s\"",
                           summary->name, counts->cells, counts->different, counts->failed,
                           counts->pending, seconds);
    /* Without the zone, which is UTC: some readers refuse it. */
    if (started && strlen(started) >= 19)
        g_string_append_printf(xml, " timestamp=\"%.19s\"", started);
    g_string_append(xml, ">\n");
    for (guint i = 0; i < summary->cells->len; i++)
        append_case(xml, summary, summary->cells->pdata[i]);
    g_string_append(xml, "  </testsuite>\n");
}

char *mp_matrix_summary_junit(const MpMatrixSummary *summary)
{
    const MpSummaryCounts *counts = &summary->counts;
    double total_ms = 0;
    for (guint i = 0; i < summary->cells->len; i++)
        total_ms += ((const MpSummaryCell *)summary->cells->pdata[i])->record->duration_ms;
    char seconds[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(seconds, sizeof seconds, "%.3f", total_ms / 1000);
    GString *xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    g_string_append_printf(xml,
                           "<testsuites name=\"mediapath\" tests=\"%u\" failures=\"%u\" "
                           "errors=\"%u\" time=\"%s\">\n",
                           counts->cells, counts->different, counts->failed, seconds);
    append_suite(xml, summary, seconds);
    g_string_append(xml, "</testsuites>\n");
    return g_string_free(xml, FALSE);
}
