/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Joining shards.
 */
#include "matrix/merge.h"

#include <gio/gio.h>

#include "base/error.h"
#include "matrix/durable.h"

typedef struct {
    MpMatrixFolder *folder; /* holds its lock */
    MpJournal *journal;
    GPtrArray *cells;
} Source;

/* A joined cell and where its files are. */
typedef struct {
    const MpCellRecord *record;
    const Source *source;
} Choice;

static void free_source(Source *source)
{
    mp_journal_free(source->journal);
    mp_matrix_folder_free(source->folder);
    if (source->cells)
        g_ptr_array_unref(source->cells);
    g_free(source);
}

static Source *open_source(const char *path, GError **error)
{
    Source *source = g_new0(Source, 1);
    source->folder = mp_matrix_folder_open(path, MP_FOLDER_READ, error);
    source->journal = source->folder ? mp_journal_open(source->folder->journal, error) : NULL;
    source->cells = source->journal ? mp_journal_cells(source->journal, error) : NULL;
    if (source->cells)
        return source;
    free_source(source);
    return NULL;
}

static gboolean refuse(const Source *source, const Source *first, const char *what, GError **error)
{
    g_set_error(error, MP_ERROR, MP_ERROR_INPUT, "%s and %s %s, expected shards of one matrix",
                first->folder->path, source->folder->path, what);
    return FALSE;
}

static gboolean check_same_matrix(const Source *source, const Source *first, GError **error)
{
    const MpJournalInfo *info = mp_journal_info(source->journal);
    const MpJournalInfo *first_info = mp_journal_info(first->journal);
    if (!g_str_equal(info->text, first_info->text))
        return refuse(source, first, "are of different matrices", error);
    if (!g_str_equal(info->version, first_info->version))
        return refuse(source, first, "are of different versions of mediapath", error);
    if (source->cells->len != first->cells->len)
        return refuse(source, first, "have different cells", error);
    for (guint i = 0; i < source->cells->len; i++) {
        const MpCellRecord *cell = source->cells->pdata[i];
        const MpCellRecord *other = first->cells->pdata[i];
        if (!g_str_equal(cell->id, other->id) || !g_str_equal(cell->network, other->network))
            return refuse(source, first, "have different networks", error);
    }
    return TRUE;
}

static char *read_result(const Choice *choice)
{
    char *text = NULL;
    g_autofree char *path = mp_matrix_folder_file(choice->source->folder, choice->record->id,
                                                  "result.json");
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

/* Done is only what has its result, as when the shard itself goes on. */
static gboolean is_finished(const Choice *choice)
{
    const MpCellRecord *record = choice->record;
    g_autofree char *path = mp_matrix_folder_file(choice->source->folder, record->id,
                                                  "result.json");
    return record->is_mine &&
           (record->state == MP_CELL_FAILED ||
            (record->state == MP_CELL_DONE && g_file_test(path, G_FILE_TEST_EXISTS)));
}

/* The same attempt, copied: not two that happened to agree. */
static gboolean is_same(const Choice *one, const Choice *other)
{
    g_autofree char *one_result = read_result(one);
    g_autofree char *other_result = read_result(other);
    return one->record->state == other->record->state &&
           g_strcmp0(one->record->started, other->record->started) == 0 &&
           g_strcmp0(one_result, other_result) == 0;
}

/* Every cell from the source that has finished it. */
static gboolean choose(const GPtrArray *sources, guint index, Choice *choice, GError **error)
{
    *choice = (Choice){0};
    for (guint i = 0; i < sources->len; i++) {
        const Source *source = sources->pdata[i];
        const Choice other = {source->cells->pdata[index], source};
        if (!is_finished(&other))
            continue;
        if (choice->record && !is_same(choice, &other)) {
            g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                        "cell %s differs in %s and %s, expected each cell in one shard",
                        other.record->id, choice->source->folder->path, source->folder->path);
            return FALSE;
        }
        *choice = choice->record ? *choice : other;
    }
    return TRUE;
}

