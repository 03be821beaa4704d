/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a matrix is made of, and whether the one in a folder is still the same.
 */
#include "matrix/work.h"

#include <string.h>

#include "base/error.h"
#include "config.h"
#include "input/matrix_reader.h"
#include "input/nearest.h"
#include "matrix/cell_network.h"
#include "matrix/cell_result.h"
#include "report/messages.h"

void mp_matrix_work_free(MpMatrixWork *work)
{
    if (!work)
        return;
    mp_matrix_free(work->matrix);
    g_free(work->text);
    if (work->cells)
        g_ptr_array_unref(work->cells);
    g_ptr_array_unref(work->networks);
    g_ptr_array_unref(work->records);
    g_free(work);
}

/* {"networks": "clean", "loss": "2", "run": 1} */
static char *describe_parameters(const MpMatrixCell *cell, guint repeats)
{
    JsonObject *object = json_object_new();
    for (guint i = 0; i < MP_N_AXES; i++)
        if (cell->point->values[i])
            json_object_set_string_member(object, mp_axis_name((MpAxis)i),
                                          cell->point->values[i]->text);
    if (repeats > 1)
        json_object_set_int_member(object, "run", cell->run);
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    return json_to_string(node, FALSE);
}

static const MpMatrixExpectation *expectation_of(const MpMatrixWork *work, const MpMatrixCell *cell,
                                                 const MpCellNetwork *network)
{
    if (network->expectation && mp_matrix_keeps_network(work->matrix, cell->point))
        return network->expectation;
    return mp_matrix_expectation_for(work->matrix, cell->point);
}

static gboolean check_finding(const char *id, GError **error)
{
    if (mp_message_find(id))
        return TRUE;
    gsize n_known = 0;
    const MpMessage *known = mp_message_all(&n_known);
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    for (gsize i = 0; i < n_known; i++)
        g_ptr_array_add(ids, (gpointer)known[i].id);
    g_autofree char *hint = mp_nearest_hint(id, ids);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "\"%s\" was found among its expected findings, which no check reports%s", id, hint);
    return FALSE;
}

/* A finding that does not exist would differ in every run. */
static gboolean check_expectation(const MpMatrixExpectation *expectation, GError **error)
{
    char **id = expectation ? expectation->findings : NULL;
    for (; id && *id; id++)
        if (!check_finding(*id, error))
            return FALSE;
    return TRUE;
}

static gboolean make_out(MpMatrixWork *work, const MpMatrixCell *cell, const char *path,
                         GError **error)
{
    g_autoptr(MpCellNetwork) network = mp_cell_network_make(cell->point, error);
    const MpMatrixExpectation *expectation = network ? expectation_of(work, cell, network) : NULL;
    if (!network || !check_expectation(expectation, error)) {
        g_prefix_error(error, "%s: cell %s: ", path, cell->id);
        return FALSE;
    }
    MpCellRecord *record = mp_cell_record_new(cell->id, cell->index);
    record->parameters = describe_parameters(cell, work->matrix->repeats);
    record->expected = mp_cell_expectation_to_json(expectation);
    record->network = g_compute_checksum_for_string(G_CHECKSUM_SHA256, network->text, -1);
    g_ptr_array_add(work->records, record);
    g_ptr_array_add(work->networks, g_steal_pointer(&network->text));
    return TRUE;
}

MpMatrixWork *mp_matrix_work_load(const char *path, GError **error)
{
    g_autoptr(MpMatrixWork) work = g_new0(MpMatrixWork, 1);
    work->networks = g_ptr_array_new_with_free_func(g_free);
    work->records = g_ptr_array_new_with_free_func((GDestroyNotify)mp_cell_record_free);
    work->matrix = mp_matrix_load(path, &work->text, error);
    if (!work->matrix)
        return NULL;
    work->cells = mp_matrix_cells(work->matrix);
    if (work->cells->len == 0) {
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s: every cell is excluded, expected some",
                    path);
        return NULL;
    }
    for (guint i = 0; i < work->cells->len; i++)
        if (!make_out(work, work->cells->pdata[i], path, error))
            return NULL;
    return g_steal_pointer(&work);
}

void mp_matrix_work_take_shard(MpMatrixWork *work, guint shard, guint n_shards)
{
    for (guint i = 0; i < work->cells->len; i++) {
        MpCellRecord *record = work->records->pdata[i];
        record->is_mine = mp_matrix_is_in_shard(work->cells->pdata[i], shard, n_shards);
    }
}

