/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SQLite with our errors.
 */
#include "matrix/database.h"

#include "base/error.h"

/* A reader that looks at the journal meanwhile may hold it for a moment. */
#define BUSY_MS 5000

static gboolean fail(sqlite3 *database, GError **error)
{
    const char *path = sqlite3_db_filename(database, "main");
    MpErrorCode code = sqlite3_errcode(database) == SQLITE_NOTADB ? MP_ERROR_INPUT
                                                                  : MP_ERROR_UNAVAILABLE;
    g_set_error(error, MP_ERROR, code, "%s: %s", path ? path : "journal", sqlite3_errmsg(database));
    return FALSE;
}

sqlite3 *mp_database_open(const char *path, int flags, GError **error)
{
    sqlite3 *database = NULL;
    gboolean is_open = sqlite3_open_v2(path, &database, flags, NULL) == SQLITE_OK;
    if (!is_open)
        g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE, "%s: %s", path,
                    database ? sqlite3_errmsg(database) : "out of memory");
    if (is_open)
        sqlite3_busy_timeout(database, BUSY_MS);
    if (is_open && mp_database_script(database, "PRAGMA synchronous=FULL", error))
        return database;
    sqlite3_close(database);
    return NULL;
}

sqlite3_stmt *mp_database_query(sqlite3 *database, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK)
        return statement;
    fail(database, error);
    return NULL;
}

gboolean mp_database_query_end(sqlite3_stmt *statement, GError **error)
{
    sqlite3 *database = sqlite3_db_handle(statement);
    return sqlite3_finalize(statement) == SQLITE_OK || fail(database, error);
}

gboolean mp_database_run(sqlite3 *database, const char *sql, const char *const *values,
                         guint n_values, GError **error)
{
    sqlite3_stmt *statement = mp_database_query(database, sql, error);
    if (!statement)
        return FALSE;
    for (guint i = 0; i < n_values; i++)
        sqlite3_bind_text(statement, (int)i + 1, values[i], -1, SQLITE_TRANSIENT);
    int step = sqlite3_step(statement);
    while (step == SQLITE_ROW)
        step = sqlite3_step(statement);
    if (step != SQLITE_DONE)
        fail(database, error);
    sqlite3_finalize(statement);
    return step == SQLITE_DONE;
}

gboolean mp_database_change(sqlite3 *database, const char *sql, const char *const *values,
                            guint n_values, GError **error)
{
    if (!mp_database_run(database, sql, values, n_values, error))
        return FALSE;
    if (sqlite3_changes(database) == 1)
        return TRUE;
    g_set_error(error, MP_ERROR, MP_ERROR_UNAVAILABLE,
                "the journal has no cell in the state that this change starts from");
    return FALSE;
}

gboolean mp_database_script(sqlite3 *database, const char *sql, GError **error)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK || fail(database, error);
}

gboolean mp_database_begin(sqlite3 *database, GError **error)
{
    return mp_database_script(database, "BEGIN IMMEDIATE", error);
}

gboolean mp_database_end(sqlite3 *database, gboolean is_good, GError **error)
{
    if (is_good && mp_database_script(database, "COMMIT", error))
        return TRUE;
    (void)sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
}
