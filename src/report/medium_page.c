/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A report as parts of an HTML page.
 */
#include "report/medium.h"

/* As many as a wide window has room for at two pixels each. */
#define MOST_PIECES 400

static const char *const classes[] = {
    [MP_STYLE_PLAIN] = "plain", [MP_STYLE_BOLD] = "bold",       [MP_STYLE_DIM] = "dim",
    [MP_STYLE_GOOD] = "good",   [MP_STYLE_WARNING] = "warning", [MP_STYLE_BAD] = "bad",
};

static void append_escaped(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *escaped = g_markup_escape_text(valid, -1);
    g_string_append(out, escaped);
}

/* <ELEMENT class="CLASS">text</ELEMENT> */
static void append(const MpReport *report, const char *element, const char *class, const char *text)
{
    g_string_append_printf(report->out, "<%s class=\"%s\">", element, class);
    append_escaped(report->out, text);
    g_string_append_printf(report->out, "</%s>", element);
}

static void headline(const MpReport *report, MpStyle style, const char *word, const char *sentence)
{
    g_string_append_printf(report->out, "<h1><span class=\"verdict %s\">", classes[style]);
    append_escaped(report->out, word);
    g_string_append(report->out, "</span> ");
    append_escaped(report->out, sentence);
    g_string_append(report->out, "</h1>\n");
}

static void remark(const MpReport *report, const char *text)
{
    append(report, "p", "remark", text);
    g_string_append_c(report->out, '\n');
}

static void heading(const MpReport *report, const char *text)
{
    g_string_append(report->out, "</section>\n<section>\n");
    if (text)
        append(report, "h2", "heading", text);
    g_string_append_c(report->out, '\n');
}

static void line(const MpReport *report, const char *text)
{
    append(report, "p", "line", text);
    g_string_append_c(report->out, '\n');
}

/* A row all of whose texts are dim names the columns. */
static gboolean is_header(const MpTable *content, guint row)
{
    MpStyle style = MP_STYLE_DIM;
    for (guint i = 0; i < mp_table_n_columns(content) && style == MP_STYLE_DIM; i++)
        (void)mp_table_cell(content, row, i, &style);
    return row == 0 && style == MP_STYLE_DIM;
}

static void append_row(const MpReport *report, const MpTable *content, guint row)
{
    const char *element = is_header(content, row) ? "th" : "td";
    g_string_append(report->out, "<tr>");
    for (guint i = 0; i < mp_table_n_columns(content); i++) {
        MpStyle style;
        const char *text = mp_table_cell(content, row, i, &style);
        g_autofree char *class = g_strconcat(classes[style],
                                             mp_table_is_right(content, i) ? " number" : "", NULL);
        append(report, element, class, text);
    }
    g_string_append(report->out, "</tr>\n");
}

static void table(const MpReport *report, const MpTable *content)
{
    if (mp_table_n_rows(content) == 0)
        return;
    g_string_append(report->out, "<div class=\"scroll\"><table>\n");
    for (guint i = 0; i < mp_table_n_rows(content); i++)
        append_row(report, content, i);
    g_string_append(report->out, "</table></div>\n");
}

static void entry(const MpReport *report, const MpEntry *content, gboolean is_first)
{
    (void)is_first;
    g_string_append_printf(report->out, "<article class=\"%s\"><h3>", classes[content->style]);
    append(report, "span", "word", content->word);
    g_string_append_c(report->out, ' ');
    append_escaped(report->out, content->title);
    g_string_append(report->out, "</h3><dl>\n");
    for (guint i = 0; i < content->n_rows; i++) {
        const MpLabelled *row = &content->rows[i];
        if (!row->text || !*row->text)
            continue;
        append(report, "dt", "label", row->label);
        append(report, "dd", "text", row->text);
        g_string_append_c(report->out, '\n');
    }
    g_string_append(report->out, "</dl></article>\n");
}

static guint strip_room(const MpReport *report, guint first, guint last)
{
    (void)report;
    (void)first;
    (void)last;
    return MOST_PIECES;
}

static const char *const states[MP_N_PIECES] = {
    [MP_PIECE_OPEN] = "open",
    [MP_PIECE_CLOSED] = "closed",
    [MP_PIECE_MIXED] = "mixed",
    [MP_PIECE_UNKNOWN] = "unknown",
};

/* Pieces of one state in a row are one element: its width says how many. */
static void append_run(const MpReport *report, const MpPiece *pieces, guint n, const char *word)
{
    g_string_append_printf(report->out, "<span class=\"%s\" style=\"flex-grow:%u\" title=\"%u-%u ",
                           states[pieces[0].state], n, pieces[0].first, pieces[n - 1].last);
    append_escaped(report->out, word);
    g_string_append(report->out, "\"></span>");
}

static void append_legend(const MpReport *report, const char *const legend[MP_N_PIECES])
{
    g_string_append(report->out, "<figcaption>");
    for (guint i = 0; i < MP_N_PIECES; i++) {
        append(report, "i", states[i], "");
        append(report, "span", "legend", legend[i]);
    }
    g_string_append(report->out, "</figcaption>");
}

static void strip(const MpReport *report, const MpPiece *pieces, guint n,
                  const char *const legend[MP_N_PIECES])
{
    g_string_append(report->out, "<figure><div class=\"strip\">");
    guint begin = 0;
    for (guint i = 1; i <= n; i++) {
        if (i < n && pieces[i].state == pieces[begin].state)
            continue;
        append_run(report, pieces + begin, i - begin, legend[pieces[begin].state]);
        begin = i;
    }
    g_string_append_printf(report->out,
                           "</div><div class=\"ends\"><span>%u</span><span>%u</span></div>",
                           pieces[0].first, pieces[n - 1].last);
    append_legend(report, legend);
    g_string_append(report->out, "</figure>\n");
}

const MpMedium mp_medium_page = {
    .headline = headline,
    .remark = remark,
    .heading = heading,
    .line = line,
    .table = table,
    .entry = entry,
    .strip_room = strip_room,
    .strip = strip,
};
