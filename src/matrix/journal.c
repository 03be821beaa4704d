/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The journal of a matrix.
 */
#include "matrix/journal.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "matrix/database.h"
#include "matrix/durable.h"

/* Of the file's form. */
#define FORM "mediapath-journal/1"

/* The write-ahead log keeps what is written whole also when the machine stops in the middle. */
static const char tables[] =
    "CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE cells(id TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE,"
    " parameters TEXT NOT NULL, expected TEXT, network TEXT NOT NULL, mine INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK(state IN ('pending','running','done','failed')),"
    " attempts INTEGER NOT NULL DEFAULT 0, spoiled_attempts INTEGER NOT NULL DEFAULT 0,"
    " started TEXT, finished TEXT, duration_ms REAL NOT NULL DEFAULT 0,"
    " exit INTEGER NOT NULL DEFAULT -1, verdict TEXT, findings TEXT,"
    " answer INTEGER NOT NULL DEFAULT 0, spoiled INTEGER NOT NULL DEFAULT 0, error TEXT);"
    "CREATE TABLE attempts(cell TEXT NOT NULL REFERENCES cells(id), number INTEGER NOT NULL,"
    " started TEXT NOT NULL, finished TEXT, outcome TEXT, note TEXT, PRIMARY KEY(cell, number));";

struct _MpJournal {
    sqlite3 *database;
    MpJournalInfo info;
};

void mp_journal_free(MpJournal *journal)
{
    if (!journal)
        return;
    sqlite3_close(journal->database);
    g_free(journal->info.name);
    g_free(journal->info.text);
    g_free(journal->info.version);
    g_free(journal);
}

/* Opening. */

static char *read_about(sqlite3 *database, const char *name)
{
    sqlite3_stmt *statement = mp_database_query(database, "SELECT value FROM about WHERE name = ?",
                                                NULL);
    char *value = NULL;
    if (!statement)
        return NULL;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = g_strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return value;
}

static guint read_about_number(sqlite3 *database, const char *name)
{
    g_autofree char *text = read_about(database, name);
    return text ? (guint)strtoul(text, NULL, 10) : 0;
}

static MpJournalInfo read_info(sqlite3 *database)
{
    return (MpJournalInfo){
        .name = read_about(database, "name"),
        .text = read_about(database, "matrix"),
        .version = read_about(database, "version"),
        .shard = read_about_number(database, "shard"),
        .n_shards = read_about_number(database, "shards"),
    };
}

static gboolean check_form(sqlite3 *database, const char *path, GError **error)
{
    static const char *const needed[] = {"name", "matrix", "version"};
    g_autofree char *form = read_about(database, "form");
    gboolean is_whole = g_strcmp0(form, FORM) == 0;
    for (guint i = 0; is_whole && i < G_N_ELEMENTS(needed); i++) {
        g_autofree char *value = read_about(database, needed[i]);
        is_whole = value != NULL;
    }
    if (!is_whole)
        g_set_error(error, MP_ERROR, MP_ERROR_INPUT,
                    "%s: %s was found, expected a whole journal \"%s\"", path,
                    form ? form : "something else", FORM);
    return is_whole;
}

MpJournal *mp_journal_open(const char *path, GError **error)
{
    sqlite3 *database = mp_database_open(path, SQLITE_OPEN_READWRITE, error);
    if (!database || !check_form(database, path, error)) {
        sqlite3_close(database);
        return NULL;
    }
    MpJournal *journal = g_new0(MpJournal, 1);
    journal->database = database;
    journal->info = read_info(database);
    return journal;
}

static gboolean write_about(sqlite3 *database, const MpJournalInfo *info, GError **error)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, info->text, -1);
    g_autofree char *shard = g_strdup_printf("%u", info->shard);
    g_autofree char *n_shards = g_strdup_printf("%u", info->n_shards);
    g_autofree char *created = mp_clock_rfc3339();
    const char *const rows[][2] = {
        {"form", FORM},          {"name", info->name},       {"matrix", info->text},
        {"matrix_sha256", hash}, {"version", info->version}, {"sqlite", sqlite3_libversion()},
        {"shard", shard},        {"shards", n_shards},       {"created", created},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (!mp_database_run(database, "INSERT INTO about VALUES(?, ?)", rows[i], 2, error))
            return FALSE;
    return TRUE;
}

