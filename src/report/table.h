/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of text for a terminal: columns as wide as their widest cell.
 */
#pragma once

#include "report/layout.h"

typedef struct _MpTable MpTable;

/* One character a column: 'l' is left, 'r' right aligned. */
MpTable *mp_table_new(const char *alignment);
void mp_table_free(MpTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MpTable, mp_table_free)

/* Cells fill rows from left to right. mp_table_add() copies, mp_table_take() owns the text; NULL
 * is an empty cell. */
void mp_table_add(MpTable *table, MpStyle style, const char *text);
void mp_table_take(MpTable *table, MpStyle style, char *text);

/* Columns that a row takes without indent. */
guint mp_table_width(const MpTable *table);
/* Text of the last column that does not fit into `columns` goes on below its beginning. */
void mp_table_print(const MpTable *table, GString *out, guint indent, guint columns,
                    gboolean use_color);

/* For another medium than a terminal. */
guint mp_table_n_columns(const MpTable *table);
guint mp_table_n_rows(const MpTable *table);
gboolean mp_table_is_right(const MpTable *table, guint column);
/* Lent. */
const char *mp_table_cell(const MpTable *table, guint row, guint column, MpStyle *style);