static gboolean copy_file(const Choice *choice, const MpMatrixFolder *folder, const char *name,
                          GError **error)
{
    g_autofree char *from = mp_matrix_folder_file(choice->source->folder, choice->record->id, name);
    g_autofree char *to = mp_matrix_folder_file(folder, choice->record->id, name);
    g_autofree char *part = g_strconcat(to, ".part", NULL);
    if (!g_file_test(from, G_FILE_TEST_EXISTS))
        return TRUE;
    g_autoptr(GFile) from_file = g_file_new_for_path(from);
    g_autoptr(GFile) part_file = g_file_new_for_path(part);
    g_autoptr(GError) reason = NULL;
    if (!g_file_copy(from_file, part_file, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &reason)) {
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", part, reason->message);
        return FALSE;
    }
    return mp_durable_rename(part, to, error);
}

static gboolean copy_cell(const Choice *choice, const MpMatrixFolder *folder, GError **error)
{
    static const char *const names[] = {"network.json", "result.json", "log.txt", "truth.jsonl"};
    if (!mp_matrix_folder_make_cell(folder, choice->record->id, error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (!copy_file(choice, folder, names[i], error))
            return FALSE;
    return TRUE;
}

/* What no source has finished: as it was at the start. */
static MpCellRecord *make_pending(const MpCellRecord *record)
{
    MpCellRecord *copy = mp_cell_record_new(record->id, record->index);
    copy->parameters = g_strdup(record->parameters);
    copy->expected = g_strdup(record->expected);
    copy->network = g_strdup(record->network);
    return copy;
}

static MpCellRecord *make_finished(const MpCellRecord *record)
{
    MpCellRecord *copy = make_pending(record);
    copy->state = record->state;
    copy->attempts = record->attempts;
    copy->n_spoiled = record->n_spoiled;
    copy->started = g_strdup(record->started);
    copy->finished = g_strdup(record->finished);
    copy->duration_ms = record->duration_ms;
    copy->exit = record->exit;
    copy->verdict = g_strdup(record->verdict);
    copy->findings = g_strdup(record->findings);
    copy->answer = record->answer;
    copy->is_spoiled = record->is_spoiled;
    copy->error = g_strdup(record->error);
    return copy;
}

/* The files first: what the journal calls done must be there. */
static MpJournal *join(const GPtrArray *sources, const GArray *choices,
                       const MpMatrixFolder *folder, GError **error)
{
    const Source *first = sources->pdata[0];
    g_autoptr(GPtrArray)
        cells = g_ptr_array_new_with_free_func((GDestroyNotify)mp_cell_record_free);
    for (guint i = 0; i < choices->len; i++) {
        const Choice *choice = &g_array_index(choices, Choice, i);
        if (choice->record && !copy_cell(choice, folder, error))
            return NULL;
        g_ptr_array_add(cells, choice->record ? make_finished(choice->record)
                                              : make_pending(first->cells->pdata[i]));
    }
    MpJournalInfo info = *mp_journal_info(first->journal);
    info.shard = info.n_shards = 1;
    return mp_journal_create(folder->journal, &info, cells, error);
}

static GPtrArray *open_sources(const char *const *paths, GError **error)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)free_source);
    for (; *paths; paths++) {
        Source *source = open_source(*paths, error);
        if (!source)
            return NULL;
        g_ptr_array_add(sources, source);
        if (!check_same_matrix(source, sources->pdata[0], error))
            return NULL;
    }
    return g_steal_pointer(&sources);
}

MpJournal *mp_matrix_merge(const char *const *paths, const char *path, MpMatrixFolder **folder,
                           GError **error)
{
    g_return_val_if_fail(paths && *paths && folder, NULL);
    g_autoptr(GPtrArray) sources = open_sources(paths, error);
    if (!sources)
        return NULL;
    g_autoptr(GArray) choices = g_array_new(FALSE, FALSE, sizeof(Choice));
    guint n_cells = ((const Source *)sources->pdata[0])->cells->len;
    for (guint i = 0; i < n_cells; i++) {
        Choice choice;
        if (!choose(sources, i, &choice, error))
            return NULL;
        g_array_append_val(choices, choice);
    }
    g_autoptr(MpMatrixFolder) joined = mp_matrix_folder_open(path, MP_FOLDER_NEW, error);
    MpJournal *journal = joined ? join(sources, choices, joined, error) : NULL;
    if (journal)
        *folder = g_steal_pointer(&joined);
    return journal;
}