static gboolean insert_cell(sqlite3 *database, const MpCellRecord *record, GError **error)
{
    static const char sql[] =
        "INSERT INTO cells VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?)";
    g_autofree char *index = g_strdup_printf("%u", record->index);
    g_autofree char *attempts = g_strdup_printf("%u", record->attempts);
    g_autofree char *n_spoiled = g_strdup_printf("%u", record->n_spoiled);
    g_autofree char *code = g_strdup_printf("%d", record->exit);
    g_autofree char *answer = g_strdup_printf("%d", record->answer);
    char duration[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(duration, sizeof duration, "%.3f", record->duration_ms);
    const char *const values[] = {record->id,
                                  index,
                                  record->parameters,
                                  record->expected,
                                  record->network,
                                  record->is_mine ? "1" : "0",
                                  mp_cell_state_name(record->state),
                                  attempts,
                                  n_spoiled,
                                  record->started,
                                  record->finished,
                                  duration,
                                  code,
                                  record->verdict,
                                  record->findings,
                                  answer,
                                  record->is_spoiled ? "1" : "0",
                                  record->error};
    return mp_database_run(database, sql, values, G_N_ELEMENTS(values), error);
}

static gboolean fill(sqlite3 *database, const MpJournalInfo *info, const GPtrArray *cells,
                     GError **error)
{
    if (!mp_database_script(database, tables, error) || !write_about(database, info, error))
        return FALSE;
    for (guint i = 0; i < cells->len; i++)
        if (!insert_cell(database, cells->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* A log without its file would be taken for the new file's. */
static void remove_remains(const char *path)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *remains = g_strconcat(path, ends[i], NULL);
        (void)g_unlink(remains);
    }
}

/* In a file of its own until it is complete, and without a write-ahead log until then: all of it
 * has to be in the file that gets the name. */
MpJournal *mp_journal_create(const char *path, const MpJournalInfo *info, const GPtrArray *cells,
                             GError **error)
{
    g_autofree char *new_path = g_strconcat(path, ".new", NULL);
    remove_remains(new_path);
    remove_remains(path);
    sqlite3 *database = mp_database_open(new_path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                         error);
    gboolean is_made = database && mp_database_begin(database, error) &&
                       mp_database_end(database, fill(database, info, cells, error), error) &&
                       mp_database_script(database, "PRAGMA journal_mode=WAL", error);
    sqlite3_close(database);
    return is_made && mp_durable_rename(new_path, path, error) ? mp_journal_open(path, error)
                                                               : NULL;
}

const MpJournalInfo *mp_journal_info(const MpJournal *journal)
{
    return &journal->info;
}

/* Reading. */

static char *column_text(sqlite3_stmt *row, int column)
{
    return g_strdup((const char *)sqlite3_column_text(row, column));
}

static MpCellState state_of(const char *name)
{
    guint i = 0;
    while (i + 1 < MP_N_CELL_STATES && g_strcmp0(mp_cell_state_name((MpCellState)i), name) != 0)
        i++;
    return (MpCellState)i;
}

static MpCellRecord *read_record(sqlite3_stmt *row)
{
    g_autofree char *id = column_text(row, 0);
    g_autofree char *state = column_text(row, 6);
    MpCellRecord *record = mp_cell_record_new(id, (guint)sqlite3_column_int(row, 1));
    record->parameters = column_text(row, 2);
    record->expected = column_text(row, 3);
    record->network = column_text(row, 4);
    record->is_mine = sqlite3_column_int(row, 5) != 0;
    record->state = state_of(state);
    record->attempts = (guint)sqlite3_column_int(row, 7);
    record->n_spoiled = (guint)sqlite3_column_int(row, 8);
    record->started = column_text(row, 9);
    record->finished = column_text(row, 10);
    record->duration_ms = sqlite3_column_double(row, 11);
    record->exit = sqlite3_column_int(row, 12);
    record->verdict = column_text(row, 13);
    record->findings = column_text(row, 14);
    record->answer = (MpCellAnswer)sqlite3_column_int(row, 15);
    record->is_spoiled = sqlite3_column_int(row, 16) != 0;
    record->error = column_text(row, 17);
    return record;
}

GPtrArray *mp_journal_cells(MpJournal *journal, GError **error)
{
    sqlite3_stmt *statement = mp_database_query(journal->database,
                                                "SELECT * FROM cells ORDER BY position", error);
    if (!statement)
        return NULL;
    g_autoptr(GPtrArray)
        cells = g_ptr_array_new_with_free_func((GDestroyNotify)mp_cell_record_free);
    while (sqlite3_step(statement) == SQLITE_ROW)
        g_ptr_array_add(cells, read_record(statement));
    return mp_database_query_end(statement, error) ? g_steal_pointer(&cells) : NULL;
}

/* Changing. */

static gboolean begin_attempt(sqlite3 *database, const char *id, GError **error)
{
    g_autofree char *now = mp_clock_rfc3339();
    const char *const of_cell[] = {now, id};
    const char *const of_attempt[] = {now, id};
    return mp_database_change(database,
                              "UPDATE cells SET state='running', attempts=attempts+1, started=?,"
                              " finished=NULL WHERE id=? AND mine AND state='pending'",
                              of_cell, G_N_ELEMENTS(of_cell), error) &&
           mp_database_change(database,
                              "INSERT INTO attempts(cell, number, started)"
                              " SELECT id, attempts, ? FROM cells WHERE id=?",
                              of_attempt, G_N_ELEMENTS(of_attempt), error);
}

static gboolean end_attempt(sqlite3 *database, const char *id, const char *now, const char *outcome,
                            const char *note, GError **error)
{
    const char *const values[] = {now, outcome, note, id};
    return mp_database_change(
        database,
        "UPDATE attempts SET finished=?1, outcome=?2, note=?3 WHERE cell=?4 AND"
        " number=(SELECT attempts FROM cells WHERE id=?4)",
        values, G_N_ELEMENTS(values), error);
}

gboolean mp_journal_start(MpJournal *journal, const char *id, GError **error)
{
    sqlite3 *database = journal->database;
    return mp_database_begin(database, error) &&
           mp_database_end(database, begin_attempt(database, id, error), error);
}

static gboolean write_outcome(sqlite3 *database, const MpCellRecord *record, GError **error)
{
    g_autofree char *now = mp_clock_rfc3339();
    g_autofree char *code = g_strdup_printf("%d", record->exit);
    g_autofree char *answer = g_strdup_printf("%d", record->answer);
    char duration[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(duration, sizeof duration, "%.3f", record->duration_ms);
    const char *state = mp_cell_state_name(record->state);
    const char *spoiled = record->is_spoiled ? "1" : "0";
    const char *const values[] = {
        state,  now,     duration, code,          record->verdict, record->findings,
        answer, spoiled, spoiled,  record->error, record->id};
    return mp_database_change(database,
                              "UPDATE cells SET state=?, finished=?, duration_ms=?, exit=?,"
                              " verdict=?, findings=?, answer=?, spoiled=?,"
                              " spoiled_attempts=spoiled_attempts+?, error=?"
                              " WHERE id=? AND state='running'",
                              values, G_N_ELEMENTS(values), error) &&
           end_attempt(database, record->id, now, state, record->error, error);
}

gboolean mp_journal_finish(MpJournal *journal, const MpCellRecord *record, GError **error)
{
    g_return_val_if_fail(record->state == MP_CELL_DONE || record->state == MP_CELL_FAILED, FALSE);
    sqlite3 *database = journal->database;
    return mp_database_begin(database, error) &&
           mp_database_end(database, write_outcome(database, record, error), error);
}

static gboolean write_put_back(sqlite3 *database, const char *id, gboolean is_spoiled,
                               const char *why, GError **error)
{
    g_autofree char *now = mp_clock_rfc3339();
    const char *const values[] = {is_spoiled ? "1" : "0", id};
    return mp_database_change(database,
                              "UPDATE cells SET state='pending',"
                              " spoiled_attempts=spoiled_attempts+?"
                              " WHERE id=? AND state='running'",
                              values, G_N_ELEMENTS(values), error) &&
           end_attempt(database, id, now, is_spoiled ? "spoiled" : "interrupted", why, error);
}

gboolean mp_journal_put_back(MpJournal *journal, const char *id, gboolean is_spoiled,
                             const char *why, GError **error)
{
    sqlite3 *database = journal->database;
    return mp_database_begin(database, error) &&
           mp_database_end(database, write_put_back(database, id, is_spoiled, why, error), error);
}

gboolean mp_journal_forget(MpJournal *journal, const char *id, GError **error)
{
    return mp_database_change(journal->database,
                              "UPDATE cells SET state='pending', finished=NULL, verdict=NULL,"
                              " findings=NULL, answer=0, spoiled=0, error=NULL, exit=-1"
                              " WHERE id=? AND state IN ('done','failed')",
                              &id, 1, error);
}

gboolean mp_journal_recover(MpJournal *journal, GError **error)
{
    return mp_database_begin(journal->database, error) &&
           mp_database_end(
               journal->database,
               mp_database_script(journal->database,
                                  "UPDATE attempts SET outcome='lost' WHERE outcome IS NULL;"
                                  "UPDATE cells SET state='pending' WHERE state='running'",
                                  error),
               error);
}
