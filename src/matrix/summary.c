/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The journal's cells, counted and sorted by the values of their axes.
 */
#include "matrix/summary.h"

#include <string.h>

static void free_cell(MpSummaryCell *cell)
{
    for (guint i = 0; i < MP_N_AXES; i++)
        g_free(cell->values[i]);
    g_free(cell);
}

static MpSummaryCell *read_cell(MpCellRecord *record)
{
    MpSummaryCell *cell = g_new0(MpSummaryCell, 1);
    cell->record = record;
    cell->run = 1;
    g_autoptr(JsonParser) parser = json_parser_new();
    if (!json_parser_load_from_data(parser, record->parameters, -1, NULL))
        return cell;
    JsonObject *object = json_node_get_object(json_parser_get_root(parser));
    cell->run = (guint)json_object_get_int_member_with_default(object, "run", 1);
    for (guint i = 0; i < MP_N_AXES; i++)
        cell->values[i] = g_strdup(
            json_object_get_string_member_with_default(object, mp_axis_name((MpAxis)i), NULL));
    return cell;
}

static void note_values(MpMatrixSummary *summary, const MpSummaryCell *cell)
{
    for (guint i = 0; i < MP_N_AXES; i++)
        if (cell->values[i] && !g_ptr_array_find_with_equal_func(
                                   summary->values[i], cell->values[i], g_str_equal, NULL))
            g_ptr_array_add(summary->values[i], cell->values[i]);
}

void mp_matrix_summary_count(MpSummaryCounts *counts, const MpCellRecord *record)
{
    counts->cells++;
    counts->done += record->state == MP_CELL_DONE;
    counts->failed += record->state == MP_CELL_FAILED;
    counts->pending += record->state == MP_CELL_PENDING || record->state == MP_CELL_RUNNING;
    if (record->state != MP_CELL_DONE)
        return;
    counts->as_expected += record->answer == MP_ANSWER_EXPECTED;
    counts->different += record->answer == MP_ANSWER_DIFFERENT;
    counts->recorded += record->answer == MP_ANSWER_RECORDED;
    counts->spoiled += record->is_spoiled;
}

MpMatrixSummary *mp_matrix_summary_read(MpJournal *journal, GError **error)
{
    g_autoptr(GPtrArray) records = mp_journal_cells(journal, error);
    if (!records)
        return NULL;
    const MpJournalInfo *info = mp_journal_info(journal);
    MpMatrixSummary *summary = g_new0(MpMatrixSummary, 1);
    summary->name = g_strdup(info->name);
    summary->version = g_strdup(info->version);
    summary->shard = info->shard;
    summary->n_shards = info->n_shards;
    summary->records = g_steal_pointer(&records);
    summary->cells = g_ptr_array_new_with_free_func((GDestroyNotify)free_cell);
    for (guint i = 0; i < MP_N_AXES; i++)
        summary->values[i] = g_ptr_array_new();
    for (guint i = 0; i < summary->records->len; i++) {
        MpCellRecord *record = summary->records->pdata[i];
        if (!record->is_mine)
            continue;
        MpSummaryCell *cell = read_cell(record);
        g_ptr_array_add(summary->cells, cell);
        note_values(summary, cell);
        mp_matrix_summary_count(&summary->counts, record);
    }
    return summary;
}

void mp_matrix_summary_free(MpMatrixSummary *summary)
{
    if (!summary)
        return;
    for (guint i = 0; i < MP_N_AXES; i++)
        g_ptr_array_unref(summary->values[i]);
    g_ptr_array_unref(summary->cells);
    g_ptr_array_unref(summary->records);
    g_free(summary->name);
    g_free(summary->version);
    g_free(summary);
}

int mp_matrix_summary_exit_code(const MpMatrixSummary *summary)
{
    if (summary->counts.failed > 0 || summary->counts.pending > 0)
        return 3;
    return summary->counts.different > 0 ? 1 : 0;
}

/* How many leading names of two absolute paths are the same. */
static guint count_shared(char **one, char **other)
{
    guint n_shared = 0;
    while (one[n_shared] && other[n_shared] && g_str_equal(one[n_shared], other[n_shared]))
        n_shared++;
    return n_shared;
}

char *mp_matrix_relative_root(const char *file, const char *folder)
{
    g_autofree char *path = g_canonicalize_filename(file, NULL);
    g_autofree char *from = g_path_get_dirname(path);
    g_autofree char *to = g_canonicalize_filename(folder, NULL);
    g_auto(GStrv) from_names = g_strsplit(from, "/", -1);
    g_auto(GStrv) to_names = g_strsplit(to, "/", -1);
    guint n_shared = count_shared(from_names, to_names);
    GString *root = g_string_new(NULL);
    for (char **name = from_names + n_shared; *name; name++)
        if (**name)
            g_string_append(root, "../");
    for (char **name = to_names + n_shared; *name; name++) {
        g_autofree char *escaped = g_uri_escape_string(*name, NULL, FALSE);
        g_string_append_printf(root, "%s/", escaped);
    }
    return g_string_free(root, FALSE);
}
