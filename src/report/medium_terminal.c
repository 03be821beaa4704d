/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A report in the columns of a terminal.
 */
#include "report/medium.h"

#include "base/i18n.h"

#define INDENT 2
#define MOST_PIECES 64

static void headline(const MpReport *report, MpStyle style, const char *word, const char *sentence)
{
    mp_layout_style(report->out, style, word, report->use_color);
    g_string_append(report->out, "  ");
    mp_layout_wrap(report->out, sentence, mp_layout_width(word) + 2, report->columns);
}

static void remark(const MpReport *report, const char *text)
{
    mp_layout_wrap(report->out, text, 0, report->columns);
}

static void heading(const MpReport *report, const char *text)
{
    g_string_append_c(report->out, '\n');
    if (!text)
        return;
    mp_layout_style(report->out, MP_STYLE_BOLD, text, report->use_color);
    g_string_append_c(report->out, '\n');
}

static void line(const MpReport *report, const char *text)
{
    mp_layout_fill(report->out, 0, INDENT);
    mp_layout_wrap(report->out, text, INDENT, report->columns);
}

static void table(const MpReport *report, const MpTable *content)
{
    mp_table_print(content, report->out, INDENT, report->columns, report->use_color);
}

/* The widest label, so that all texts begin in one column. */
static guint label_column(const char *const *labels)
{
    guint width = 0;
    for (; *labels; labels++)
        width = MAX(width, mp_layout_width(_(*labels)));
    return 2 * INDENT + width + 2;
}

static void print_labelled(const MpReport *report, const MpLabelled *row, guint column)
{
    if (!row->text || !*row->text)
        return;
    mp_layout_fill(report->out, 0, 2 * INDENT);
    mp_layout_style(report->out, MP_STYLE_DIM, row->label, report->use_color);
    mp_layout_fill(report->out, 2 * INDENT + mp_layout_width(row->label), column);
    mp_layout_wrap(report->out, row->text, column, report->columns);
}

static void entry(const MpReport *report, const MpEntry *content, gboolean is_first)
{
    if (!is_first)
        g_string_append_c(report->out, '\n');
    mp_layout_fill(report->out, 0, INDENT);
    mp_layout_style(report->out, content->style, content->word, report->use_color);
    g_string_append(report->out, "  ");
    mp_layout_style(report->out, MP_STYLE_BOLD, content->title, report->use_color);
    g_string_append_c(report->out, '\n');
    const guint column = label_column(content->labels);
    for (guint i = 0; i < content->n_rows; i++)
        print_labelled(report, &content->rows[i], column);
}

static char *first_text(guint first)
{
    return g_strdup_printf("%u ", first);
}

static char *last_text(guint last)
{
    return g_strdup_printf(" %u", last);
}

static guint strip_room(const MpReport *report, guint first, guint last)
{
    g_autofree char *before = first_text(first);
    g_autofree char *after = last_text(last);
    const guint room = report->columns - INDENT - mp_layout_width(before) - mp_layout_width(after);
    return MIN(room, MOST_PIECES);
}

static const struct {
    const char *block;
    MpStyle style;
} looks[MP_N_PIECES] = {
    [MP_PIECE_OPEN] = {"█", MP_STYLE_GOOD},
    [MP_PIECE_CLOSED] = {"░", MP_STYLE_BAD},
    [MP_PIECE_MIXED] = {"▒", MP_STYLE_WARNING},
    [MP_PIECE_UNKNOWN] = {"·", MP_STYLE_DIM},
};

static void strip(const MpReport *report, const MpPiece *pieces, guint n,
                  const char *const legend[MP_N_PIECES])
{
    g_autofree char *before = first_text(pieces[0].first);
    g_autofree char *after = last_text(pieces[n - 1].last);
    mp_layout_fill(report->out, 0, INDENT);
    g_string_append(report->out, before);
    for (guint i = 0; i < n; i++)
        mp_layout_style(report->out, looks[pieces[i].state].style, looks[pieces[i].state].block,
                        report->use_color);
    g_string_append_printf(report->out, "%s\n", after);
    g_autoptr(GString) words = g_string_new(NULL);
    for (guint i = 0; i < MP_N_PIECES; i++)
        g_string_append_printf(words, "%s%s %s", i ? "  " : "", looks[i].block, legend[i]);
    line(report, words->str);
}

const MpMedium mp_medium_terminal = {
    .headline = headline,
    .remark = remark,
    .heading = heading,
    .line = line,
    .table = table,
    .entry = entry,
    .strip_room = strip_room,
    .strip = strip,
};
