/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of text for a terminal.
 */
#include "report/table.h"

#include <string.h>

#define GAP 2
/* A narrower column is not worth breaking text for. */
#define LEAST_WIDTH 16

typedef struct {
    char *text;
    MpStyle style;
} Cell;

struct _MpTable {
    char *alignment;
    guint n_columns;
    GArray *cells; /* Cell, row after row */
};

static void clear_cell(gpointer data)
{
    g_free(((Cell *)data)->text);
}

MpTable *mp_table_new(const char *alignment)
{
    MpTable *table = g_new0(MpTable, 1);
    table->alignment = g_strdup(alignment);
    table->n_columns = (guint)strlen(alignment);
    table->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
    g_array_set_clear_func(table->cells, clear_cell);
    return table;
}

void mp_table_free(MpTable *table)
{
    if (!table)
        return;
    g_array_unref(table->cells);
    g_free(table->alignment);
    g_free(table);
}

void mp_table_take(MpTable *table, MpStyle style, char *text)
{
    Cell cell = {.text = text ? text : g_strdup(""), .style = style};
    g_array_append_val(table->cells, cell);
}

void mp_table_add(MpTable *table, MpStyle style, const char *text)
{
    mp_table_take(table, style, g_strdup(text));
}

static guint column_width(const MpTable *table, guint column)
{
    guint width = 0;
    for (guint i = column; i < table->cells->len; i += table->n_columns)
        width = MAX(width, mp_layout_width(g_array_index(table->cells, Cell, i).text));
    return width;
}

guint mp_table_width(const MpTable *table)
{
    guint width = (table->n_columns - 1) * GAP;
    for (guint column = 0; column < table->n_columns; column++)
        width += column_width(table, column);
    return width;
}

/* Columns before the last cell of a row. */
static guint last_column_start(const MpTable *table, guint indent)
{
    return indent + mp_table_width(table) - column_width(table, table->n_columns - 1);
}

static void print_cell(const MpTable *table, GString *out, const Cell *cell, guint column,
                       gboolean use_color)
{
    gboolean is_right = table->alignment[column] == 'r';
    guint used = mp_layout_width(cell->text);
    guint width = column_width(table, column);
    if (is_right)
        mp_layout_fill(out, used, width);
    mp_layout_style(out, cell->style, cell->text, use_color);
    if (!is_right)
        mp_layout_fill(out, used, width);
    mp_layout_fill(out, 0, GAP);
}

/* Empty cells at the end of a line would leave spaces behind. */
static void trim(GString *out)
{
    while (out->len && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
}

static void print_last_cell(const MpTable *table, GString *out, const Cell *cell, guint start,
                            guint columns, gboolean use_color)
{
    gboolean fits = start + mp_layout_width(cell->text) <= columns;
    if (!fits && columns >= start + LEAST_WIDTH) {
        mp_layout_wrap(out, cell->text, start, columns);
        return;
    }
    print_cell(table, out, cell, table->n_columns - 1, use_color);
    trim(out);
    g_string_append_c(out, '\n');
}

void mp_table_print(const MpTable *table, GString *out, guint indent, guint columns,
                    gboolean use_color)
{
    guint start = last_column_start(table, indent);
    for (guint i = 0; i < table->cells->len; i++) {
        const Cell *cell = &g_array_index(table->cells, Cell, i);
        guint column = i % table->n_columns;
        if (column == 0)
            mp_layout_fill(out, 0, indent);
        if (column + 1 < table->n_columns)
            print_cell(table, out, cell, column, use_color);
        else
            print_last_cell(table, out, cell, start, columns, use_color);
    }
}

guint mp_table_n_columns(const MpTable *table)
{
    return table->n_columns;
}

guint mp_table_n_rows(const MpTable *table)
{
    return table->cells->len / table->n_columns;
}

gboolean mp_table_is_right(const MpTable *table, guint column)
{
    return table->alignment[column] == 'r';
}

const char *mp_table_cell(const MpTable *table, guint row, guint column, MpStyle *style)
{
    const Cell *cell = &g_array_index(table->cells, Cell, row * table->n_columns + column);
    *style = cell->style;
    return cell->text;
}