/* "line 7 was "loss: [0]" and is "loss: [1]"". */
static char *first_difference(const char *before, const char *now)
{
    g_auto(GStrv) old_lines = g_strsplit(before, "\n", -1);
    g_auto(GStrv) new_lines = g_strsplit(now, "\n", -1);
    guint i = 0;
    while (old_lines[i] && new_lines[i] && g_str_equal(old_lines[i], new_lines[i]))
        i++;
    return g_strdup_printf("line %u was \"%s\" and is \"%s\"", i + 1,
                           old_lines[i] ? g_strstrip(old_lines[i]) : "",
                           new_lines[i] ? g_strstrip(new_lines[i]) : "");
}

G_GNUC_PRINTF(3, 4)
static gboolean refuse(const MpMatrixFolder *folder, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                "%s cannot be resumed: %s; expected the matrix it was started with, or another "
                "--out",
                folder->path, reason);
    return FALSE;
}

static gboolean check_same(const MpMatrixWork *work, const MpMatrixFolder *folder,
                           const MpJournalInfo *info, const GPtrArray *cells, GError **error)
{
    if (!g_str_equal(info->text, work->text)) {
        g_autofree char *difference = first_difference(info->text, work->text);
        return refuse(folder, error, "the matrix has changed, %s", difference);
    }
    if (!g_str_equal(info->version, MP_VERSION))
        return refuse(folder, error, "it was started with mediapath %s, this is %s", info->version,
                      MP_VERSION);
    for (guint i = 0; i < cells->len; i++) {
        const MpCellRecord *before = cells->pdata[i];
        const MpCellRecord *now = i < work->records->len ? work->records->pdata[i] : NULL;
        if (!now || !g_str_equal(before->id, now->id))
            return refuse(folder, error, "cell %u was %s and is %s", i + 1, before->id,
                          now ? now->id : "none");
        if (!g_str_equal(before->network, now->network) ||
            g_strcmp0(before->expected, now->expected) != 0)
            return refuse(folder, error, "the network of cell %s has changed", now->id);
    }
    if (cells->len < work->records->len)
        return refuse(folder, error, "it has %u cells, now there are %u", cells->len,
                      work->records->len);
    return TRUE;
}

/* What a finished cell leaves at the least. */
static const char *const leavings[MP_N_CELL_STATES] = {
    [MP_CELL_DONE] = "result.json",
    [MP_CELL_FAILED] = "log.txt",
};

/* Somebody may have removed a cell's files to have it again. */
static gboolean forget_lost(MpJournal *journal, const MpMatrixFolder *folder,
                            const GPtrArray *cells, GError **error)
{
    for (guint i = 0; i < cells->len; i++) {
        const MpCellRecord *record = cells->pdata[i];
        const char *file = leavings[record->state];
        g_autofree char *path = file ? mp_matrix_folder_file(folder, record->id, file) : NULL;
        if (record->is_mine && path && !g_file_test(path, G_FILE_TEST_EXISTS) &&
            !mp_journal_forget(journal, record->id, error))
            return FALSE;
    }
    return TRUE;
}

static MpJournal *take_up(const MpMatrixWork *work, const MpMatrixFolder *folder, guint shard,
                          guint n_shards, GError **error)
{
    g_autoptr(MpJournal) journal = mp_journal_open(folder->journal, error);
    g_autoptr(GPtrArray) cells = journal ? mp_journal_cells(journal, error) : NULL;
    if (!cells)
        return NULL;
    const MpJournalInfo *info = mp_journal_info(journal);
    if (!check_same(work, folder, info, cells, error))
        return NULL;
    if (info->shard != shard || info->n_shards != n_shards) {
        refuse(folder, error, "it was shard %u/%u, this is %u/%u", info->shard, info->n_shards,
               shard, n_shards);
        return NULL;
    }
    return mp_journal_recover(journal, error) && forget_lost(journal, folder, cells, error)
               ? g_steal_pointer(&journal)
               : NULL;
}

MpJournal *mp_matrix_work_journal(const MpMatrixWork *work, const MpMatrixFolder *folder,
                                  guint shard, guint n_shards, GError **error)
{
    if (mp_matrix_folder_has_journal(folder))
        return take_up(work, folder, shard, n_shards, error);
    MpJournalInfo info = {.name = work->matrix->name,
                          .text = work->text,
                          .version = (char *)MP_VERSION,
                          .shard = shard,
                          .n_shards = n_shards};
    return mp_journal_create(folder->journal, &info, work->records, error);
}
