/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The summary for a terminal: what differs first, then a table.
 */
#include "base/i18n.h"
#include "matrix/cell_difference.h"
#include "matrix/summary.h"
#include "matrix/words.h"
#include "report/table.h"

/* Columns of counts: how many of a row's cells each is true for. */
typedef struct {
    const char *title;
    gboolean (*is_true)(const MpCellRecord *record);
} Column;

static gboolean is_any(const MpCellRecord *record)
{
    (void)record;
    return TRUE;
}

static gboolean is_as_expected(const MpCellRecord *record)
{
    return record->state == MP_CELL_DONE && record->answer == MP_ANSWER_EXPECTED;
}

static gboolean is_different(const MpCellRecord *record)
{
    return record->state == MP_CELL_DONE && record->answer == MP_ANSWER_DIFFERENT;
}

static gboolean is_failed(const MpCellRecord *record)
{
    return record->state == MP_CELL_FAILED;
}

static gboolean is_pending(const MpCellRecord *record)
{
    return record->state == MP_CELL_PENDING || record->state == MP_CELL_RUNNING;
}

static gboolean has_verdict(const MpCellRecord *record, const char *verdict)
{
    return record->state == MP_CELL_DONE && g_strcmp0(record->verdict, verdict) == 0;
}

static gboolean is_stable(const MpCellRecord *record)
{
    return has_verdict(record, "stable");
}

static gboolean is_degraded(const MpCellRecord *record)
{
    return has_verdict(record, "degraded");
}

static gboolean is_unstable(const MpCellRecord *record)
{
    return has_verdict(record, "unstable");
}

static gboolean is_unknown(const MpCellRecord *record)
{
    return has_verdict(record, "unknown");
}

static const Column columns[] = {
    {N_("cells"), is_any},           {N_("as expected"), is_as_expected},
    {N_("differ"), is_different},    {N_("not carried out"), is_failed},
    {N_("not run yet"), is_pending}, {N_("stable"), is_stable},
    {N_("degraded"), is_degraded},   {N_("unstable"), is_unstable},
    {N_("unknown"), is_unknown},
};

/* Rows are the values of the first axis that has several, or of the networks. */
static MpAxis row_axis(const MpMatrixSummary *summary)
{
    for (guint i = 0; i < MP_N_AXES; i++)
        if (summary->values[i]->len > 1)
            return (MpAxis)i;
    return MP_AXIS_NETWORK;
}

static guint count_in_row(const MpMatrixSummary *summary, MpAxis axis, const char *value,
                          const Column *column)
{
    guint count = 0;
    for (guint i = 0; i < summary->cells->len; i++) {
        const MpSummaryCell *cell = summary->cells->pdata[i];
        if (g_strcmp0(cell->values[axis], value) == 0 && column->is_true(cell->record))
            count++;
    }
    return count;
}

/* Nothing but zeros needs no column. */
static gboolean is_shown(const MpMatrixSummary *summary, const Column *column)
{
    for (guint i = 0; i < summary->cells->len; i++)
        if (column->is_true(((const MpSummaryCell *)summary->cells->pdata[i])->record))
            return TRUE;
    return FALSE;
}

static void add_row(MpTable *table, const MpMatrixSummary *summary, MpAxis axis, const char *value)
{
    mp_table_take(table, MP_STYLE_PLAIN, mp_axis_value_word(axis, value));
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (!is_shown(summary, &columns[i]))
            continue;
        guint count = count_in_row(summary, axis, value, &columns[i]);
        mp_table_take(table, MP_STYLE_PLAIN, count ? g_strdup_printf("%u", count) : g_strdup("-"));
    }
}

static MpTable *start_table(const MpMatrixSummary *summary, MpAxis axis)
{
    g_autoptr(GString) alignment = g_string_new("l");
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        if (is_shown(summary, &columns[i]))
            g_string_append_c(alignment, 'r');
    MpTable *table = mp_table_new(alignment->str);
    mp_table_add(table, MP_STYLE_PLAIN, mp_axis_title(axis));
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        if (is_shown(summary, &columns[i]))
            mp_table_add(table, MP_STYLE_PLAIN, _(columns[i].title));
    return table;
}

static void append_table(GString *text, const MpMatrixSummary *summary)
{
    MpAxis axis = row_axis(summary);
    const GPtrArray *values = summary->values[axis];
    g_autoptr(MpTable) table = start_table(summary, axis);
    for (guint i = 0; i < values->len; i++)
        add_row(table, summary, axis, values->pdata[i]);
    mp_table_print(table, text, 0, G_MAXUINT, FALSE);
}

static void append_problems(GString *text, const MpMatrixSummary *summary, gboolean use_color)
{
    for (guint i = 0; i < summary->cells->len; i++) {
        const MpCellRecord *record = ((const MpSummaryCell *)summary->cells->pdata[i])->record;
        if (!is_different(record) && !is_failed(record))
            continue;
        g_autofree char *trouble = mp_cell_trouble(record);
        const char *word = is_failed(record) ? _("not carried out") : _("differs");
        g_string_append_printf(text, "%s%s%s  %s: %s%s\n", use_color ? "\033[31m" : "", word,
                               use_color ? "\033[0m" : "", record->id, trouble,
                               record->is_spoiled ? _(" (this machine was too busy)") : "");
    }
    if (text->len > 0)
        g_string_append_c(text, '\n');
}

char *mp_matrix_summary_text(const MpMatrixSummary *summary, gboolean use_color)
{
    GString *text = g_string_new(NULL);
    append_problems(text, summary, use_color);
    append_table(text, summary);
    g_autofree char *sentence = mp_counts_sentence(&summary->counts);
    g_string_append_printf(text, "\n%s\n", sentence);
    return g_string_free(text, FALSE);
}
